"""The report on an import or export: what became of each part. It leaves nothing out."""

from collections.abc import Generator, Iterator, Sequence
from typing import NamedTuple, TypeVar

from azrelease.catalog import classic
from azrelease.classic import features
from azrelease.classic.features import ConversionOutcome, Feature
from azrelease.classic.json_node import JsonNode, JsonObject, JsonPath, path_text
from azrelease.classic.macro_translation import has_expression

T = TypeVar("T")


class ReportRow(NamedTuple):
    """What became of a part of a definition.

    Attributes:
        feature: what the part is, and what becomes of it.
        path: its path in the definition.
        detail: what is special about this part.
    """

    feature: Feature
    path: JsonPath
    detail: str = ""


Conversion = Generator[ReportRow, None, T]
"""Converts a part of a definition: yields rows of the report, and returns the result."""


def report_rows(feature: Feature, *nodes: JsonNode, detail: str = "") -> Iterator[ReportRow]:
    """A row for each node that exists. The row of a list or mapping covers everything below it."""
    for node in nodes:
        if node.value is not None:
            yield ReportRow(feature, node.path, detail)


def setting_rows(is_used: bool, feature: Feature, *nodes: JsonNode, detail: str = "") -> Iterator[ReportRow]:
    """Rows for settings: with a feature where it is used, else that they have their default."""
    return report_rows(feature if is_used else features.DEFAULT, *nodes, detail=detail)


def collect(conversion: "Conversion[T]") -> tuple[T, tuple[ReportRow, ...]]:
    """Run a conversion to its end: its result, and the rows it yields."""
    rows: list[ReportRow] = []
    while True:
        try:
            rows.append(next(conversion))
        except StopIteration as stop:
            return stop.value, tuple(rows)


class ReportEntry(NamedTuple):
    """What became of one part, or of several with the same outcome and detail."""

    feature: Feature
    paths: tuple[JsonPath, ...]
    detail: str = ""

    @property
    def message(self) -> str:
        """What it means for the user."""
        return f"{self.detail}: {self.feature.meaning}" if self.detail else self.feature.meaning


class ConversionReport(NamedTuple):
    """All rows, in the order of the definition."""

    rows: tuple[ReportRow, ...]

    def entries(self) -> tuple[ReportEntry, ...]:
        """The rows as a user reads them: one entry for all parts of a carried task, job or stage, no repetitions."""
        first: dict[tuple[str, JsonPath], ReportRow] = {}
        for row in self.rows:
            outcome = row.feature.outcome
            if outcome is ConversionOutcome.MEANINGLESS or _is_use_of_parameter(row):
                continue
            carried = outcome is ConversionOutcome.CARRIED
            subject = row.feature.title.partition(":")[0] if carried else f"{row.feature.title} {row.detail}"
            key = (f"{outcome} {subject}", _owner(row.path) if carried else _setting(row.path))
            if key not in first or (row.detail and not first[key].detail):
                first[key] = row
        paths: dict[tuple[Feature, str], tuple[JsonPath, ...]] = {}
        for (_, path), row in first.items():
            paths[row.feature, row.detail] = (*paths.get((row.feature, row.detail), ()), path)
        return tuple(ReportEntry(feature, places, detail) for (feature, detail), places in paths.items())

    def lost_controls(self) -> tuple[ReportEntry, ...]:
        """The entries that stop an import or export."""
        return tuple(e for e in self.entries() if e.feature.control and e.feature.outcome is ConversionOutcome.LOST)

    def counts(self) -> dict[ConversionOutcome, int]:
        """How many parts have each outcome."""
        entries = self.entries()
        outcomes = (outcome for outcome in ConversionOutcome if outcome is not ConversionOutcome.MEANINGLESS)
        return {outcome: sum(len(e.paths) for e in entries if e.feature.outcome is outcome) for outcome in outcomes}

    def data(self) -> list[JsonObject]:
        """The entries as JSON."""
        return [
            {
                "construct": entry.feature.title,
                "handling": entry.feature.outcome.value,
                "control": entry.feature.control,
                "paths": [path_text(path) for path in entry.paths],
                "message": entry.message,
                "advice": entry.feature.advice,
            }
            for entry in self.entries()
        ]


def _is_use_of_parameter(row: ReportRow) -> bool:
    """Whether a row is about a use of a process parameter; the report names its definition."""
    return row.feature is features.PROCESS_PARAMETERS and "processParameters" not in row.path


