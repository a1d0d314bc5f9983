"""BatchDeployment: a model on a batch endpoint."""

from collections.abc import Iterator
from typing import Self

from pydantic import Field

from azrelease.diagnostics import CONFLICTING_FIELDS, MISSING_FIELD
from azrelease.pipeline import Step, TemplateParameter
from azrelease.release.azure_ml.deployments import BatchDeploymentDefinition
from azrelease.release.azure_ml.names import compute_reference
from azrelease.release.fields import Boolean
from azrelease.release.problems import Problem
from azrelease.release.target import AnyTarget, BatchTarget
from azrelease.release.tasks.base import StageDefaults, TaskContext
from azrelease.release.tasks.endpoint_asset import DEPLOYMENT, DeploymentAsset, deployment_parameters
from azrelease.release.tasks.endpoint_task import BatchEndpointTask, decided_by_rollout
from azrelease.release.tasks.step_template import FOLDER, ScriptTemplate

DEFAULT_FILE = "deployment/batch-deployment.yml"

TEMPLATE = ScriptTemplate(
    name="batch-deployment",
    task="BatchDeployment",
    title="Deploy the model",
    parameters=(
        DEPLOYMENT,
        *deployment_parameters(DEFAULT_FILE),
        TemplateParameter("setDefault", "Make it the deployment that jobs run on by default.", True),
    ),
    folder=FOLDER,
    kind="batch",
)


class BatchDeployment(DeploymentAsset, BatchEndpointTask):
    """Creates a deployment of a batch endpoint, or updates the existing one.

    In a stage with a `rollout` it is created beside the one in service, and jobs do not go to it by default yet.
    """

    usual_file = DEFAULT_FILE

    definition: BatchDeploymentDefinition | None = Field(
        default=None, description=f"The deployment itself, instead of a `file`. Default: the file {DEFAULT_FILE}."
    )
    set_default: Boolean | None = Field(
        default=None,
        description="Make it the deployment that jobs run on unless they name another. Default: yes; a rollout does it "
        "when the tests have passed.",
    )

    def completed(self, stage: StageDefaults) -> Self:
        """The task with whether jobs go to it."""
        task = super().completed(stage)
        if stage.rollout is not None or task.set_default is not None:
            return task
        return task.model_copy(update={"set_default": True})

    def problems(self, stage: StageDefaults) -> Iterator[Problem]:
        """Jobs need a cluster to run on."""
        yield from super().problems(stage)
        yield from decided_by_rollout(self, "set_default", stage)
        compute = _compute(self.definition, stage.target)
        if self.definition is not None and compute is None and "compute" not in self.set:
            hint = "Name the cluster: `compute: cpu-cluster`, here or in the stage's `target`."
            yield Problem(("definition",), MISSING_FIELD, "a batch deployment needs a `compute`", hint)
        settings = self.definition.settings if self.definition else None
        if settings and settings.output_action == "summary_only" and settings.output_file_name:
            message = "`summary_only` writes no file of results"
            route = ("definition", "settings", "output_file_name")
            yield Problem(route, CONFLICTING_FIELDS, message, "Remove the name, or use `append_row`.")

    def steps(self, context: TaskContext) -> tuple[Step, ...]:
        """One AzureCLI@2 step."""
        compute = _compute(self.definition, context.target)
        given = {} if compute is None else {"compute": compute_reference(compute)}
        source = self.source({"type": "model", **given}, given)
        return self.deployment_steps(context, TEMPLATE, source, setDefault=bool(self.set_default))


def _compute(definition: BatchDeploymentDefinition | None, target: AnyTarget | None) -> str | None:
    own = definition.compute if definition else None
    return own or (target.compute if isinstance(target, BatchTarget) else None)
