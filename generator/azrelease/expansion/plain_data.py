"""Expanded nodes as plain Python values, for JSON."""

from typing import Any

from azrelease.expansion.tree import ExpandedMapping, ExpandedNode, ExpandedScalar


def plain(node: ExpandedNode) -> Any:  # noqa: ANN401  (any YAML)
    """The node as dicts, lists and texts; null is an empty text.

    A directive may be several times in a mapping: the later ones get blanks before their `}}`, where they mean nothing.
    """
    if isinstance(node, ExpandedScalar):
        return "" if node.value is None else node.text
    if not isinstance(node, ExpandedMapping):
        return [plain(item) for item in node.items]
    result: dict[str, Any] = {}
    for entry in node.entries:
        key = entry.key.text
        while entry.is_directive and key in result:
            key = f"{key.removesuffix('}}')} }}}}"
        result[key] = plain(entry.value)
    return result
