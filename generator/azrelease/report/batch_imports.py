"""The summary of an import of many definitions: what became of each, and what has to be decided."""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

from azrelease.classic import ConversionOutcome, Feature
from azrelease.report.formats import ReportFormat
from azrelease.report.json_object import dumps
from azrelease.report.log_sanitizer import printable, sanitized
from azrelease.report.losses import LossReport, losses_markdown, losses_object
from azrelease.templating.markdown_text import code, escaped

_CHECKED = (ConversionOutcome.CHANGED, ConversionOutcome.LOST)
_SHOWN = 3


class BatchOutcome(StrEnum):
    """What became of a definition, or of a template."""

    WRITTEN = "written"
    UNCHANGED = "already there"
    STOPPED = "stopped"


class ImportDecision(NamedTuple):
    """Why a definition is not written.

    Attributes:
        what: what stops it.
        advice: what to do about it.
        option: the option that decides it; empty where none does.
    """

    what: str
    advice: str = ""
    option: str = ""


class BatchEntry(NamedTuple):
    """A definition.

    Attributes:
        source: its file, or its id in the project.
        name: its name.
        outcome: what became of it.
        output: its release file; of one that is stopped, the file that it would have.
        decisions: why it is stopped.
        templates: the shared templates that its release calls.
        is_edited: whether the release was edited by hand since it was written.
        loss: what became of each part; None where it cannot be read.
    """

    source: str
    name: str
    outcome: BatchOutcome
    output: str | None = None
    decisions: tuple[ImportDecision, ...] = ()
    templates: tuple[str, ...] = ()
    is_edited: bool = False
    loss: LossReport | None = None


class BatchTemplate(NamedTuple):
    """A template that a task group became; `callers` is the number of releases that call it."""

    path: str
    group: str
    outcome: BatchOutcome
    callers: int
    is_edited: bool = False


class BatchReport(NamedTuple):
    """An import of many definitions.

    Attributes:
        entries: the definitions.
        templates: the shared templates of the releases that are written, or already there.
        others: files without a definition or task group, each with what it is.
    """

    entries: tuple[BatchEntry, ...]
    templates: tuple[BatchTemplate, ...] = ()
    others: tuple[str, ...] = ()

    def count(self, outcome: BatchOutcome) -> int:
        """How many definitions have an outcome."""
        return sum(entry.outcome is outcome for entry in self.entries)

    @property
    def totals(self) -> dict[str, int]:
        """The number of definitions, and of each outcome: the latter add up to the former."""
        return {"definitions": len(self.entries), **{each.value: self.count(each) for each in BatchOutcome}}


def format_batch(report: BatchReport, form: ReportFormat) -> str:
    """The summary in a format."""
    match form:
        case ReportFormat.TEXT:
            return sanitized("\n".join(_text(report))) + "\n"
        case ReportFormat.JSON:
            return dumps(_object(report))
        case ReportFormat.MARKDOWN:
            return _markdown(report)


def _text(report: BatchReport) -> Iterator[str]:
    for entry in report.entries:
        if entry.outcome is BatchOutcome.STOPPED:
            continue
        edited = ", edited by hand since" if entry.is_edited else ""
        losses = f" ({_losses(entry.loss)})" if entry.loss is not None and entry.outcome is BatchOutcome.WRITTEN else ""
        yield f"{entry.outcome:13}  {printable(entry.source)}: {printable(entry.output or '')}{edited}{losses}"
    for template in report.templates:
        edited = ", edited by hand since" if template.is_edited else ""
        what = f"task group {printable(template.group)}: {printable(template.path)}{edited}"
        yield f"{template.outcome:13}  {what}, called by {_number(template.callers, 'release')}"
    for entry in report.entries:
        if entry.outcome is BatchOutcome.STOPPED:
            yield f"{entry.outcome:13}  {printable(entry.source)}: {printable(entry.name)}"
            for decision in entry.decisions:
                yield f"  {printable(decision.what)}"
                if decision.advice:
                    yield f"    → {printable(decision.advice)}"
                if decision.option:
                    yield f"    → {printable(decision.option)}"
    for other in report.others:
        yield f"{'not imported':13}  {printable(other)}"
    yield from _checks_text(report)
    yield ""
    yield totals_text(report)


class PartToCheck(NamedTuple):
    """What releases have that a user should check.

    Attributes:
        feature: what it is.
        details: what is special about it, each once.
        releases: the number of releases that have it.
    """

    feature: Feature
    details: tuple[str, ...]
    releases: int


