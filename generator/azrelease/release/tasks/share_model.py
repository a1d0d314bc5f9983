"""ShareModel: a registered model of the workspace in a registry, where other workspaces find it."""

from collections.abc import Iterator
from typing import Self

from pydantic import Field

from azrelease.diagnostics import CONFLICTING_FIELDS
from azrelease.pipeline import Step, TemplateParameter
from azrelease.release.azure_ml.names import RegistryName
from azrelease.release.problems import Problem
from azrelease.release.tasks.azure_cli_task import WorkspaceTask
from azrelease.release.tasks.base import StageDefaults, TaskContext
from azrelease.release.tasks.evaluation_gate import DEFAULT_METADATA
from azrelease.release.tasks.model_reference import MODEL_PARAMETERS, ModelReference
from azrelease.release.tasks.step_template import FOLDER, RESOURCE_GROUP, WORKSPACE, ScriptTemplate

TEMPLATE = ScriptTemplate(
    name="share-model",
    task="ShareModel",
    title="Share the model with a registry",
    parameters=(
        TemplateParameter("target", "Registry that gets the model.", None, optional=False),
        *MODEL_PARAMETERS,
        RESOURCE_GROUP,
        WORKSPACE,
    ),
    folder=FOLDER,
)


class ShareModel(ModelReference, WorkspaceTask):
    """Shares a model of the stage's workspace with a registry, under the same name and version.

    A later stage in another workspace deploys it from there: `registry: NAME` of its OnlineDeployment. A version that
    the registry has already stays as it is.
    """

    registry: RegistryName = Field(description="Registry of Azure Machine Learning that gets the model.")

    def completed(self, stage: StageDefaults) -> Self:
        """The task with the model that it is about."""
        task = super().completed(stage)
        if task.model is not None:
            return task
        return task.model_copy(update={"model_metadata": task.model_metadata or DEFAULT_METADATA})

    def problems(self, stage: StageDefaults) -> Iterator[Problem]:
        """A model of the workspace."""
        yield from super().problems(stage)
        yield from self._in_workspace(self.completed(stage)).model_problems()
        if self.model is not None and self.model.startswith("azureml://"):
            message = "only models of the workspace are shared"
            yield Problem(("model",), CONFLICTING_FIELDS, message, "Write `name:version`, or `name@latest`.")

    @staticmethod
    def _in_workspace(task: "ShareModel") -> ModelReference:
        return ModelReference(model=task.model, model_metadata=task.model_metadata)

    def steps(self, context: TaskContext) -> tuple[Step, ...]:
        """One AzureCLI@2 step."""
        title = f"Share the model with the registry {self.registry}"
        model = self._in_workspace(self).model_values(context)
        return self.workspace_steps(context, TEMPLATE, title, target=self.registry, folder=context.path("."), **model)
