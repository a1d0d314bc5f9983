"""Where an endpoint or a deployment is described: a file of the artifact, or release.yml itself."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, NamedTuple

from pydantic import BaseModel, Field

from azrelease.diagnostics import CONFLICTING_FIELDS
from azrelease.release.azure_ml.inline import inline_file
from azrelease.release.fields import ArtifactPath, VariableValue, matching
from azrelease.release.model import Model
from azrelease.release.problems import Problem
from azrelease.release.tasks.base import file_name, folder_of
from azrelease.templating import Block, Option

OptionalFile = ArtifactPath | None

AssignmentPath = Annotated[
    str,
    matching(
        r"[A-Za-z_][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_][A-Za-z0-9_-]*)*",
        "{} cannot be a path in the file",
        "Write the keys with `.` between them: `request_settings.request_timeout_ms`.",
    ),
]
Assignments = dict[AssignmentPath, VariableValue]
"""Values that win over those of the file, by their path in it: `instance_count`, `tags.team`."""


class AssetSource(Model):
    """The fields that say what an endpoint or a deployment is; tasks add their own `definition`."""

    file: OptionalFile = Field(
        default=None, description="File of the artifact that describes it, in the YAML of Azure Machine Learning."
    )
    set: Assignments = Field(
        default_factory=dict,
        description="Values that win over those of the file, by their path in it: `instance_count: 2`, `tags.team: x`.",
    )


class Source(NamedTuple):
    """What a script needs to hand the description to the CLI.

    Attributes:
        folder: folder of the artifact that the script runs in.
        file: the file, from that folder.
        definition: what the script writes into the file first; None where the artifact has it.
        options: `--set` and its values.
    """

    folder: str
    file: str
    definition: Block | None
    options: tuple[Option, ...]


def source(
    asset: AssetSource, definition: BaseModel | None, name: str, keys: Mapping[str, str], overrides: Mapping[str, str]
) -> Source:
    """The source of an asset.

    Args:
        asset: the task that has the file or the definition.
        definition: its definition.
        name: what the file of a definition is called.
        keys: what the stage says about a definition.
        overrides: what the stage says, whatever the file does.
    """
    given = {**overrides, **asset.set}
    if definition is None:
        path = asset.file or ""
        return Source(folder_of(path), file_name(path), None, _options(f"{k}={v}" for k, v in given.items()))
    inline = inline_file(definition, **keys)
    assignments = (*inline.assignments, *(f"{path}={value}" for path, value in given.items()))
    return Source(".", name, Block(inline.text), _options(assignments))


def source_problems(asset: AssetSource, definition: BaseModel | None) -> Iterator[Problem]:
    """A description in two places."""
    if asset.file is not None and definition is not None:
        message = "both `file` and `definition` are given"
        yield Problem(("definition",), CONFLICTING_FIELDS, message, "Remove one of them.")


def _options(assignments: Iterable[str]) -> tuple[Option, ...]:
    return tuple(Option("--set", assignment) for assignment in assignments)
