"""Differences between releases, their YAML and the service: as a table, as markdown, as JSON."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from azrelease.registration import Action, Plan
from azrelease.registration.names import with_names
from azrelease.report.formats import ReportFormat
from azrelease.report.json_object import dumps
from azrelease.report.log_sanitizer import printable, sanitized
from azrelease.report.plans import field_value, title
from azrelease.templating.markdown_text import escaped


class Drift(NamedTuple):
    """A difference between a release and one of its copies.

    Attributes:
        where: `file`, `branch` or `service`.
        what: the file, or the resource and its field.
        there: the actual value.
        wanted: the value in the release.
        hint: the command that removes the difference.
    """

    release: str
    where: str
    what: str
    there: str
    wanted: str
    hint: str


def service_drifts(plan: Plan) -> Iterator[Drift]:
    """The differences between releases and the service."""
    for drift in _service_drifts(plan):
        yield Drift(*(with_names(text, plan.names) for text in drift))


def _service_drifts(plan: Plan) -> Iterator[Drift]:
    for change in plan.changes:
        releases = ", ".join(change.desired.releases) if change.desired else ""
        hint = "azrelease apply"
        if change.action is Action.CREATE:
            yield Drift(releases, "service", title(change), "missing", "exists", hint)
        for field in change.fields if change.action is Action.UPDATE else ():
            what = f"{title(change)}: {field.field}"
            old, new = field_value(field.field, field.old), field_value(field.field, field.new)
            yield Drift(releases, "service", what, old, new, f"{hint} --allow-weaker" if change.weakens else hint)
    for other in plan.unmanaged:
        if other.removable:
            yield Drift("", "service", str(other.key), "exists", "not in any release", "azrelease apply --prune")
    for missing in plan.prerequisites:
        yield Drift(", ".join(missing.releases), "service", missing.what, "missing", "exists", missing.hint)


def format_drifts(drifts: Sequence[Drift], count: int, form: ReportFormat) -> str:
    """The differences of a number of releases in a format."""
    match form:
        case ReportFormat.TEXT:
            return drift_text(drifts, count)
        case ReportFormat.JSON:
            return dumps({"version": 1, "releases": count, "drift": [drift._asdict() for drift in drifts]})
        case ReportFormat.MARKDOWN:
            return drift_markdown(drifts, count)


def drift_text(drifts: Sequence[Drift], count: int) -> str:
    """The table for a terminal."""
    if not drifts:
        return _summary(drifts, count)
    head = Drift("release", "where", "what", "is", "should be", "how")
    rows = [Drift(*(printable(text) for text in drift)) for drift in drifts]
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head) - 1)]
    lines = [
        "  ".join((*(text.ljust(width) for text, width in zip(row[:-1], widths, strict=True)), row.hint)).rstrip()
        for row in (head, *rows)
    ]
    return sanitized("\n".join((*lines, "", _summary(drifts, count))))


def drift_markdown(drifts: Sequence[Drift], count: int) -> str:
    """The table for a pull request or a wiki."""
    if not drifts:
        return _summary(drifts, count)
    lines = ["| release | where | what | is | should be | how |", "|---|---|---|---|---|---|"]
    lines += [f"| {' | '.join(escaped(text) for text in drift)} |" for drift in drifts]
    return sanitized("\n".join((*lines, "", _summary(drifts, count))))


def _summary(drifts: Sequence[Drift], count: int) -> str:
    releases = f"{count} release{'' if count == 1 else 's'}"
    if not drifts:
        return f"{releases}: release, YAML and service agree.\n"
    return f"{releases}: {len(drifts)} difference{'' if len(drifts) == 1 else 's'} from the release.\n"
