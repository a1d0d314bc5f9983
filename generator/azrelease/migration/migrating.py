"""Converts a release from CLI v1 to v2."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import yaml

from azrelease.diagnostics import CHANGED, Diagnostic, Span
from azrelease.errors import UserError
from azrelease.migration.settings import SourceLocation
from azrelease.migration.stages import migrate_stage, uses_v1
from azrelease.migration.tasks import StageSource
from azrelease.release import LoadedRelease, Release, dump, load_alone
from azrelease.yaml_document import YamlDocument

_COMMENT = re.compile(r"(?:^|(?<=\s))#")


class NewFile(NamedTuple):
    """A new file, by its path in the artifact."""

    path: str
    text: str


class Migration(NamedTuple):
    """A release of v2 and its text, the files that its artifact needs, and findings."""

    release: Release
    text: str
    files: tuple[NewFile, ...]
    findings: tuple[Diagnostic, ...]


def migrate(loaded: LoadedRelease, folder: Path) -> Migration:
    """Migrate a release from CLI v1 to v2.

    Args:
        loaded: the release.
        folder: folder of this machine with the files of the artifact.

    Raises:
        UserError: no stage uses CLI v1.
        InvalidFileError: a file of a service is not valid YAML.
    """
    release, document = loaded.release, loaded.document
    if not any(uses_v1(stage) for stage in release.stages):
        raise UserError(f"{document.path}: no stage deploys with CLI v1")
    migrated = [
        migrate_stage(StageSource(stage, ("stages", index), document, release.variables, folder))
        for index, stage in enumerate(release.stages)
    ]
    new = release.model_copy(update={"stages": tuple(part.stage for part in migrated)})
    # Reading the text again checks that the stages together are a valid release.
    text = dump(new, brief=True)
    return Migration(
        release=load_alone(YamlDocument.parse(text, "the migrated release")).release,
        text=text,
        files=tuple(NewFile(path, text) for part in migrated for path, text in part.files.items()),
        findings=tuple(dict.fromkeys((*(f for part in migrated for f in part.findings), *_comments(loaded)))),
    )


def _comments(loaded: LoadedRelease) -> Iterator[Diagnostic]:
    """A finding about comments, which the new file lacks."""
    text = loaded.document.text
    scalars = [token for token in yaml.scan(text, Loader=yaml.SafeLoader) if isinstance(token, yaml.ScalarToken)]
    inside = {place for each in scalars for place in range(each.start_mark.index, each.end_mark.index)}
    start = 0
    for number, line in enumerate(text.splitlines(keepends=True), start=1):
        signs = (match.end() for match in _COMMENT.finditer(line) if start + match.end() - 1 not in inside)
        column = next(signs, None)
        if column is not None and "yaml-language-server" not in line:
            end = len(line.rstrip()) + 1
            span = Span(number, column, number, end)
            yield SourceLocation(loaded.document.path, span).finding(CHANGED, "the new file lacks the comments")
            return
        start += len(line)
