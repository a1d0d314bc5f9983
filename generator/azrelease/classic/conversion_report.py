"""The account of an import or export: what became of each part, so that nothing is dropped in silence."""

from collections.abc import Generator, Iterator, Sequence
from typing import Any, NamedTuple, TypeVar

from azrelease.catalog import classic
from azrelease.classic.constructs import (
    EMPTY,
    IDENTITY,
    LIVE,
    PLACEHOLDER,
    PROCESS_PARAMETERS,
    UNKNOWN,
    UNKNOWN_OFF,
    Construct,
    Handling,
)
from azrelease.classic.macro_translation import is_live
from azrelease.classic.node import Node, Path, path_text

T = TypeVar("T")


class ReportRow(NamedTuple):
    """What became of a part of a definition.

    Attributes:
        construct: what it is, and how it is handled.
        path: where it stands.
        detail: what is special about this one.
    """

    construct: Construct
    path: Path
    detail: str = ""


Reading = Generator[ReportRow, None, T]
"""Reads a part of a definition: yields what became of it, and returns what it became."""


def report_rows(construct: Construct, *nodes: Node, detail: str = "") -> Iterator[ReportRow]:
    """A row for each of some nodes that are there; of one that holds others it speaks for all of these."""
    for node in nodes:
        if node.value is not None:
            yield ReportRow(construct, node.path, detail)


def collect(reading: "Reading[T]") -> tuple[T, tuple[ReportRow, ...]]:
    """Run a reading to its end."""
    found: list[ReportRow] = []
    while True:
        try:
            found.append(next(reading))
        except StopIteration as stop:
            return stop.value, tuple(found)


class ReportEntry(NamedTuple):
    """What became of one thing, or of several that became of the same.

    Attributes:
        construct: what it is, and how it is handled.
        paths: where it stands.
        detail: what is special about it.
    """

    construct: Construct
    paths: tuple[Path, ...]
    detail: str = ""

    @property
    def message(self) -> str:
        """What it means for the user."""
        return f"{self.detail}: {self.construct.meaning}" if self.detail else self.construct.meaning


class ConversionReport(NamedTuple):
    """All rows, in the order of the definition."""

    rows: tuple[ReportRow, ...]

    def entries(self) -> tuple[ReportEntry, ...]:
        """The rows as a person wants to read them.

        Of a thing that is carried its parts are not told one by one, and the same about several things is told once.
        """
        told: dict[tuple[str, Path], ReportRow] = {}
        for row in self.rows:
            kind = row.construct.handling
            if kind is Handling.MEANINGLESS or _is_use_of_parameter(row):
                continue
            carried = kind is Handling.CARRIED
            thing = row.construct.title.partition(":")[0] if carried else f"{row.construct.title} {row.detail}"
            key = (f"{kind} {thing}", _thing(row.path) if carried else _setting(row.path))
            if key not in told or (row.detail and not told[key].detail):
                told[key] = row
        found: dict[tuple[Construct, str], tuple[Path, ...]] = {}
        for (_, place), row in told.items():
            found[row.construct, row.detail] = (*found.get((row.construct, row.detail), ()), place)
        return tuple(ReportEntry(construct, paths, detail) for (construct, detail), paths in found.items())

    def lost_controls(self) -> tuple[ReportEntry, ...]:
        """What stops an import or export: controls that cannot be carried."""
        return tuple(e for e in self.entries() if e.construct.control and e.construct.handling is Handling.LOST)

    def counts(self) -> dict[Handling, int]:
        """How many things there are of each kind."""
        entries = self.entries()
        kinds = (kind for kind in Handling if kind is not Handling.MEANINGLESS)
        return {kind: sum(len(e.paths) for e in entries if e.construct.handling is kind) for kind in kinds}

    def data(self) -> list[dict[str, Any]]:
        """The entries as JSON."""
        return [
            {
                "construct": entry.construct.title,
                "handling": entry.construct.handling.value,
                "control": entry.construct.control,
                "paths": [path_text(path) for path in entry.paths],
                "message": entry.message,
                "advice": entry.construct.advice,
            }
            for entry in self.entries()
        ]


def _is_use_of_parameter(row: ReportRow) -> bool:
    """Whether a row is about a place where a process parameter is used, which is reported where it is defined."""
    return row.construct is PROCESS_PARAMETERS and "processParameters" not in row.path


