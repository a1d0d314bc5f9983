"""InstallAzureCLIExtension: `az extension add`."""

from typing import Literal

from pydantic import Field

from azrelease.pipeline import Step
from azrelease.release.fields import Boolean, Text, Version
from azrelease.release.tasks.azure_cli_task import TemplateScriptTask
from azrelease.release.tasks.base import TaskContext


class InstallAzureCLIExtension(TemplateScriptTask):
    """Adds an extension to the Azure CLI of the agent."""

    task: Literal["InstallAzureCLIExtension"] = "InstallAzureCLIExtension"
    extension: Text = Field(
        default="azure-cli-ml", description="Name of the extension: `azure-cli-ml` (CLI v1) or `ml` (CLI v2)."
    )
    version: Version | None = Field(default=None, description="Version to pin. Default: the newest.")
    upgrade: Boolean = Field(default=False, description="Upgrade the extension where it is there already.")

    def steps(self, context: TaskContext) -> tuple[Step, ...]:
        """One AzureCLI@2 step."""
        script = context.templates.script(
            "scripts/install_azure_cli_extension.sh.j2",
            extension=self.extension,
            version=self.version,
            upgrade=self.upgrade,
        )
        return (self.script_step(script, f"Install Azure CLI extension {self.extension}"),)