def parts_to_check(report: BatchReport) -> list[PartToCheck]:
    """The changed and lost parts of the written releases that call for a decision, the commonest first."""
    details: dict[Feature, dict[str, None]] = {}
    counts: dict[Feature, int] = {}
    for entry in report.entries:
        if entry.outcome is not BatchOutcome.WRITTEN or entry.loss is None:
            continue
        found = [e for e in entry.loss.conversion.entries() if e.feature.outcome in _CHECKED and e.feature.advice]
        for each in found:
            details.setdefault(each.feature, {}).update({each.detail: None} if each.detail else {})
        for feature in dict.fromkeys(each.feature for each in found):
            counts[feature] = counts.get(feature, 0) + 1
    parts = [PartToCheck(feature, tuple(details[feature]), number) for feature, number in counts.items()]
    return sorted(parts, key=lambda part: -part.releases)


def _checks_text(report: BatchReport) -> Iterator[str]:
    parts = parts_to_check(report)
    if parts:
        yield ""
        yield "to check in the written releases, and in how many of them:"
    for part in parts:
        shown = ", ".join(part.details[:_SHOWN]) + (", …" if len(part.details) > _SHOWN else "")
        details = f" ({printable(shown)})" if shown else ""
        yield f"{part.releases:5}  {part.feature.title}{details}: {part.feature.meaning}"
        yield f"{'':5}  → {part.feature.advice}"


def totals_text(report: BatchReport) -> str:
    """The counts in one line."""
    parts = [f"{report.count(outcome)} {outcome.value}" for outcome in BatchOutcome]
    return f"{_number(len(report.entries), 'definition')}: {', '.join(parts)}"


def _losses(loss: LossReport) -> str:
    counts = loss.conversion.counts()
    parts = [
        f"{counts[outcome]} {outcome.value}"
        for outcome in (ConversionOutcome.CHANGED, ConversionOutcome.LOST)
        if counts[outcome]
    ]
    return ", ".join(parts) or "all carried"


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _object(report: BatchReport) -> dict[str, Any]:
    return {
        "version": 1,
        "summary": report.totals,
        "releases": [
            {
                "source": entry.source,
                "name": entry.name,
                "outcome": entry.outcome.value,
                "output": entry.output,
                "edited": entry.is_edited,
                "templates": list(entry.templates),
                "decisions": [decision._asdict() for decision in entry.decisions],
                **(_parts(entry.loss) if entry.loss is not None else {"rows": [], "problems": [], "summary": {}}),
            }
            for entry in report.entries
        ],
        "templates": [{**each._asdict(), "outcome": each.outcome.value} for each in report.templates],
        "to_check": [
            {
                "construct": part.feature.title,
                "message": part.feature.meaning,
                "advice": part.feature.advice,
                "details": list(part.details),
                "releases": part.releases,
            }
            for part in parts_to_check(report)
        ],
        "others": list(report.others),
    }


def _parts(loss: LossReport) -> dict[str, Any]:
    (release,) = losses_object([loss])["releases"]
    return {name: release[name] for name in ("rows", "problems", "summary")}


def _markdown(report: BatchReport) -> str:
    lines = ["| definition | | release | what to decide |", "|---|---|---|---|"]
    for entry in report.entries:
        output = code(entry.output) if entry.output and entry.outcome is not BatchOutcome.STOPPED else ""
        decisions = "<br>".join(_decision(decision) for decision in entry.decisions)
        lines.append(f"| {code(entry.source)} {escaped(entry.name)} | {entry.outcome} | {output} | {decisions} |")
    if report.templates:
        lines += ["", "| task group | | template | releases |", "|---|---|---|---:|"]
        lines += [
            f"| {escaped(each.group)} | {each.outcome} | {code(each.path)} | {each.callers} |"
            for each in report.templates
        ]
    parts = parts_to_check(report)
    if parts:
        lines += ["", "| to check | what it means | what to do | releases |", "|---|---|---|---:|"]
        lines += [
            f"| {escaped(part.title)} | {escaped(part.meaning)} | {escaped(part.advice)} | {releases} |"
            for part, _, releases in parts
        ]
    lines += ["", *(f"- not imported: {escaped(other)}" for other in report.others)]
    lines += ["", f"{escaped(totals_text(report))}", ""]
    losses: Sequence[LossReport] = [entry.loss for entry in report.entries if entry.loss is not None]
    return sanitized("\n".join(lines)) + "\n" + losses_markdown(losses)


def _decision(decision: ImportDecision) -> str:
    return " ".join(escaped(part) for part in decision if part)
