"""BatchDeployment: a model on a batch endpoint."""

from collections.abc import Iterator
from typing import Literal, Self

from pydantic import Field

from azrelease.diagnostics import CONFLICTING_FIELDS, MISSING_FIELD
from azrelease.pipeline import Step
from azrelease.release.azure_ml.deployments import BatchDeploymentDefinition
from azrelease.release.azure_ml.names import DeploymentName
from azrelease.release.fields import Boolean
from azrelease.release.problems import Problem
from azrelease.release.target import AnyTarget, BatchTarget
from azrelease.release.tasks.asset_source import AssetSource, source, source_problems
from azrelease.release.tasks.base import StageDefaults, TaskContext
from azrelease.release.tasks.endpoint_task import BatchEndpointTask, decided_by_rollout
from azrelease.release.tasks.model_reference import ModelReference

DEFAULT_FILE = "deployment/batch-deployment.yml"


class BatchDeployment(AssetSource, ModelReference, BatchEndpointTask):
    """Makes a deployment of a batch endpoint, or updates the one that is there.

    In a stage with a `rollout` it is made beside the one in service, and jobs do not go to it by default yet.
    """

    task: Literal["BatchDeployment"] = "BatchDeployment"
    deployment: DeploymentName | None = Field(
        default=None, description="Name of the deployment. Default: `blue`; a rollout chooses `blue` or `green`."
    )
    definition: BatchDeploymentDefinition | None = Field(
        default=None, description=f"The deployment itself, instead of a `file`. Default: the file {DEFAULT_FILE}."
    )
    set_default: Boolean | None = Field(
        default=None,
        description="Make it the deployment that jobs run on unless they name another. Default: yes; a rollout does it "
        "when the tests have passed.",
    )
    skip_script_validation: Boolean = Field(
        default=False, description="Do not look for init() and run() in the scoring script first."
    )

    def completed(self, stage: StageDefaults) -> Self:
        """The task with the name of the deployment and where it is described."""
        task = super().completed(stage)
        plain = stage.rollout is None
        return task.model_copy(
            update={
                "deployment": task.deployment or ("blue" if plain else None),
                "set_default": True if plain and task.set_default is None else task.set_default,
                "file": task.file or (DEFAULT_FILE if task.definition is None else None),
            }
        )

    def problems(self, stage: StageDefaults) -> Iterator[Problem]:
        """Jobs need a cluster to run on."""
        yield from super().problems(stage)
        yield from source_problems(self, self.definition)
        yield from self.model_problems()
        yield from self.model_source_problems(self.definition, self.set)
        yield from decided_by_rollout(self, ("deployment", "set_default"), stage)
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
        given = {} if compute is None else {"compute": _reference(compute)}
        keys = {"type": "model", **given}
        found = source(self, self.definition, "azrelease-deployment.yml", keys, {} if self.definition else given)
        rollout = context.rollout is not None
        step = self.endpoint_step(
            context,
            "batch_deploy_beside" if rollout else "batch_deployment",
            "Deploy beside the deployment in service" if rollout else "Deploy the model",
            folder=found.folder,
            file=found.file,
            definition=found.definition,
            options=found.options,
            deployment=self.deployment,
            set_default=bool(self.set_default),
            skip_script_validation=self.skip_script_validation,
            **self.model_values(context, found.folder),
        )
        return (step,)


def _compute(definition: BatchDeploymentDefinition | None, target: AnyTarget | None) -> str | None:
    own = definition.compute if definition else None
    return own or (target.compute if isinstance(target, BatchTarget) else None)


def _reference(compute: str) -> str:
    return compute if compute.startswith("azureml:") else f"azureml:{compute}"
