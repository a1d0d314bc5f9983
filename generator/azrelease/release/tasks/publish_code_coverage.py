"""PublishCodeCoverage: the coverage report in the run."""

from pydantic import Field

from azrelease.pipeline import Step
from azrelease.release.fields import ArtifactPath, Boolean, Text
from azrelease.release.tasks.base import BaseTask, TaskContext


class PublishCodeCoverage(BaseTask):
    """Publishes code coverage. It runs after a failed test too, unless its condition says otherwise."""

    condition: Text | None = Field(
        default="succeededOrFailed()", description="Expression that says whether the step runs."
    )
    summary: ArtifactPath = Field(
        default="**/coverage.xml",
        description="Pattern of the summary files (Cobertura, JaCoCo), in the artifact.",
    )
    sources: ArtifactPath | None = Field(
        default=None, description="Folder of the artifact that the report's paths begin in."
    )
    fail_on_empty: Boolean = Field(default=False, description="Fail the step when no coverage is found.")

    def steps(self, context: TaskContext) -> tuple[Step, ...]:
        """One PublishCodeCoverageResults@2 step."""
        inputs: dict[str, str | bool | int | None] = {
            "summaryFileLocation": context.path(self.summary),
            "pathToSources": None if self.sources is None else context.path(self.sources),
            "failIfCoverageEmpty": self.fail_on_empty or None,
        }
        return (self.step("PublishCodeCoverageResults@2", inputs, display_name="Publish code coverage"),)
