"""InstallRequirements: the shell script of the artifact that installs what the tests need."""

from pydantic import Field

from azrelease.pipeline import Step
from azrelease.release.fields import ArtifactPath, Text
from azrelease.release.tasks.base import BaseTask, TaskContext, folder_of


class InstallRequirements(BaseTask):
    """Runs a script of the artifact in its own folder, where it finds its `requirements.txt`."""

    script: ArtifactPath = Field(
        default="package_requirement/install_requirements.sh",
        description="Path of the script in the artifact.",
    )
    arguments: Text | None = Field(default=None, description="Arguments for the script, as a shell would read them.")

    def steps(self, context: TaskContext) -> tuple[Step, ...]:
        """One Bash@3 step."""
        inputs: dict[str, str | bool | int | None] = {
            "targetType": "filePath",
            "filePath": context.path(self.script),
            "arguments": self.arguments,
            "workingDirectory": context.path(folder_of(self.script)),
        }
        return (self.step("Bash@3", inputs, display_name="Install requirements"),)
