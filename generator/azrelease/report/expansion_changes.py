"""What a change to pipelines and templates does to each pipeline: as text with unified diffs, and as JSON."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import NamedTuple

from azrelease.expansion import ExpansionProblem, SourceFile
from azrelease.redaction import redacted_difference
from azrelease.report.expansion_redaction import ExpansionRedaction
from azrelease.report.expansions import problem_objects, problems_text
from azrelease.report.json_object import dumps
from azrelease.report.log_sanitizer import sanitized_line, sanitized_lines


class ChangeKind(StrEnum):
    """What happens to a pipeline."""

    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"
    RENAMED = "renamed"
    REFUSED = "refused"
    ACCEPTED = "accepted"
    STILL_REFUSED = "still-refused"


class ExpandedSide(NamedTuple):
    """A pipeline at one time.

    Attributes:
        path: the path of its file.
        yaml: its normal form; None where the service refuses it.
        problems: why it is refused.
        files: the files that were read.
    """

    path: str
    yaml: str | None
    problems: tuple[ExpansionProblem, ...]
    files: tuple[SourceFile, ...]


class PipelineChange(NamedTuple):
    """A pipeline that differs. A removed one has no `new`, an added one no `old`."""

    kind: ChangeKind
    old: ExpandedSide | None
    new: ExpandedSide | None

    @property
    def path(self) -> str:
        """The path of the pipeline, of a removed one the old one."""
        side = self.new or self.old
        assert side is not None
        return side.path


class PipelineChanges(NamedTuple):
    """What a change does.

    Attributes:
        revision: the revision that is compared with.
        changes: the pipelines that differ.
        total: how many pipelines there are.
        unused: changed templates that no pipeline includes.
    """

    revision: str
    changes: tuple[PipelineChange, ...]
    total: int
    unused: tuple[str, ...]


def changes_text(found: PipelineChanges, given: Mapping[str, str]) -> str:
    """A headline and the redacted difference of each pipeline, and how many there are.

    Args:
        found: the changes.
        given: the parameters and variables that the user gave.
    """
    blocks = [block for change in found.changes for block in _blocks(change, found.revision, given)]
    if not found.changes:
        return "No pipeline changes.\n"
    number, are = len(found.changes), "changes" if len(found.changes) == 1 else "change"
    of = "pipeline" if found.total == 1 else "pipelines"
    return "".join((*blocks, f"{number} of {found.total} {of} {are}.\n"))


def changes_json(found: PipelineChanges, given: Mapping[str, str]) -> str:
    """The same as one JSON object."""
    return dumps(
        {
            "version": 1,
            "revision": found.revision,
            "pipelines": found.total,
            "changes": [_object(change, found.revision, given) for change in found.changes],
            "unused_templates": list(found.unused),
        }
    )


def refusals_text(found: PipelineChanges, given: Mapping[str, str]) -> str:
    """The problems of the pipelines that the service refuses now."""
    sides = (change.new for change in found.changes if change.new is not None)
    return "".join(problems_text(side.problems, ExpansionRedaction(side.files, given)) for side in sides)


def _blocks(change: PipelineChange, revision: str, given: Mapping[str, str]) -> Iterator[str]:
    path = sanitized_line(change.path)
    match change.kind:
        case ChangeKind.ADDED:
            yield f"{path}: new\n"
        case ChangeKind.REMOVED:
            yield f"{path}: removed\n"
        case ChangeKind.RENAMED:
            assert change.old is not None
            yield f"{path}: renamed, was {sanitized_line(change.old.path)}\n"
        case ChangeKind.REFUSED:
            yield f"{path}: the service refuses it now\n"
        case ChangeKind.ACCEPTED:
            yield f"{path}: the service takes it now; it would refuse it at {sanitized_line(revision)}\n"
        case ChangeKind.STILL_REFUSED:
            yield f"{path}: the service refuses it now, and at {sanitized_line(revision)}\n"
    yield sanitized_lines(_difference(change, revision, given))


def _difference(change: PipelineChange, revision: str, given: Mapping[str, str]) -> str:
    """The redacted difference of the YAML; empty where there is none, or the service refuses a side."""
    old, new = change.old, change.new
    if (old is not None and old.yaml is None) or (new is not None and new.yaml is None):
        return ""
    before, after = (old and old.yaml) or "", (new and new.yaml) or ""
    old_name = "/dev/null" if old is None else f"{old.path} at {revision}"
    text = redacted_difference(before, after, old_name, "/dev/null" if new is None else new.path)
    for side in (old, new):
        text = text if side is None else ExpansionRedaction(side.files, given).message(text)
    return text


def _object(change: PipelineChange, revision: str, given: Mapping[str, str]) -> dict[str, object]:
    new = change.new
    errors = [] if new is None else problem_objects(new.problems, ExpansionRedaction(new.files, given))
    return {
        "pipeline": change.path,
        "old_pipeline": None if change.old is None else change.old.path,
        "change": str(change.kind),
        "diff": _difference(change, revision, given),
        "errors": errors,
    }
