"""The layout of a picture: positions of boxes and lines.

The method of Sugiyama: boxes in ranks, each behind its dependencies; long lines led between the boxes of the ranks they
pass; boxes ordered so that few lines cross; then moved to straighten their lines, as far as there is room.
"""

from bisect import bisect_right, insort
from collections.abc import Mapping, Sequence
from enum import StrEnum
from itertools import pairwise
from statistics import fmean
from typing import NamedTuple

from azrelease.graph.order import Edge, ranks_of

_SWEEPS = 8
_BETWEEN_RANKS, _BETWEEN_BOXES, _BETWEEN_LINES = 56.0, 22.0, 12.0


class Direction(StrEnum):
    """The direction of the ranks: to the right, as in the designer, or down."""

    RIGHT = "right"
    DOWN = "down"


class Box(NamedTuple):
    """The upper left corner and the size of a box."""

    x: float
    y: float
    width: float
    height: float


class Line(NamedTuple):
    """A line from one box to another; pairs of its points are the ends of straight pieces."""

    source: str
    target: str
    points: tuple[tuple[float, float], ...]


class Layout(NamedTuple):
    """The size of a picture, with its boxes and lines."""

    width: float
    height: float
    boxes: Mapping[str, Box]
    lines: tuple[Line, ...]
    direction: Direction


class _Node(NamedTuple):
    """A box, or the point where a long line passes a rank; `size` across the ranks, `depth` along them."""

    name: str
    rank: int
    size: float
    depth: float


def lay_out(sizes: Mapping[str, tuple[float, float]], edges: Sequence[Edge], direction: Direction) -> Layout:
    """Place boxes with these widths and heights; the edges, source and target of each line, have no cycle."""
    ranks = ranks_of(list(sizes), edges)
    right = direction is Direction.RIGHT
    nodes = {
        name: _Node(name, ranks[name], height if right else width, width if right else height)
        for name, (width, height) in sizes.items()
    }
    chains = {edge: _chain(edge, nodes) for edge in edges}
    links = [link for chain in chains.values() for link in pairwise(chain)]
    rows = _ordered(nodes, links)
    across = _across(rows, nodes, links)
    along, length = _along(rows, nodes)
    breadth = max((across[name] + nodes[name].size / 2 for name in across), default=0.0)

    def turned(a: float, b: float) -> tuple[float, float]:
        return (a, b) if right else (b, a)

    boxes: dict[str, Box] = {}
    for name in sizes:
        x, y = turned(along[nodes[name].rank], across[name] - nodes[name].size / 2)
        boxes[name] = Box(x, y, *sizes[name])
    depths = [max((nodes[name].depth for name in row), default=0.0) for row in rows]
    lines: list[Line] = []
    for (source, target), chain in chains.items():
        points: list[tuple[float, float]] = [turned(along[nodes[source].rank] + nodes[source].depth, across[source])]
        for name in chain[1:-1]:
            rank = nodes[name].rank
            points += [turned(along[rank], across[name]), turned(along[rank] + depths[rank], across[name])]
        points.append(turned(along[nodes[target].rank], across[target]))
        lines.append(Line(source, target, tuple(points)))
    return Layout(*turned(length, breadth), boxes, tuple(lines), direction)


def _chain(edge: Edge, nodes: dict[str, _Node]) -> list[str]:
    """The nodes of a line; adds those between its ends."""
    source, target = edge
    between: list[str] = []
    for rank in range(nodes[source].rank + 1, nodes[target].rank):
        name = f"{source}\0{target}\0{rank}"
        nodes[name] = _Node(name, rank, 0.0, 0.0)
        between.append(name)
    return [source, *between, target]


def _neighbours(links: Sequence[Edge]) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    before: dict[str, list[str]] = {}
    after: dict[str, list[str]] = {}
    for source, target in links:
        before.setdefault(target, []).append(source)
        after.setdefault(source, []).append(target)
    return before, after


