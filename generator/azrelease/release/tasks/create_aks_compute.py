"""CreateAksCompute: the AKS cluster of a workspace, made only when it is not there."""

from collections.abc import Iterator
from typing import Literal, Self

from pydantic import Field

from azrelease.diagnostics import MISSING_FIELD
from azrelease.pipeline import Step, TemplateParameter
from azrelease.release.fields import NumberText, Text
from azrelease.release.problems import Problem
from azrelease.release.target import AksTarget
from azrelease.release.tasks.azure_cli_task import WorkspaceTask
from azrelease.release.tasks.base import StageDefaults, TaskContext
from azrelease.release.tasks.step_template import RESOURCE_GROUP, WORKSPACE, ScriptTemplate, text_lines

TEMPLATE = ScriptTemplate(
    name="create-aks-compute",
    task="CreateAksCompute",
    title="Create the AKS cluster if it is not there",
    parameters=(
        TemplateParameter("cluster", "Name of the compute target.", None, optional=False),
        RESOURCE_GROUP,
        WORKSPACE,
        TemplateParameter("options", "Options of the command for a new one, `--option value` one on a line."),
    ),
    needs_functions=False,
)


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
        options = {
            "--vm-size": self.vm_size,
            "--agent-count": self.agent_count,
            "--cluster-purpose": self.cluster_purpose,
            "--location": self.location,
        }
        given = text_lines(f"{flag} {value}" for flag, value in options.items() if value is not None)
        return self.workspace_steps(context, TEMPLATE, cluster=self.cluster, options=given)
