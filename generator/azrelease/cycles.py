"""Cycles in a graph of dependencies."""

from collections.abc import Sequence


def shortest_cycle(start: int, edges: Sequence[Sequence[int]]) -> list[int]:
    """The shortest way from a node over its dependencies back to it, beginning with it; empty when there is none.

    Args:
        start: the node.
        edges: for each node, the nodes it depends on.
    """
    came_from: dict[int, int] = {}
    queue = [start]
    for index in queue:
        for target in edges[index]:
            if target == start:
                way = [index]
                while way[-1] != start:
                    way.append(came_from[way[-1]])
                return way[::-1]
            if target not in came_from:
                came_from[target] = index
                queue.append(target)
    return []
