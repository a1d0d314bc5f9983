"""CreateAksCompute: the AKS cluster of a workspace, made only when it is not there."""

from collections.abc import Iterator
from typing import Literal, Self

from pydantic import Field

from azrelease.diagnostics import MISSING_FIELD
from azrelease.pipeline import Step
from azrelease.release.fields import NumberText, Text
from azrelease.release.problems import Problem
from azrelease.release.target import AksTarget
from azrelease.release.tasks.azure_cli_task import WorkspaceTask
from azrelease.release.tasks.base import StageDefaults, TaskContext
from azrelease.templating import Option


class CreateAksCompute(WorkspaceTask):
    """Creates an AKS cluster as a compute target of the workspace, unless one of that name exists.

    `az ml computetarget create aks` by itself fails when the cluster exists.
    """

    cluster: Text | None = Field(
        default=None, description="Name of the compute target. Default: the cluster of the stage's target."
    )
    vm_size: Text | None = Field(default=None, description="Size of its machines: `Standard_E4s_v3`.")
    agent_count: NumberText | None = Field(default=None, description="Number of its machines.")
    cluster_purpose: Literal["FastProd", "DevTest"] | None = Field(
        default=None, description="What the cluster is sized for. Default: FastProd."
    )
    location: Text | None = Field(default=None, description="Region. Default: that of the workspace.")

    def completed(self, stage: StageDefaults) -> Self:
        """The task with the cluster that the stage deploys to."""
        task = super().completed(stage)
        if not isinstance(stage.target, AksTarget):
            return task
        given = {"cluster": task.cluster, "vm_size": task.vm_size, "agent_count": task.agent_count}
        target = stage.target
        return task.model_copy(
            update={name: getattr(target, name) if value is None else value for name, value in given.items()}
        )

    def problems(self, stage: StageDefaults) -> Iterator[Problem]:
        """A cluster needs a name."""
        yield from super().problems(stage)
        if self.cluster is None and not isinstance(stage.target, AksTarget):
            hint = "Set `cluster`, or `target: {type: aks, cluster: …}` of the stage."
            yield Problem((), MISSING_FIELD, "there is no `cluster` to create", hint)

    def steps(self, context: TaskContext) -> tuple[Step, ...]:
        """One AzureCLI@2 step."""
        workspace = self.workspace(context)
        flags = {
            "--vm-size": self.vm_size,
            "--agent-count": self.agent_count,
            "--cluster-purpose": self.cluster_purpose,
            "--location": self.location,
        }
        script = context.templates.script(
            "scripts/create_aks_compute.sh.j2",
            resource_group=workspace.resource_group,
            workspace=workspace.name,
            cluster=self.cluster,
            options=[Option(flag, value) for flag, value in flags.items() if value is not None],
        )
        return (self.script_step(script, "Create the AKS cluster if it is not there"),)