_REPORTED_AS_ONE = ("workflowTasks", "artifacts", "triggers", "schedules", "gates")
"""Lists whose items have one entry each."""

_REPORTED_BY_KEY = ("deployPhases", "environments", "stages", "sources")
"""Lists whose items have an entry for each of their keys."""


def _owner(path: JsonPath) -> JsonPath:
    """The task, job, stage, variable… that a part belongs to."""
    variable = _variable(path)
    if variable is not None:
        return variable
    for index in range(len(path) - 1, 0, -1):
        if isinstance(path[index], int) and path[index - 1] in (*_REPORTED_AS_ONE, *_REPORTED_BY_KEY):
            return path[: index + (1 if path[index - 1] in _REPORTED_AS_ONE else 2)]
    return path[:1]


def _variable(path: JsonPath) -> JsonPath | None:
    at = next((index for index, step in enumerate(path[:-1]) if step == "variables"), None)
    return path[: at + 2] if at in (0, 2) else None


_OF_ONE_SETTING = frozenset(
    ("$type", "$value", "approver", "concurrencyCount", "daysToRelease", "isAutomated", "queueDepthCount", "startHours",
     "startMinutes", "taskId", "timeZoneId")
)  # fmt: skip
"""Keys that mean nothing alone: the mapping they belong to is the setting."""

_NAMING = frozenset(("displayName", "id", "name", "uniqueName"))


def _setting(path: JsonPath) -> JsonPath:
    """The variable or the setting that a part belongs to: what a user has to check."""
    variable = _variable(path)
    if variable is not None:
        return variable
    if path and path[-1] in _NAMING and {"approver", "definitionReference"}.intersection(path):
        path = path[:-1]
    return path[:-1] if path and path[-1] in _OF_ONE_SETTING else path


_WITH_OWN_KEYS = frozenset(("inputs", "environment", "overrideInputs", "properties"))
"""Mappings whose keys are names of the user."""

_IGNORED = ("_links", "properties", "lastRelease", "createdBy", "modifiedBy", "comment")


def ambiguous_values(definition: JsonNode) -> Iterator[ReportRow]:
    """Rows for placeholders in place of numbers, and for texts that Azure Pipelines would evaluate."""
    plain = classic.plain_keys()
    for leaf in definition.leaves():
        if leaf.path[:1] and leaf.path[0] in _IGNORED:
            continue
        if leaf.path[-1] in plain and not _WITH_OWN_KEYS.intersection(leaf.path[-2:-1]) and not leaf.is_plain:
            yield ReportRow(features.PLACEHOLDER, leaf.path, leaf.text()[:40])
        if has_expression(leaf.text()):
            yield ReportRow(features.EXPRESSION, leaf.path)


_MORE_THAN_CARRIED = (ConversionOutcome.REGISTERED, ConversionOutcome.CHANGED, ConversionOutcome.LOST)


def complete_report(definition: JsonNode, rows: Sequence[ReportRow]) -> ConversionReport:
    """The report on a definition: the rows of a conversion, and an "unknown" row for each value that none covers."""
    rows = [*rows, *ambiguous_values(definition)]
    covered = {row.path for row in rows}
    uncovered: list[ReportRow] = []
    for leaf in definition.leaves():
        if any(leaf.path[:length] in covered for length in range(len(leaf.path) + 1)):
            continue
        feature = features.UNKNOWN if leaf else features.EMPTY
        if leaf.value in (False, 0, "false", "False", "0"):
            feature = features.UNKNOWN_OFF
        elif leaf.path[-1] == "$type":
            feature = features.IDENTITY
        uncovered.append(ReportRow(feature, leaf.path, leaf.path[-1] if isinstance(leaf.path[-1], str) else ""))
    # A row about a loss or change replaces the row that the same part is carried.
    special = {row.path for row in rows if row.feature.outcome in _MORE_THAN_CARRIED}
    rows = [row for row in rows if row.path not in special or row.feature.outcome in _MORE_THAN_CARRIED]
    order: dict[JsonPath, int] = {}
    for index, leaf in enumerate(definition.leaves()):
        for length in range(len(leaf.path) + 1):
            order.setdefault(leaf.path[:length], index)
    return ConversionReport(
        tuple(sorted((*rows, *uncovered), key=lambda row: (order.get(row.path, len(order)), -len(row.path))))
    )
