"""A release of CLI v1 as one of v2."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from azrelease.diagnostics import CHANGED, Diagnostic
from azrelease.errors import UserError
from azrelease.migration.settings import SourceLocation
from azrelease.migration.stages import StageSource, migrate_stage, uses_v1
from azrelease.release import LoadedRelease, Release, dump, load_alone
from azrelease.yaml_document import YamlDocument


class NewFile(NamedTuple):
    """A file to be written, by its path in the artifact."""

    path: str
    text: str


class Migration(NamedTuple):
    """A release of v2 and its text, the files that its artifact needs, and what has to be known about it."""

    release: Release
    text: str
    files: tuple[NewFile, ...]
    findings: tuple[Diagnostic, ...]


def migrate(loaded: LoadedRelease, folder: Path) -> Migration:
    """The release of v2 that does what a release of CLI v1 does.

    Args:
        loaded: the release, as it was read.
        folder: folder of this machine that has what the artifact has.

    Raises:
        UserError: nothing in the release uses CLI v1.
        InvalidFileError: a file of a service is not right.
    """
    release, document = loaded.release, loaded.document
    if not any(uses_v1(stage) for stage in release.stages):
        raise UserError(f"{document.path}: nothing in it deploys with CLI v1")
    migrated = [
        migrate_stage(StageSource(stage, ("stages", index), document, release.variables, folder))
        for index, stage in enumerate(release.stages)
    ]
    new = release.model_copy(update={"stages": tuple(part.stage for part in migrated)})
    # Once more, now as a whole: what the stages became has to be a release file that can be read.
    text = dump(new, brief=True)
    return Migration(
        release=load_alone(YamlDocument.parse(text, "the migrated release")).release,
        text=text,
        files=tuple(NewFile(path, text) for part in migrated for path, text in part.files.items()),
        findings=tuple(dict.fromkeys((*(f for part in migrated for f in part.findings), *_comments(loaded)))),
    )


def _comments(loaded: LoadedRelease) -> Iterator[Diagnostic]:
    """Comments are not part of a release, so they do not come along."""
    for number, line in enumerate(loaded.document.text.splitlines(), start=1):
        if line.lstrip().startswith("#") and "yaml-language-server" not in line:
            span = loaded.document.span(())._replace(line=number, column=1, end_line=number, end_column=len(line) + 1)
            yield SourceLocation(loaded.document.path, span).finding(CHANGED, "comments are not carried over")
            return
