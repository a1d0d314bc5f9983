"""RegisterModel: files of the artifact as a new version of a model."""

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from azrelease.pipeline import Step
from azrelease.release.azure_ml.names import RegistryName, TagName
from azrelease.release.fields import ArtifactPath, Text, VariableValue, Version
from azrelease.release.tasks.azure_cli_task import WorkspaceTask
from azrelease.release.tasks.base import TaskContext
from azrelease.templating import Option


class RegisterModel(WorkspaceTask):
    """Registers a model, once for each run of the release: a step that is tried again finds what it made before.

    What was registered is written to `output`, where later tasks find it as their `model_metadata`.
    """

    model: Text = Field(description="Name of the model.")
    path: ArtifactPath = Field(description="File or folder of the artifact.")
    registry: RegistryName | None = Field(
        default=None,
        description="Registry of Azure Machine Learning to register it in. Default: the workspace of the stage.",
    )
    type: Literal["custom_model", "mlflow_model", "triton_model"] = Field(
        default="custom_model", description="Kind of model."
    )
    version: Version | None = Field(default=None, description="Version. Default: the next one.")
    description: Text | None = Field(default=None, description="What the model is.")
    tags: dict[TagName, VariableValue] = Field(
        default_factory=dict, description="Tags of the model, such as its metrics."
    )
    output: ArtifactPath = Field(
        default="metadata/model.json", description="File of the artifact's folder that says what was registered."
    )

    def steps(self, context: TaskContext) -> tuple[Step, ...]:
        """One AzureCLI@2 step."""
        workspace = self.workspace(context)
        script = context.templates.script(
            "scripts/register_model.sh.j2",
            resource_group=workspace.resource_group,
            workspace=workspace.name,
            model=self.model,
            registry=self.registry,
            version=self.version,
            output=context.path(self.output),
            options=tuple(self._options(context)),
            tags=tuple(f"{name}={value}" for name, value in self.tags.items()),
        )
        return (self.script_step(script, f"Register the model {self.model}"),)

    def _options(self, context: TaskContext) -> Iterator[Option]:
        yield Option("--path", context.path(self.path))
        yield Option("--type", self.type)
        if self.description is not None:
            yield Option("--description", self.description)
