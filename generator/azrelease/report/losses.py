"""The loss report of an import or export: what became of each part of a release."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from azrelease.classic import ConversionOutcome, ConversionReport, Feature, ReportEntry
from azrelease.classic.json_node import path_text
from azrelease.report.log_sanitizer import printable, sanitized
from azrelease.templating.markdown_text import code, escaped

_SIGNS: Mapping[ConversionOutcome, str] = {
    ConversionOutcome.CARRIED: "\N{WHITE HEAVY CHECK MARK}",
    ConversionOutcome.REGISTERED: "\N{GEAR}\N{VARIATION SELECTOR-16}",
    ConversionOutcome.CHANGED: "\N{WARNING SIGN}\N{VARIATION SELECTOR-16}",
    ConversionOutcome.LOST: "\N{CROSS MARK}",
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
    report: ConversionReport
    output: str | None = None
    problems: tuple[str, ...] = ()


def losses_text(reports: Sequence[LossReport]) -> str:
    """For a terminal: a line for each part, what to do below it, the counts at the end."""
    return sanitized("\n".join("\n".join(_text(report)) for report in reports)) + "\n"


def _text(report: LossReport) -> list[str]:
    lines = [f"{printable(report.source)}: {printable(report.name)}"]
    for entry in report.report.entries():
        feature = entry.feature
        title = f"{feature.title}{' (a control)' if feature.control else ''}"
        places = _places(entry)
        says = f"{printable(places[0])}: {title}: {printable(entry.message)}"
        lines.append(f"  {feature.outcome.value:{_WIDTH}}  {says}")
        lines.extend(f"  {'':{_WIDTH}}  also {printable(place)}" for place in places[1:])
        if feature.advice:
            lines.append(f"  {'':{_WIDTH}}  → {feature.advice}")
    lines.extend(f"  cannot be used  {printable(problem)}" for problem in report.problems)
    lines.append("")
    lines.extend(f"  {kind.value:{_WIDTH}}  {count:4}" for kind, count in report.report.counts().items())
    return [*lines, ""]


def _places(entry: ReportEntry) -> list[str]:
    """All places of what is not carried as it was, which a person has to look at; else the first, and their number."""
    places = [path_text(path) for path in entry.paths]
    if entry.feature.outcome is not ConversionOutcome.CARRIED or len(places) == 1:
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
                "rows": report.report.data(),
                "problems": list(report.problems),
                "summary": {kind.value: count for kind, count in report.report.counts().items()},
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
        parts += [_line(entry) for entry in report.report.entries()]
        parts += ["", *(f"- {_SIGNS[ConversionOutcome.LOST]} {escaped(problem)}" for problem in report.problems)]
        parts += ["", "| | count |", "|---|---:|"]
        parts += [f"| {_SIGNS[kind]} {kind.value} | {count} |" for kind, count in report.report.counts().items()]
        parts.append("")
    return sanitized("\n".join(parts)) + "\n"


def _line(entry: ReportEntry) -> str:
    control = " **(control)**" if entry.feature.control else ""
    where = ", ".join(map(code, _places(entry)))
    return (
        f"| {_SIGNS[entry.feature.outcome]} | {escaped(entry.feature.title)}{control} | {where} "
        f"| {escaped(entry.message)} | {escaped(entry.feature.advice)} |"
    )


def coverage_table(features: Sequence[Feature], command: str) -> str:
    """The table of README: each part, and what `import` or `export` makes of it."""
    lines = ["| part | | what becomes of it |", "|---|---|---|"]
    for feature in features:
        if feature.outcome in _SIGNS:
            control = f" (stops the {command})" if feature.control else ""
            advice = f" {escaped(feature.advice)}" if feature.advice else ""
            says = f"{escaped(feature.meaning)}{control}.{advice}"
            lines.append(f"| {escaped(feature.title)} | {_SIGNS[feature.outcome]} | {says} |")
    return "\n".join(lines) + "\n"
