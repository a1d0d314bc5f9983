"""The order of the stages: unknown dependencies, cycles, names used twice.

Works on names alone, so that a file with other mistakes in it is checked for these at the same time.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from azrelease.cycles import shortest_cycle
from azrelease.diagnostics import DEPENDENCY_CYCLE, DUPLICATE_NAME, UNKNOWN_STAGE
from azrelease.release.problems import Problem
from azrelease.suggestions import suggestion

_MOST_GUESSES = 20  # each compares a name with all others


class StageNode(NamedTuple):
    """The name of a stage and the names it depends on; None: the stage above."""

    name: str
    depends_on: tuple[str, ...] | None = None


def graph_problems(stages: Sequence[StageNode]) -> Iterator[Problem]:
    """Problems with routes such as `("stages", 1, "depends_on", 0)`.

    Names compare without regard to case, as the service does. A cycle is reported once, from the stage of it that
    comes first in the file.
    """
    first = _first_of_each_name(stages)
    names = [stage.name for stage in stages]
    guesses = _MOST_GUESSES
    for index, stage in enumerate(stages):
        if first[stage.name.casefold()] != index:
            message = f"two stages are named `{stage.name}`"
            yield Problem(("stages", index, "name"), DUPLICATE_NAME, message, "Give each stage its own name.")
        for position, name in enumerate(stage.depends_on or ()):
            if name.casefold() not in first:
                hint = suggestion(name, names if guesses > 0 else (), "There is no stage of that name in the release.")
                guesses -= 1
                message = f"stage `{stage.name}` depends on `{name}`, which is not there"
                yield Problem(("stages", index, "depends_on", position), UNKNOWN_STAGE, message, hint)
    yield from _cycles(stages, _edges(stages, first))


def _first_of_each_name(stages: Sequence[StageNode]) -> dict[str, int]:
    first: dict[str, int] = {}
    for index, stage in enumerate(stages):
        first.setdefault(stage.name.casefold(), index)
    return first


def _edges(stages: Sequence[StageNode], first: dict[str, int]) -> list[list[int]]:
    """For each stage, the stages it waits for."""
    return [
        ([index - 1] if index else [])
        if stage.depends_on is None
        else [first[name.casefold()] for name in stage.depends_on if name.casefold() in first]
        for index, stage in enumerate(stages)
    ]


def _cycles(stages: Sequence[StageNode], edges: list[list[int]]) -> Iterator[Problem]:
    reported: set[int] = set()
    for start in range(len(stages)):
        cycle = [] if start in reported else shortest_cycle(start, edges)
        if cycle:
            reported.update(cycle)
            names = " → ".join(stages[index].name for index in (*cycle, start))
            message = f"stage `{stages[start].name}` waits for itself: {names}"
            yield Problem(
                ("stages", start, "depends_on"),
                DEPENDENCY_CYCLE,
                message,
                "Remove one of these dependencies.",
            )
