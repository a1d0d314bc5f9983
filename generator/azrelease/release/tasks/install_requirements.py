"""InstallRequirements: the shell script of the artifact that installs what the tests need."""

from pydantic import Field

from azrelease.pipeline import Step, StepTemplate, TemplateBody, TemplateInput, TemplateParameter
from azrelease.release.fields import ArtifactPath, Text
from azrelease.release.tasks.base import BaseTask, TaskContext, folder_of
from azrelease.release.tasks.step_template import ARTIFACT, written_out

_FOLDER = f"{ARTIFACT}/package_requirement"

TEMPLATE = StepTemplate(
    "install-requirements",
    "InstallRequirements",
    (
        TemplateBody(
            task="Bash@3",
            inputs=(
                TemplateInput("targetType", "filePath"),
                TemplateInput(
                    "filePath",
                    parameter=TemplateParameter(
                        "script", "Script that is run.", f"{_FOLDER}/install_requirements.sh", optional=False
                    ),
                ),
                TemplateInput(
                    "arguments", parameter=TemplateParameter("arguments", "Arguments, as a shell would read them.")
                ),
                TemplateInput(
                    "workingDirectory",
                    parameter=TemplateParameter("folder", "Folder that it runs in.", _FOLDER, optional=False),
                ),
            ),
            title="Install requirements",
        ),
    ),
)


class InstallRequirements(BaseTask):
    """Runs a script of the artifact in its own folder, where it finds its `requirements.txt`."""

    script: ArtifactPath = Field(
        default="package_requirement/install_requirements.sh",
        description="Path of the script in the artifact.",
    )
    arguments: Text | None = Field(default=None, description="Arguments for the script, as a shell would read them.")

    def steps(self, context: TaskContext) -> tuple[Step, ...]:
        """One Bash@3 step."""
        values = {
            "script": context.path(self.script),
            "arguments": self.arguments,
            "folder": context.path(folder_of(self.script)),
        }
        return tuple(self.with_common_fields(step) for step in written_out(TEMPLATE, values))
