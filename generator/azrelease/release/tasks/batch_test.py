"""BatchTest: pytest with the results of a batch job."""

import posixpath
from collections.abc import Iterator
from typing import Annotated, Self

from pydantic import Field

from azrelease.diagnostics import CONFLICTING_FIELDS, INVALID_VALUE
from azrelease.pipeline import Step, TemplateParameter
from azrelease.release.fields import ArtifactPath, ListOf, Text, matching
from azrelease.release.problems import Problem
from azrelease.release.target import BatchTarget
from azrelease.release.tasks.azure_cli_task import WorkspaceTask
from azrelease.release.tasks.base import BATCH_JOB, StageDefaults, TaskContext, file_name, folder_of
from azrelease.release.tasks.step_template import (
    ARGUMENTS,
    ARTIFACT,
    JUNIT,
    RESOURCE_GROUP,
    WORKSPACE,
    ScriptTemplate,
    text_lines,
)

TEMPLATE = ScriptTemplate(
    name="batch-test",
    task="BatchTest",
    title="Test the results of the batch job",
    parameters=(
        TemplateParameter("job", "Job whose results are tested.", BATCH_JOB, optional=False),
        TemplateParameter("output", "Output of the job that is downloaded.", "score", optional=False),
        TemplateParameter("test", "File of the test, from `folder`.", None, optional=False),
        ARGUMENTS,
        JUNIT,
        RESOURCE_GROUP,
        WORKSPACE,
    ),
    folder=TemplateParameter("folder", "Folder of the test.", f"{ARTIFACT}/tests/integration", optional=False),
)

OutputName = Annotated[
    str,
    *matching(
        r"[A-Za-z_][A-Za-z0-9_-]*",
        "{} cannot be the name of an output",
        "Write letters, digits, _ and -, not beginning with a digit: `output: score`.",
    ),
]


class BatchTest(WorkspaceTask):
    """Runs a pytest file of the artifact on the results of the batch job that the BatchInvoke before it has run.

    The results are downloaded, and the test gets their folder as `--predictions`; a `conftest.py` beside it declares
    this option. In a stage with a `rollout` the new deployment becomes the default only when the test passes.
    """

    script: ArtifactPath | None = Field(
        default=None,
        description="Path of the test in the artifact. Default: `tests/integration/<stage>_test.py`.",
    )
    output: OutputName = Field(default="score", description="Output of the job that is downloaded.")
    junit: Text = Field(
        default="junit/test-results.xml",
        description="Where the results are written, from the folder of the test; PublishTestResults looks for it.",
    )
    arguments: ListOf[Text] = Field(default=("--doctest-modules",), description="More arguments for pytest.")

    def completed(self, stage: StageDefaults) -> Self:
        """The task with its script."""
        task = super().completed(stage)
        return task.model_copy(update={"script": task.script or f"tests/integration/{stage.stage}_test.py"})

    def problems(self, stage: StageDefaults) -> Iterator[Problem]:
        """Batch jobs are run on batch endpoints, and a test is a file."""
        yield from super().problems(stage)
        if stage.target is not None and not isinstance(stage.target, BatchTarget):
            message = "the stage does not deploy to a batch endpoint"
            yield Problem(("task",), CONFLICTING_FIELDS, message, "Use EndpointTest, or `target: batch`.")
        if self.script is not None and not posixpath.basename(self.script):
            yield Problem(("script",), INVALID_VALUE, f"`{self.script}` is a folder", "Name the file of the test.")

    def steps(self, context: TaskContext) -> tuple[Step, ...]:
        """One AzureCLI@2 step, in the folder of the test."""
        path = self.script or ""
        return self.workspace_steps(
            context,
            TEMPLATE,
            test=file_name(path),
            arguments=text_lines(self.arguments) or "",
            junit=self.junit,
            output=self.output,
            folder=context.path(folder_of(path)),
        )
