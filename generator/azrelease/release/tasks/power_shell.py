"""PowerShell: a PowerShell script of the user's."""

from typing import ClassVar, Literal

from pydantic import Field

from azrelease.pipeline import Step
from azrelease.release.fields import Boolean
from azrelease.release.tasks.base import TaskContext
from azrelease.release.tasks.script_source import ScriptSource


class PowerShell(ScriptSource):
    """Runs a PowerShell script."""

    arguments_need_file: ClassVar[bool] = True

    pwsh: Boolean = Field(default=True, description="PowerShell 7; `false` is Windows PowerShell.")
    error_action: Literal["default", "stop", "continue", "silentlyContinue"] = Field(
        default="stop", description="What happens after an error."
    )
    fail_on_stderr: Boolean = Field(default=False, description="Fail when anything is written to stderr.")

    def steps(self, context: TaskContext) -> tuple[Step, ...]:
        """One PowerShell@2 step."""
        inputs: dict[str, str | bool | int | None] = {
            "targetType": "inline" if self.file is None else "filePath",
            "filePath": None if self.file is None else context.path(self.file),
            "script": self.script,
            "arguments": self.arguments,
            "pwsh": self.pwsh,
            "errorActionPreference": None if self.error_action == "stop" else self.error_action,
            "workingDirectory": context.path(self.working_directory),
            "failOnStderr": self.fail_on_stderr or None,
        }
        return (self.step("PowerShell@2", inputs),)
