"""RegisterModel: files of the artifact as a new version of a model."""

from typing import Literal

from pydantic import Field

from azrelease.pipeline import Step, TemplateParameter
from azrelease.release.azure_ml.names import RegistryName, TagName
from azrelease.release.fields import ArtifactPath, Text, VariableValue, Version
from azrelease.release.tasks.azure_cli_task import WorkspaceTask
from azrelease.release.tasks.base import TaskContext
from azrelease.release.tasks.step_template import (
    ARTIFACT,
    RESOURCE_GROUP,
    WORKSPACE,
    ScriptTemplate,
    text_lines,
)

TEMPLATE = ScriptTemplate(
    name="register-model",
    task="RegisterModel",
    title="Register the model",
    parameters=(
        TemplateParameter("model", "Name of the model.", None, optional=False),
        TemplateParameter("path", "File or folder with the model.", None, optional=False),
        RESOURCE_GROUP,
        WORKSPACE,
        TemplateParameter("registry", "Registry that it is registered in. Default: the workspace."),
        TemplateParameter("type", "Kind of model.", "custom_model", optional=False),
        TemplateParameter("version", "Version. Default: the next one."),
        TemplateParameter("description", "What the model is."),
        TemplateParameter("tags", "Tags, `name=value` one on a line."),
        TemplateParameter(
            "output", "File that says what was registered.", f"{ARTIFACT}/metadata/model.json", optional=False
        ),
    ),
)


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
        return self.workspace_steps(
            context,
            TEMPLATE,
            f"Register the model {self.model}",
            model=self.model,
            path=context.path(self.path),
            registry=self.registry,
            type=self.type,
            version=self.version,
            description=self.description,
            tags=text_lines(f"{name}={value}" for name, value in self.tags.items()),
            output=context.path(self.output),
        )
