"""Branches without content: they are left out, unless an `elseif` or `else` behind them needs them."""

from collections.abc import Iterable, Sequence

from azrelease.expansion.tree import ExpandedEntry, ExpandedMapping, ExpandedNode, ExpandedScalar, is_directive_item
from azrelease.syntax.embedded import directive


def needed_entries(entries: Sequence[ExpandedEntry]) -> tuple[ExpandedEntry, ...]:
    """The entries of a mapping without idle branches."""
    behind = _Behind()
    kept = [entry for entry in reversed(entries) if not entry.is_directive or behind.needs(entry)]
    return tuple(reversed(kept))


def needed_items(items: Iterable[ExpandedNode]) -> tuple[ExpandedNode, ...]:
    """The items of a list without idle branches."""
    behind = _Behind()
    kept: list[ExpandedNode] = []
    for item in reversed(tuple(items)):
        if isinstance(item, ExpandedMapping) and is_directive_item(item):
            entries = [entry for entry in reversed(item.entries) if behind.needs(entry)]
            if len(entries) == len(item.entries):
                kept.append(item)
            elif entries:
                kept.append(ExpandedMapping(tuple(reversed(entries)), item.origin))
        else:
            kept.append(item)
    return tuple(reversed(kept))


class _Behind:
    """What is behind a directive, seen from the end of a list or mapping."""

    def __init__(self) -> None:
        self._continues = False

    def needs(self, entry: ExpandedEntry) -> bool:
        """Whether a directive has content, or begins or continues a chain that goes on behind it."""
        if not self._continues and _is_idle(entry.value):
            return False
        found = directive(entry.key.text)
        self._continues = found is not None and found.name in ("elseif", "else")
        return True


def _is_idle(body: ExpandedNode) -> bool:
    if isinstance(body, ExpandedScalar):
        return False
    return not (body.entries if isinstance(body, ExpandedMapping) else body.items)
