"""PublishTestResults: the test report in the run, also when a test failed."""

from typing import Literal

from pydantic import Field

from azrelease.pipeline import Scalar, Step, StepTemplate, TemplateBody, TemplateInput, TemplateParameter
from azrelease.release.fields import ArtifactPath, Boolean, Text
from azrelease.release.tasks.base import BaseTask, TaskContext
from azrelease.release.tasks.step_template import ARTIFACT, written_out


def _given(name: str, parameter: TemplateParameter) -> TemplateInput:
    return TemplateInput(name, parameter=parameter)


TEMPLATE = StepTemplate(
    "publish-test-results",
    "PublishTestResults",
    (
        TemplateBody(
            task="PublishTestResults@2",
            inputs=(
                _given(
                    "testResultsFormat", TemplateParameter("format", "Format of the files.", "JUnit", optional=False)
                ),
                _given(
                    "testResultsFiles",
                    TemplateParameter(
                        "files", "Patterns of the files, one on a line.", "**/test-*.xml", optional=False
                    ),
                ),
                _given(
                    "searchFolder", TemplateParameter("folder", "Folder that is searched.", ARTIFACT, optional=False)
                ),
                _given("testRunTitle", TemplateParameter("title", "Name of the test run in the portal.")),
                _given("mergeTestResults", TemplateParameter("merge", "Publish all files as one test run.", False)),
                _given(
                    "failTaskOnFailedTests",
                    TemplateParameter("failOnFailedTests", "Fail the step when a test failed.", False),
                ),
                _given(
                    "failTaskOnMissingResultsFile",
                    TemplateParameter("failOnMissingResults", "Fail the step when no file is found.", False),
                ),
            ),
            title="Publish test results",
            condition="succeededOrFailed()",
        ),
    ),
)


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
        values: dict[str, Scalar | None] = {
            "format": self.format,
            "files": self.files,
            "folder": context.path(self.search_folder),
            "title": self.title,
            "merge": self.merge,
            "failOnFailedTests": self.fail_on_failed_tests,
            "failOnMissingResults": self.fail_on_missing_results,
        }
        return tuple(self.with_common_fields(step) for step in written_out(TEMPLATE, values))
