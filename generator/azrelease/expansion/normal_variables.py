"""The normal form of variables: a list of `name` and `value`, `group` or `template`.

Source: learn.microsoft.com/azure/devops/pipelines/yaml-schema/variables.
"""

from collections.abc import Iterable

from azrelease.expansion.normal_nodes import entry_of
from azrelease.expansion.tree import ExpandedEntry, ExpandedMapping, ExpandedNode, ExpandedSequence


def normal_variables(node: ExpandedNode) -> ExpandedNode:
    """The variables as a list. A mapping stays one where only the run knows which names it has."""
    if not isinstance(node, ExpandedMapping):
        return node
    items = _items(node.entries)
    return node if items is None else ExpandedSequence(items, node.origin)


def _items(entries: Iterable[ExpandedEntry]) -> tuple[ExpandedNode, ...] | None:
    items: list[ExpandedNode] = []
    for entry in entries:
        origin = entry.key.origin
        if not entry.is_directive:
            pair = (entry_of("name", entry.key, origin), entry_of("value", entry.value, origin))
            items.append(ExpandedMapping(pair, origin))
            continue
        body = normal_variables(entry.value)
        if not isinstance(body, ExpandedSequence):
            return None
        items.append(ExpandedMapping((ExpandedEntry(entry.key, body),), origin))
    return tuple(items)
