"""PublishTestResults: the test report in the run, also when a test failed."""

from typing import Literal

from pydantic import Field

from azrelease.pipeline import Step
from azrelease.release.fields import ArtifactPath, Boolean, Text
from azrelease.release.tasks.base import BaseTask, TaskContext


class PublishTestResults(BaseTask):
    """Publishes test results. It runs after a failed test too, unless its condition says otherwise."""

    condition: Text | None = Field(
        default="succeededOrFailed()", description="Expression that says whether the step runs."
    )
    files: Text = Field(
        default="**/test-*.xml",
        description="Patterns of the result files, one on a line, from `search_folder`.",
    )
    format: Literal["JUnit", "NUnit", "VSTest", "XUnit", "CTest"] = Field(
        default="JUnit", description="Format of the files."
    )
    search_folder: ArtifactPath = Field(
        default=".", description="Folder of the artifact that is searched. Default: all of it."
    )
    title: Text | None = Field(default=None, description="Name of the test run in the portal.")
    merge: Boolean = Field(default=False, description="Publish all files as one test run.")
    fail_on_failed_tests: Boolean = Field(default=False, description="Fail the step when a result is a failed test.")
    fail_on_missing_results: Boolean = Field(default=False, description="Fail the step when no file is found.")

    def steps(self, context: TaskContext) -> tuple[Step, ...]:
        """One PublishTestResults@2 step.

        Its own default folder, `$(System.DefaultWorkingDirectory)`, does not hold the artifact in a YAML deployment.
        """
        inputs: dict[str, str | bool | int | None] = {
            "testResultsFormat": self.format,
            "testResultsFiles": self.files,
            "searchFolder": context.path(self.search_folder),
            "testRunTitle": self.title,
            "mergeTestResults": self.merge or None,
            "failTaskOnFailedTests": self.fail_on_failed_tests or None,
            "failTaskOnMissingResultsFile": self.fail_on_missing_results or None,
        }
        return (self.step("PublishTestResults@2", inputs, display_name="Publish test results"),)
