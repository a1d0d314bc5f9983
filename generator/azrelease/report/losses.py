"""The loss report of an import or export: what became of each part of a release."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from azrelease.classic import ConversionOutcome, ConversionReport, Feature, ReportEntry
from azrelease.classic.json_node import path_text
from azrelease.report.formats import ReportFormat
from azrelease.report.json_object import dumps
from azrelease.report.log_sanitizer import printable, sanitized
from azrelease.templating.markdown_text import code, escaped

_SIGNS: Mapping[ConversionOutcome, str] = {
    ConversionOutcome.CARRIED: "\N{WHITE HEAVY CHECK MARK}",
    ConversionOutcome.REGISTERED: "\N{GEAR}\N{VARIATION SELECTOR-16}",
    ConversionOutcome.CHANGED: "\N{WARNING SIGN}\N{VARIATION SELECTOR-16}",
    ConversionOutcome.LOST: "\N{CROSS MARK}",
}
_WIDTH = max(len(outcome.value) for outcome in _SIGNS)


class LossReport(NamedTuple):
    """What became of one release.

    Attributes:
        source: the file or definition that is converted.
        conversion: what became of each part.
        output: the written file; None where nothing is written.
        problems: why the result is not valid.
    """

    source: str
    name: str
    conversion: ConversionReport
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
    """For a terminal: a line for each part with the advice below it, and the counts at the end."""
    return sanitized("\n".join("\n".join(_text(report)) for report in reports)) + "\n"


def _text(report: LossReport) -> list[str]:
    lines = [f"{printable(report.source)}: {printable(report.name)}"]
    for entry in report.conversion.entries():
        feature = entry.feature
        title = f"{feature.title}{' (a control)' if feature.control else ''}"
        first, *others = _paths(entry)
        line = f"{printable(first)}: {title}: {printable(entry.message)}"
        lines.append(f"  {feature.outcome.value:{_WIDTH}}  {line}")
        lines.extend(f"  {'':{_WIDTH}}  also {printable(path)}" for path in others)
        if feature.advice:
            lines.append(f"  {'':{_WIDTH}}  → {feature.advice}")
    lines.extend(f"  cannot be used  {printable(problem)}" for problem in report.problems)
    lines.append("")
    lines.extend(f"  {outcome.value:{_WIDTH}}  {count:4}" for outcome, count in report.conversion.counts().items())
    return [*lines, ""]


def _paths(entry: ReportEntry) -> list[str]:
    """All paths of what a user has to check; of what is carried, the first one and their number."""
    paths = [path_text(path) for path in entry.paths]
    if entry.feature.outcome is not ConversionOutcome.CARRIED or len(paths) == 1:
        return paths
    return [f"{paths[0]} (and {len(paths) - 1} more)"]


def losses_object(reports: Sequence[LossReport]) -> dict[str, Any]:
    """For programs: an object that is serialized as JSON."""
    return {
        "version": 1,
        "releases": [
            {
                "source": report.source,
                "name": report.name,
                "output": report.output,
                "rows": report.conversion.data(),
                "problems": list(report.problems),
                "summary": {outcome.value: count for outcome, count in report.conversion.counts().items()},
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
        parts += [_line(entry) for entry in report.conversion.entries()]
        parts += ["", *(f"- {_SIGNS[ConversionOutcome.LOST]} {escaped(problem)}" for problem in report.problems)]
        parts += ["", "| | count |", "|---|---:|"]
        parts += [
            f"| {_SIGNS[outcome]} {outcome.value} | {count} |" for outcome, count in report.conversion.counts().items()
        ]
        parts.append("")
    return sanitized("\n".join(parts)) + "\n"


def _line(entry: ReportEntry) -> str:
    control = " **(control)**" if entry.feature.control else ""
    where = ", ".join(map(code, _paths(entry)))
    return (
        f"| {_SIGNS[entry.feature.outcome]} | {escaped(entry.feature.title)}{control} | {where} "
        f"| {escaped(entry.message)} | {escaped(entry.feature.advice)} |"
    )


def coverage_table(features: Sequence[Feature], command: str) -> str:
    """The loss table of the docs: each feature, and what `import` or `export` makes of it."""
    lines = ["| part | | what becomes of it |", "|---|---|---|"]
    for feature in features:
        if feature.outcome in _SIGNS:
            control = f" (stops the {command})" if feature.control else ""
            advice = f" {escaped(feature.advice)}" if feature.advice else ""
            result = f"{escaped(feature.meaning)}{control}.{advice}"
            lines.append(f"| {escaped(feature.title)} | {_SIGNS[feature.outcome]} | {result} |")
    return "\n".join(lines) + "\n"
