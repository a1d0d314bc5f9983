"""AzureCLI: a script of the user's, logged in to Azure."""

from typing import Literal

from pydantic import Field

from azrelease.pipeline import Step
from azrelease.release.fields import Boolean
from azrelease.release.tasks.azure_cli_task import AzureCLITask
from azrelease.release.tasks.base import TaskContext
from azrelease.release.tasks.script_source import ScriptSource


class AzureCLI(AzureCLITask, ScriptSource):
    """Runs a script with the Azure CLI logged in through a service connection."""

    shell: Literal["bash", "pscore", "ps", "batch"] = Field(
        default="bash",
        description="What runs the script: `pscore` is PowerShell 7; `ps` and `batch` need Windows.",
    )
    add_service_principal: Boolean = Field(
        default=False, description="Hand the identity of the service connection to the script as variables."
    )
    fail_on_standard_error: Boolean = Field(default=False, description="Fail when anything is written to stderr.")

    def steps(self, context: TaskContext) -> tuple[Step, ...]:
        """One AzureCLI@2 step."""
        inputs: dict[str, str | bool | int | None] = {
            "azureSubscription": self.service_connection,
            "scriptType": self.shell,
            "scriptLocation": "inlineScript" if self.file is None else "scriptPath",
            "inlineScript": self.script,
            "scriptPath": None if self.file is None else context.path(self.file),
            "arguments": self.arguments,
            "workingDirectory": context.path(self.working_directory),
            "addSpnToEnvironment": self.add_service_principal or None,
            "failOnStandardError": self.fail_on_standard_error or None,
        }
        return (self.step("AzureCLI@2", inputs),)
