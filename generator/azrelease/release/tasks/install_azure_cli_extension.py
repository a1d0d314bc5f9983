"""InstallAzureCLIExtension: `az extension add`."""

from typing import Self

from pydantic import Field

from azrelease.pipeline import Step, TemplateParameter
from azrelease.release.fields import Boolean, Text, Version
from azrelease.release.target import ServiceTarget
from azrelease.release.tasks.azure_cli_task import TemplateScriptTask
from azrelease.release.tasks.base import StageDefaults, TaskContext
from azrelease.release.tasks.step_template import ScriptTemplate

TEMPLATE = ScriptTemplate(
    name="install-azure-cli-extension",
    task="InstallAzureCLIExtension",
    title="Install Azure CLI extension ml",
    parameters=(
        TemplateParameter("extension", "Name of the extension.", "ml", optional=False),
        TemplateParameter("version", "Version. Default: the newest."),
        TemplateParameter("upgrade", "Upgrade an extension that is there.", False),
    ),
    needs_functions=False,
)


class InstallAzureCLIExtension(TemplateScriptTask):
    """Adds an extension to the Azure CLI of the agent."""

    extension: Text | None = Field(
        default=None,
        description="Name of the extension. Default: `ml` (CLI v2); `azure-cli-ml` (CLI v1) where the stage has a "
        "`service`.",
    )
    version: Version | None = Field(default=None, description="Version to pin. Default: the newest.")
    upgrade: Boolean = Field(default=False, description="Upgrade an extension that is already installed.")

    def completed(self, stage: StageDefaults) -> Self:
        """The task with the extension that the stage deploys with."""
        task = super().completed(stage)
        first = isinstance(stage.target, ServiceTarget) or (stage.service is not None and stage.endpoint is None)
        usual = "azure-cli-ml" if first else "ml"
        return task.model_copy(update={"extension": task.extension or usual})

    def steps(self, context: TaskContext) -> tuple[Step, ...]:
        """One AzureCLI@2 step."""
        title = None if self.extension == "ml" else f"Install Azure CLI extension {self.extension}"
        return self.template_steps(
            context, TEMPLATE, title, extension=self.extension, version=self.version, upgrade=self.upgrade
        )
