"""Where an endpoint or a deployment is described: a file of the artifact, or release.yml itself."""

from collections.abc import Iterator, Mapping
from typing import Annotated, NamedTuple

from pydantic import Field

from azrelease.diagnostics import CONFLICTING_FIELDS
from azrelease.release.azure_ml.inline import inline_file
from azrelease.release.fields import ArtifactPath, VariableValue, matching
from azrelease.release.model import Model
from azrelease.release.problems import Problem
from azrelease.release.tasks.step_template import text_lines

AssignmentPath = Annotated[
    str,
    *matching(
        r"[A-Za-z_][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_][A-Za-z0-9_-]*)*",
        "{} cannot be a path in the file",
        "Write the keys with `.` between them: `request_settings.request_timeout_ms`.",
    ),
]


class AssetArguments(NamedTuple):
    """What a script needs to hand the description to the CLI.

    Attributes:
        file: the file of the artifact; None where there is a definition.
        definition: what the script writes into a file; None where the artifact has one.
        assignments: values that win over those of the file, `path=value` one on a line; None for none.
    """

    file: str | None
    definition: str | None
    assignments: str | None


class AssetSource(Model):
    """The fields that say what an endpoint or a deployment is; tasks narrow the `definition`."""

    file: ArtifactPath | None = Field(
        default=None, description="File of the artifact that describes it, in the YAML of Azure Machine Learning."
    )
    set: dict[AssignmentPath, VariableValue] = Field(
        default_factory=dict,
        description="Values that win over those of the file, by their path in it: `instance_count: 2`, `tags.team: x`.",
    )
    definition: Model | None = Field(default=None, description="What it is, instead of a `file`.")

    def source(self, keys: Mapping[str, str], overrides: Mapping[str, str]) -> AssetArguments:
        """What a script hands to the CLI.

        Args:
            keys: what the stage says about a definition.
            overrides: what the stage says about a file.
        """
        given = (f"{path}={value}" for path, value in self.set.items())
        if self.definition is None:
            said = (f"{path}={value}" for path, value in overrides.items() if path not in self.set)
            return AssetArguments(self.file, None, text_lines((*said, *given)))
        inline = inline_file(self.definition, **keys)
        return AssetArguments(None, inline.text, text_lines((*inline.assignments, *given)))

    def source_problems(self) -> Iterator[Problem]:
        """A description in two places."""
        if self.file is not None and self.definition is not None:
            message = "both `file` and `definition` are given"
            yield Problem(("definition",), CONFLICTING_FIELDS, message, "Remove one of them.")