_PLACES = (
    "workflowTasks",
    "deployPhases",
    "environments",
    "artifacts",
    "triggers",
    "schedules",
    "gates",
    "stages",
    "sources",
)
"""Lists whose items are things that a user knows by themselves."""

_WHOLE = ("workflowTasks", "artifacts", "triggers", "schedules", "gates")
"""Those whose items have no parts worth telling apart."""


def _thing(path: Path) -> Path:
    """The thing that a part belongs to: a task, a job, a stage…; a variable for variables."""
    variable = _variable(path)
    if variable is not None:
        return variable
    for index in range(len(path) - 1, 0, -1):
        step = path[index - 1]
        if isinstance(path[index], int) and step in _PLACES:
            last = path[index + 1 :]
            return path[: index + 1] if not last or step in _WHOLE else (*path[: index + 1], last[0])
    return path[:1]


def _variable(path: Path) -> Path | None:
    """The variable that a part belongs to; None for a part of something else."""
    at = next((index for index, step in enumerate(path[:-1]) if step == "variables"), None)
    return path[: at + 2] if at in (0, 2) else None


_OF_ONE_SETTING = frozenset(
    ("$type", "$value", "approver", "concurrencyCount", "daysToRelease", "isAutomated", "queueDepthCount", "startHours",
     "startMinutes", "taskId", "timeZoneId")
)  # fmt: skip
"""Keys that say nothing alone: what they belong to is the setting."""

_NAMING = frozenset(("displayName", "id", "name", "uniqueName"))


def _setting(path: Path) -> Path:
    """The variable or the setting that a part belongs to: what a person has to look at."""
    variable = _variable(path)
    if variable is not None:
        return variable
    if path and path[-1] in _NAMING and {"approver", "definitionReference"}.intersection(path):
        path = path[:-1]
    return path[:-1] if path and path[-1] in _OF_ONE_SETTING else path


_FREE = frozenset(("inputs", "environment", "overrideInputs", "properties"))
"""Mappings whose keys are not those of a definition."""

_ELSEWHERE = ("_links", "properties", "lastRelease", "createdBy", "modifiedBy", "comment")


def doubtful(definition: Node) -> Iterator[ReportRow]:
    """Values in doubt: a placeholder where a number belongs, a text that Azure Pipelines would work out."""
    plain = classic.plain_keys()
    for leaf in definition.leaves():
        if leaf.path[:1] and leaf.path[0] in _ELSEWHERE:
            continue
        if leaf.path[-1] in plain and not _FREE.intersection(leaf.path[-2:-1]) and not leaf.is_plain:
            yield ReportRow(PLACEHOLDER, leaf.path, leaf.text()[:40])
        if is_live(leaf.text()):
            yield ReportRow(LIVE, leaf.path)


_SPECIAL = (Handling.REGISTERED, Handling.CHANGED, Handling.LOST)


def complete(definition: Node, found: Sequence[ReportRow]) -> ConversionReport:
    """The account of a definition: for each value that no row speaks for, one that says that it is not known."""
    more: list[ReportRow] = []
    found = [*found, *doubtful(definition)]
    spoken = {row.path for row in found}
    for leaf in definition.leaves():
        if any(leaf.path[:length] in spoken for length in range(len(leaf.path) + 1)):
            continue
        construct = UNKNOWN if leaf else EMPTY
        if leaf.value in (False, 0, "false", "False", "0"):
            construct = UNKNOWN_OFF
        elif leaf.path[-1] == "$type":
            construct = IDENTITY
        more.append(ReportRow(construct, leaf.path, leaf.path[-1] if isinstance(leaf.path[-1], str) else ""))
    # What is special about a part says more than that it is carried.
    special = {row.path for row in found if row.construct.handling in _SPECIAL}
    found = [row for row in found if row.path not in special or row.construct.handling in _SPECIAL]
    order: dict[Path, int] = {}
    for index, leaf in enumerate(definition.leaves()):
        for length in range(len(leaf.path) + 1):
            order.setdefault(leaf.path[:length], index)
    return ConversionReport(
        tuple(sorted((*found, *more), key=lambda row: (order.get(row.path, len(order)), -len(row.path))))
    )
