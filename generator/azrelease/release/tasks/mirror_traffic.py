"""MirrorTraffic: a copy of the requests for a deployment whose answers are dropped."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from azrelease.diagnostics import CONFLICTING_FIELDS
from azrelease.pipeline import Step, TemplateParameter
from azrelease.release.azure_ml.names import DeploymentName
from azrelease.release.fields import whole_number
from azrelease.release.problems import Problem
from azrelease.release.target import KubernetesTarget
from azrelease.release.tasks.base import StageDefaults, TaskContext
from azrelease.release.tasks.endpoint_task import OnlineEndpointTask
from azrelease.release.tasks.step_template import ENDPOINT_PARAMETERS, ScriptTemplate

TEMPLATE = ScriptTemplate(
    name="mirror-traffic",
    task="MirrorTraffic",
    title="Mirror a part of the traffic",
    parameters=(
        *ENDPOINT_PARAMETERS,
        TemplateParameter("deployment", "Deployment that gets the copies.", None, optional=False),
        TemplateParameter("percent", "Percent of the requests, 50 at most; 0 ends it.", 0, optional=False),
    ),
)


class MirrorTraffic(OnlineEndpointTask):
    """Mirrors a part of the live requests to one deployment, whose answers are dropped.

    The service takes 50 % at most, one deployment, and none that has live traffic. Source:
    learn.microsoft.com/azure/machine-learning/how-to-safely-rollout-online-endpoints.
    """

    deployment: DeploymentName = Field(description="Deployment that gets the copies.")
    percent: Annotated[int, *whole_number(0, 50)] = Field(
        description="Percent of the requests, 50 at most; 0 ends the mirroring."
    )

    def problems(self, stage: StageDefaults) -> Iterator[Problem]:
        """Kubernetes endpoints cannot mirror."""
        yield from super().problems(stage)
        if isinstance(stage.target, KubernetesTarget):
            message = "an endpoint on Kubernetes cannot mirror its traffic"
            yield Problem(
                ("task",), CONFLICTING_FIELDS, message, "Remove this task; a rollout in small steps does similar."
            )

    def steps(self, context: TaskContext) -> tuple[Step, ...]:
        """One AzureCLI@2 step."""
        title = f"Mirror {self.percent} % of the traffic" if self.percent else "End the mirroring of traffic"
        return self.endpoint_steps(context, TEMPLATE, title, deployment=self.deployment, percent=self.percent)
