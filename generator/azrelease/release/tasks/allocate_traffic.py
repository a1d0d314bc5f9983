"""AllocateTraffic: which deployment of an online endpoint gets how much of the requests."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from azrelease.diagnostics import CONFLICTING_FIELDS, INVALID_VALUE
from azrelease.pipeline import Step, TemplateParameter
from azrelease.release.azure_ml.names import DeploymentName
from azrelease.release.fields import whole_number
from azrelease.release.problems import Problem
from azrelease.release.rollout import ALL_TRAFFIC
from azrelease.release.tasks.base import StageDefaults, TaskContext
from azrelease.release.tasks.endpoint_task import OnlineEndpointTask
from azrelease.release.tasks.step_template import ENDPOINT_PARAMETERS, ScriptTemplate, text_lines

TEMPLATE = ScriptTemplate(
    name="allocate-traffic",
    task="AllocateTraffic",
    title="Allocate the traffic",
    parameters=(
        *ENDPOINT_PARAMETERS,
        TemplateParameter("shares", "Percent of each deployment, `name=percent` one on a line.", None, optional=False),
    ),
    kind="online",
)


class AllocateTraffic(OnlineEndpointTask):
    """Shares the traffic of an online endpoint among its deployments; those that are not named get none."""

    traffic: dict[DeploymentName, Annotated[int, *whole_number(0, 100)]] = Field(
        min_length=1, description="Percent for each deployment, 100 in all: `{blue: 90, green: 10}`."
    )

    def _problems(self) -> Iterator[Problem]:
        total = sum(self.traffic.values())
        if total != ALL_TRAFFIC:
            message = f"the shares add up to {total} %"
            yield Problem(("traffic",), INVALID_VALUE, message, "They have to add up to 100.")

    def problems(self, stage: StageDefaults) -> Iterator[Problem]:
        """A rollout moves the traffic itself."""
        yield from super().problems(stage)
        if stage.rollout is not None:
            message = "the rollout of the stage moves its traffic"
            yield Problem(("task",), CONFLICTING_FIELDS, message, "Remove this task, or the `rollout`.")

    def steps(self, context: TaskContext) -> tuple[Step, ...]:
        """One AzureCLI@2 step."""
        shares = text_lines(f"{name}={share}" for name, share in self.traffic.items())
        return self.endpoint_steps(context, TEMPLATE, shares=shares)
