"""The loss report of an import or export: what became of each part of a release."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from azrelease.classic import Construct, ConversionReport, Handling, ReportEntry
from azrelease.classic.node import path_text
from azrelease.report.formats import ReportFormat
from azrelease.report.json_object import dumps
from azrelease.report.log_sanitizer import printable, sanitized
from azrelease.templating.markdown_text import code, escaped

_SIGNS: Mapping[Handling, str] = {
    Handling.CARRIED: "\N{WHITE HEAVY CHECK MARK}",
    Handling.REGISTERED: "\N{GEAR}\N{VARIATION SELECTOR-16}",
    Handling.CHANGED: "\N{WARNING SIGN}\N{VARIATION SELECTOR-16}",
    Handling.LOST: "\N{CROSS MARK}",
}
_WIDTH = max(len(kind.value) for kind in _SIGNS)


class LossReport(NamedTuple):
    """What became of one release.

    Attributes:
        source: the file or definition it was made from.
        name: its name.
        account: what became of each part.
        output: the file that was written; None where nothing was.
        problems: why nothing could be made of it.
    """

    source: str
    name: str
    account: ConversionReport
    output: str | None = None
    problems: tuple[str, ...] = ()


def format_losses(reports: Sequence[LossReport], form: ReportFormat) -> str:
    """Loss reports in a format."""
    match form:
        case ReportFormat.TEXT:
            return losses_text(reports)
        case ReportFormat.JSON:
            return dumps(losses_object(reports))
        case ReportFormat.MARKDOWN:
            return losses_markdown(reports)


def losses_text(reports: Sequence[LossReport]) -> str:
    """For a terminal: a line for each part, what to do below it, the counts at the end."""
    return sanitized("\n".join("\n".join(_text(report)) for report in reports)) + "\n"


def _text(report: LossReport) -> list[str]:
    lines = [f"{printable(report.source)}: {printable(report.name)}"]
    for entry in report.account.entries():
        construct = entry.construct
        title = f"{construct.title}{' (a control)' if construct.control else ''}"
        places = _places(entry)
        says = f"{printable(places[0])}: {title}: {printable(entry.message)}"
        lines.append(f"  {construct.handling.value:{_WIDTH}}  {says}")
        lines.extend(f"  {'':{_WIDTH}}  also {printable(place)}" for place in places[1:])
        if construct.advice:
            lines.append(f"  {'':{_WIDTH}}  → {construct.advice}")
    lines.extend(f"  cannot be used  {printable(problem)}" for problem in report.problems)
    lines.append("")
    lines.extend(f"  {kind.value:{_WIDTH}}  {count:4}" for kind, count in report.account.counts().items())
    return [*lines, ""]


def _places(entry: ReportEntry) -> list[str]:
    """All places of what is not carried as it was, which a person has to look at; else the first, and their number."""
    places = [path_text(path) for path in entry.paths]
    if entry.construct.handling is not Handling.CARRIED or len(places) == 1:
        return places
    return [f"{places[0]} (and {len(places) - 1} more)"]


def losses_object(reports: Sequence[LossReport]) -> dict[str, Any]:
    """For programs: an object that is serialized as JSON."""
    return {
        "version": 1,
        "releases": [
            {
                "source": report.source,
                "name": report.name,
                "output": report.output,
                "rows": report.account.data(),
                "problems": list(report.problems),
                "summary": {kind.value: count for kind, count in report.account.counts().items()},
            }
            for report in reports
        ],
    }


def losses_markdown(reports: Sequence[LossReport]) -> str:
    """For a pull request or a wiki: a table for each release."""
    parts: list[str] = []
    for report in reports:
        parts += [f"## {escaped(report.name)}", "", f"From {code(report.source)}.", ""]
        parts += ["| | what | where | what it means | what to do |", "|---|---|---|---|---|"]
        parts += [_line(entry) for entry in report.account.entries()]
        parts += ["", *(f"- {_SIGNS[Handling.LOST]} {escaped(problem)}" for problem in report.problems)]
        parts += ["", "| | count |", "|---|---:|"]
        parts += [f"| {_SIGNS[kind]} {kind.value} | {count} |" for kind, count in report.account.counts().items()]
        parts.append("")
    return sanitized("\n".join(parts)) + "\n"


def _line(entry: ReportEntry) -> str:
    control = " **(control)**" if entry.construct.control else ""
    where = ", ".join(map(code, _places(entry)))
    return (
        f"| {_SIGNS[entry.construct.handling]} | {escaped(entry.construct.title)}{control} | {where} "
        f"| {escaped(entry.message)} | {escaped(entry.construct.advice)} |"
    )


def coverage_table(constructs: Sequence[Construct], command: str) -> str:
    """The loss table of the documentation: what `import` or `export` makes of each part."""
    lines = ["| part | | what becomes of it |", "|---|---|---|"]
    for construct in constructs:
        if construct.handling in _SIGNS:
            control = f" (stops the {command})" if construct.control else ""
            advice = f" {escaped(construct.advice)}" if construct.advice else ""
            says = f"{escaped(construct.meaning)}{control}.{advice}"
            lines.append(f"| {escaped(construct.title)} | {_SIGNS[construct.handling]} | {says} |")
    return "\n".join(lines) + "\n"
