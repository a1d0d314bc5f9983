"""The fields of tasks that run a script of the user's: written inline, or a file of the artifact."""

from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field

from azrelease.diagnostics import CONFLICTING_FIELDS, MISSING_FIELD
from azrelease.release.fields import ArtifactPath, Text
from azrelease.release.problems import Problem
from azrelease.release.tasks.base import BaseTask


class ScriptSource(BaseTask):
    """A script of the user's. It runs as it is written: quoting inside it is the user's own."""

    arguments_need_file: ClassVar[bool] = False
    """Whether the task ignores `arguments` of an inline script."""

    script: Text | None = Field(default=None, description="The script itself.")
    file: ArtifactPath | None = Field(
        default=None, description="Path of the script in the artifact, instead of `script`."
    )
    arguments: Text | None = Field(default=None, description="Arguments for the script, as a shell would read them.")
    working_directory: ArtifactPath = Field(
        default=".",
        description="Folder of the artifact that the script runs in. Default: the top of the artifact.",
    )

    def _problems(self) -> Iterator[Problem]:
        if self.script is not None and self.file is not None:
            message = "`script` and `file` are both given; only one can run"
            yield Problem(("file",), CONFLICTING_FIELDS, message, "Remove one of them.")
        if self.script is None and self.file is None:
            message = f"{self.task} has no script to run"
            yield Problem((), MISSING_FIELD, message, "Set `script`, or `file`.")
        elif self.arguments_need_file and self.arguments is not None and self.file is None:
            message = "`arguments` have no effect on an inline script"
            hint = "Write them into the script, or name a `file`."
            yield Problem(("arguments",), CONFLICTING_FIELDS, message, hint)
