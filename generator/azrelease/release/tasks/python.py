"""Python: a Python script of the user's."""

from pydantic import Field

from azrelease.pipeline import Step
from azrelease.release.fields import Boolean, Text
from azrelease.release.tasks.base import TaskContext
from azrelease.release.tasks.script_source import ScriptSource


class Python(ScriptSource):
    """Runs a Python script."""

    interpreter: Text | None = Field(
        default=None,
        description="Path of the interpreter. Default: the one on the path (see UsePythonVersion).",
    )
    fail_on_stderr: Boolean = Field(default=False, description="Fail when anything is written to stderr.")

    def steps(self, context: TaskContext) -> tuple[Step, ...]:
        """One PythonScript@0 step."""
        inputs: dict[str, str | bool | int | None] = {
            "scriptSource": "inline" if self.file is None else "filePath",
            "scriptPath": None if self.file is None else context.path(self.file),
            "script": self.script,
            "arguments": self.arguments,
            "pythonInterpreter": self.interpreter,
            "workingDirectory": context.path(self.working_directory),
            "failOnStderr": self.fail_on_stderr or None,
        }
        return (self.step("PythonScript@0", inputs),)