def _ordered(nodes: Mapping[str, _Node], links: Sequence[Edge]) -> list[list[str]]:
    """The nodes of each rank, each near the mean position of its neighbours."""
    rows: list[list[str]] = [[] for _ in range(max((node.rank for node in nodes.values()), default=-1) + 1)]
    for node in nodes.values():
        rows[node.rank].append(node.name)
    before, after = _neighbours(links)
    best, fewest = rows, _crossings(rows, after)
    for sweep in range(_SWEEPS):
        if not fewest:
            break
        rows = [list(row) for row in rows]
        joined = before if sweep % 2 == 0 else after
        order = range(len(rows)) if sweep % 2 == 0 else range(len(rows) - 1, -1, -1)
        places = {name: float(index) for row in rows for index, name in enumerate(row)}
        for rank in order:
            ideal = {name: fmean(places[other] for other in joined.get(name, [name])) for name in rows[rank]}
            rows[rank].sort(key=lambda name: ideal[name])
            places.update({name: float(index) for index, name in enumerate(rows[rank])})
        count = _crossings(rows, after)
        if count < fewest:
            best, fewest = rows, count
    return best


def _crossings(rows: Sequence[Sequence[str]], after: Mapping[str, list[str]]) -> int:
    count = 0
    for row, below in pairwise(rows):
        places = {name: index for index, name in enumerate(below)}
        ends = [(index, places[other]) for index, name in enumerate(row) for other in after.get(name, ())]
        # Of lines in the order of their beginnings, each crosses those before it that end behind it.
        behind: list[int] = []
        for _, end in sorted(ends):
            count += len(behind) - bisect_right(behind, end)
            insort(behind, end)
    return count


def _across(rows: Sequence[Sequence[str]], nodes: Mapping[str, _Node], links: Sequence[Edge]) -> dict[str, float]:
    """The middle of each node across the ranks: near its neighbours, without overlap."""
    before, after = _neighbours(links)
    middles: dict[str, float] = {}
    for row in rows:
        ideal = [fmean(middles[other] for other in before.get(name, ())) if name in before else 0.0 for name in row]
        middles.update(_apart(row, ideal, nodes))
    for sweep in range(2 * _SWEEPS):
        joined, order = (after, rows[::-1]) if sweep % 2 == 0 else (before, rows)
        for row in order:
            ideal = [fmean(middles[other] for other in joined.get(name, [name])) for name in row]
            middles.update(_apart(row, ideal, nodes))
    least = min((middles[name] - nodes[name].size / 2 for name in middles), default=0.0)
    # Rounded, so that the same picture has the same bytes on every machine.
    return {name: round(middle - least, 3) for name, middle in middles.items()}


def _apart(row: Sequence[str], ideal: Sequence[float], nodes: Mapping[str, _Node]) -> dict[str, float]:
    """The positions nearest to ideal ones, in their order and without overlap.

    Less the room of the nodes before, positions must not decrease: a pool of neighbours that would gets their mean.
    """
    offsets = [0.0]
    for one, other in pairwise(row):
        room = _BETWEEN_BOXES if nodes[one].size and nodes[other].size else _BETWEEN_LINES
        offsets.append(offsets[-1] + (nodes[one].size + nodes[other].size) / 2 + room)
    if not row:
        return {}
    pools: list[tuple[float, int]] = []
    for place, offset in zip(ideal, offsets, strict=True):
        mean, count = place - offset, 1
        while pools and pools[-1][0] > mean:
            lower, size = pools.pop()
            mean, count = (lower * size + mean * count) / (size + count), size + count
        pools.append((mean, count))
    free = [mean for mean, count in pools for _ in range(count)]
    return {name: free[index] + offsets[index] for index, name in enumerate(row)}


def _along(rows: Sequence[Sequence[str]], nodes: Mapping[str, _Node]) -> tuple[list[float], float]:
    """The beginning of each rank, and the end of the last one."""
    places: list[float] = []
    at = 0.0
    for row in rows:
        places.append(at)
        at += max(nodes[name].depth for name in row) + _BETWEEN_RANKS
    return places, at - _BETWEEN_RANKS if rows else 0.0
