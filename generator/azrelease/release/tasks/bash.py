"""Bash: a shell script of the user's."""

from typing import ClassVar

from pydantic import Field

from azrelease.pipeline import Step
from azrelease.release.fields import Boolean
from azrelease.release.tasks.base import TaskContext
from azrelease.release.tasks.script_source import ScriptSource


class Bash(ScriptSource):
    """Runs a bash script."""

    arguments_need_file: ClassVar[bool] = True

    fail_on_stderr: Boolean = Field(default=False, description="Fail when anything is written to stderr.")

    def steps(self, context: TaskContext) -> tuple[Step, ...]:
        """One Bash@3 step."""
        inputs: dict[str, str | bool | int | None] = {
            "targetType": "inline" if self.file is None else "filePath",
            "filePath": None if self.file is None else context.path(self.file),
            "script": self.script,
            "arguments": self.arguments,
            "workingDirectory": context.path(self.working_directory),
            "failOnStderr": self.fail_on_stderr or None,
        }
        return (self.step("Bash@3", inputs),)
