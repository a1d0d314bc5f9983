"""The nodes of an expanded pipeline. Expressions read them as values: mappings and lists are those of Python too."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, TypeAlias, overload

from azrelease.expansion.origins import Origin
from azrelease.syntax.expressions import Unknown, Value


class ExpandedScalar:
    """A text.

    Attributes:
        text: the text as the service gets it; parts that only the run knows are in it as `${{ … }}`.
        value: what expressions read: None, a bool, float, str or `Unknown`.
        style: its YAML style: quotes, `|` or `>`; empty for plain.
        origin: where it comes from.
    """

    __slots__ = ("origin", "style", "text", "value")

    def __init__(self, text: str, value: Value, origin: Origin, style: str = "") -> None:
        self.text = text
        self.value = value
        self.origin = origin
        self.style = style

    @property
    def is_known(self) -> bool:
        """Whether the text has no part that only the run knows."""
        return not isinstance(self.value, Unknown)


class ExpandedEntry(NamedTuple):
    """A key and its value. A key that is a directive has a condition or list that only the run knows."""

    key: ExpandedScalar
    value: "ExpandedNode"

    @property
    def is_directive(self) -> bool:
        """Whether the key is `${{ if … }}`, `${{ each … }}` or another directive."""
        return self.key.text.startswith("${{")


class ExpandedMapping(Mapping[str, Value]):
    """A mapping.

    Attributes:
        entries: its entries in their order.
        origin: where it comes from.
        written: the node before it got the normal form as the value of a typed parameter; None for any other.
    """

    __slots__ = ("_by_key", "entries", "origin", "written")

    def __init__(
        self, entries: tuple[ExpandedEntry, ...], origin: Origin, written: "ExpandedMapping | None" = None
    ) -> None:
        self.entries = entries
        self.origin = origin
        self.written = written
        self._by_key: dict[str, ExpandedNode] | None = None

    @property
    def nodes(self) -> dict[str, "ExpandedNode"]:
        """The values by key, without directives."""
        if self._by_key is None:
            self._by_key = {entry.key.text: entry.value for entry in self.entries if not entry.is_directive}
        return self._by_key

    @property
    def is_open(self) -> bool:
        """Whether it may have entries that only the run knows."""
        return len(self.nodes) < len(self.entries)

    def __getitem__(self, key: str) -> Value:
        return value_of(self.nodes[key])

    def __iter__(self) -> Iterator[str]:
        return iter(self.nodes)

    def __len__(self) -> int:
        return len(self.nodes)

    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        return self is other


class ExpandedSequence(Sequence[Value]):
    """A list.

    Attributes:
        items: its items in their order; an item that is a mapping with directives only stands for any number of items.
        origin: where it comes from.
    """

    __slots__ = ("items", "origin")

    def __init__(self, items: "tuple[ExpandedNode, ...]", origin: Origin) -> None:
        self.items = items
        self.origin = origin

    @property
    def is_open(self) -> bool:
        """Whether it may have items that only the run knows."""
        return any(is_directive_item(item) for item in self.items)

    @overload
    def __getitem__(self, index: int) -> Value: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Value]: ...

    def __getitem__(self, index: int | slice) -> Value:
        if isinstance(index, slice):
            return [value_of(item) for item in self.items[index]]
        return value_of(self.items[index])

    def __len__(self) -> int:
        return len(self.items)

    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        return self is other


ExpandedNode: TypeAlias = ExpandedScalar | ExpandedMapping | ExpandedSequence


def value_of(node: ExpandedNode) -> Value:
    """A node as expressions read it."""
    return node.value if isinstance(node, ExpandedScalar) else node


def is_directive_item(item: ExpandedNode) -> bool:
    """Whether an item of a list stands for any number of items: directives, or a list that only the run knows."""
    if isinstance(item, ExpandedMapping):
        return bool(item.entries) and all(entry.is_directive for entry in item.entries)
    return isinstance(item, ExpandedScalar) and isinstance(item.value, Unknown) and item.text.startswith("${{")
