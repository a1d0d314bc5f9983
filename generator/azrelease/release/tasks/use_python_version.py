"""UsePythonVersion: the Python that the following steps use."""

from typing import Literal

from pydantic import Field

from azrelease.pipeline import Step
from azrelease.release.fields import Boolean, Version
from azrelease.release.tasks.base import BaseTask, TaskContext


class UsePythonVersion(BaseTask):
    """Puts a Python version of the agent's tool cache on the path."""

    version: Version = Field(default="3.10", description='Version or range, in quotes: `"3.10"`, `"3.x"`.')
    architecture: Literal["x64", "x86", "arm64"] | None = Field(
        default=None, description="Architecture of the interpreter. Default: x64."
    )
    add_to_path: Boolean = Field(default=True, description="Whether `python` means this version from here on.")

    def steps(self, context: TaskContext) -> tuple[Step, ...]:  # noqa: ARG002  (the version is all it needs)
        """One UsePythonVersion@0 step."""
        inputs: dict[str, str | bool | int | None] = {
            "versionSpec": self.version,
            "architecture": self.architecture,
            "addToPath": None if self.add_to_path else False,
        }
        return (self.step("UsePythonVersion@0", inputs, display_name=f"Use Python {self.version}"),)
