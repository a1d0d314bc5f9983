"""The order of stages in a picture: dependencies without cycles, ranks, and the edges that are drawn."""

from collections.abc import Sequence

from azrelease.graph.model import StageView

Edge = tuple[str, str]


def edges_of(stages: Sequence[StageView]) -> list[Edge]:
    """The dependencies of stages, from the earlier to the later stage.

    Any pipeline may have unknown names and cycles: unknown names, and edges that would close a cycle, are left out.
    """
    names = {stage.id for stage in stages}
    waits = {stage.id: [name for name in dict.fromkeys(stage.after) if name in names] for stage in stages}
    done: set[str] = set()
    edges: list[Edge] = []
    for start in waits:
        _follow(start, waits, done, edges)
    return edges


def _follow(start: str, waits: dict[str, list[str]], done: set[str], edges: list[Edge]) -> None:
    path, iterators = {start: None}, [iter(waits[start] if start not in done else ())]
    while iterators:
        current = next(reversed(path))
        before = next(iterators[-1], None)
        if before is None:
            iterators.pop()
            path.popitem()
            done.add(current)
        elif before not in path:
            edges.append((before, current))
            if before not in done:
                path[before] = None
                iterators.append(iter(waits[before]))


def ranks_of(names: Sequence[str], edges: Sequence[Edge]) -> dict[str, int]:
    """The length of the longest chain of stages before each stage; edges have no cycle."""
    before: dict[str, list[str]] = {name: [] for name in names}
    after: dict[str, list[str]] = {name: [] for name in names}
    for source, target in edges:
        before[target].append(source)
        after[source].append(target)
    missing = {name: len(sources) for name, sources in before.items()}
    queue = [name for name in names if not missing[name]]
    ranks: dict[str, int] = dict.fromkeys(queue, 0)
    for name in queue:
        for target in after[name]:
            ranks[target] = max(ranks.get(target, 0), ranks[name] + 1)
            missing[target] -= 1
            if not missing[target]:
                queue.append(target)
    return ranks


def without_shortcuts(names: Sequence[str], edges: Sequence[Edge]) -> list[Edge]:
    """The edges without those that others imply: where c depends on b and b on a, the edge from a to c goes."""
    ranks = ranks_of(names, edges)
    before: dict[str, set[str]] = {name: set() for name in names}
    for source, target in edges:
        before[target].add(source)
    all_before: dict[str, set[str]] = {}
    for name in sorted(names, key=lambda name: ranks[name]):
        all_before[name] = set().union(before[name], *(all_before[other] for other in before[name]))
    return [
        (source, target)
        for source, target in edges
        if not any(source in all_before[other] for other in before[target] if other != source)
    ]


def shown_dependencies(stages: Sequence[StageView]) -> dict[str, tuple[str, ...]]:
    """The stages that each stage has an edge from in the picture."""
    names = [stage.id for stage in stages]
    edges = without_shortcuts(names, edges_of(stages))
    return {name: tuple(source for source, target in edges if target == name) for name in names}


def in_order(stages: Sequence[StageView]) -> list[StageView]:
    """The stages, each behind its dependencies; else in the order of the file."""
    ranks = ranks_of([stage.id for stage in stages], edges_of(stages))
    return sorted(stages, key=lambda stage: ranks[stage.id])
