"""The nodes of an expanded pipeline. Expressions read them as values: mappings and lists are those of Python too."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeAlias, overload

from azrelease.expansion.origins import Origin
from azrelease.syntax.embedded import directive
from azrelease.syntax.expressions import (
    RESULTS,
    UNKNOWN,
    Call,
    Literal,
    Node,
    OpenCollection,
    OpenMapping,
    Unknown,
    Value,
    common_kind,
    embedded_text,
    is_list,
    parsed,
    to_text,
)


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


class ExpandedMapping(OpenMapping, Mapping[str, Value]):
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

    def later_member(self, key: str) -> Value:
        """The value of a key that conditions of the run hold, as an expression of them."""
        value: Value = None
        for chain in reversed(list(chains(self.entries))):
            branches = [(entry.key, _member(entry.value, key)) for entry in chain]
            value = conditional(branches, value, self.origin)
        return value

    def size(self) -> Value:
        """The number of entries; an expression of the conditions that hold some."""
        return _size(len(self.nodes), [list(chain) for chain in chains(self.entries)], self.origin)

    def __getitem__(self, key: str) -> Value:
        return value_of(self.nodes[key])

    def __iter__(self) -> Iterator[str]:
        return iter(self.nodes)

    def __len__(self) -> int:
        return len(self.nodes)

    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        return self is other


class ExpandedSequence(OpenCollection, Sequence[Value]):
    """A list.

    Attributes:
        items: its items in their order; an item that is a mapping with directives only is any number of items.
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

    def size(self) -> Value:
        """The number of items; an expression of the conditions that hold some."""
        held = [item for item in self.items if is_directive_item(item)]
        entries = [entry for item in held if isinstance(item, ExpandedMapping) for entry in item.entries]
        if len(entries) < len(held):
            return UNKNOWN  # a whole list that only the run knows
        return _size(len(self.items) - len(held), list(chains(tuple(entries))), self.origin)

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
    """A node as expressions read it: what an expression gives is text, unless it is a mapping or list."""
    if not isinstance(node, ExpandedScalar):
        return node
    value = node.value
    return as_text(value) if isinstance(value, Unknown) and value.kind else value


def as_text(value: Unknown) -> Unknown:
    """An unknown value as text."""
    if value.kind == "text" or value.expression is None:
        return value
    return Unknown(Call("format", (Literal("{0}", 0, 0), value.expression), 0, 0, 0), "text")


def node_of(value: Value, origin: Origin) -> ExpandedNode:
    """A value as a node: the result of an expression that no file has."""
    if isinstance(value, ExpandedScalar | ExpandedMapping | ExpandedSequence):
        return value
    if isinstance(value, Mapping):
        entries = (
            ExpandedEntry(ExpandedScalar(key, key, origin), node_of(item, origin)) for key, item in value.items()
        )
        return ExpandedMapping(tuple(entries), origin)
    if is_list(value):
        return ExpandedSequence(tuple(node_of(item, origin) for item in value), origin)
    text = embedded_text(value.expression) if isinstance(value, Unknown) and value.expression else to_text(value)
    return ExpandedScalar(text, value, origin)


def is_directive_item(item: ExpandedNode) -> bool:
    """Whether an item of a list is any number of items: directives, or a list that only the run knows."""
    if isinstance(item, ExpandedMapping):
        # The first entry decides for nearly all items.
        return bool(item.entries) and item.entries[0].is_directive and all(entry.is_directive for entry in item.entries)
    return isinstance(item, ExpandedScalar) and isinstance(item.value, Unknown) and item.text.startswith("${{")


def _member(node: ExpandedNode, key: str) -> Value:
    if not isinstance(node, ExpandedMapping):
        return UNKNOWN
    found = node.nodes.get(key)
    return node.later_member(key) if found is None else value_of(found)


def _size(known: int, held: Sequence[Sequence[ExpandedEntry]], origin: Origin) -> Value:
    """A number of entries, with those that chains of conditions hold."""
    if not held:
        return float(known)
    sizes = [
        conditional(
            [(e.key, e.value.size() if isinstance(e.value, OpenCollection) else UNKNOWN) for e in chain], 0.0, origin
        )
        for chain in held
    ]
    if all(isinstance(size, float) for size in sizes):
        return float(known + sum(sizes))
    return sizes[0] if known == 0 and len(sizes) == 1 else UNKNOWN


def chains(entries: tuple[ExpandedEntry, ...]) -> Iterator[list[ExpandedEntry]]:
    """The directives among entries: each `if` with its `elseif` and `else`, any other one alone."""
    chain: list[ExpandedEntry] = []
    for entry in entries:
        parsed_key = directive(entry.key.text) if entry.is_directive else None
        if not entry.is_directive:
            continue
        if chain and (parsed_key is None or parsed_key.name not in ("elseif", "else")):
            yield chain
            chain = []
        chain.append(entry)
    if chain:
        yield chain


def conditional(branches: Iterable[tuple[ExpandedScalar, Value]], otherwise: Value, origin: Origin) -> Value:
    """The value that the directives of a chain choose in the run.

    Args:
        branches: the directives, each with its value.
        otherwise: the value where none of them holds; not used behind an `else`.
        origin: the origin of a mapping or list that is made of those of the branches.
    """
    found = list(branches)
    words = [directive(key.text) for key, _ in found]
    if any(word is None or word.name not in ("if", "elseif", "else") for word in words):
        return UNKNOWN
    has_else = words[-1] is not None and words[-1].name == "else"
    values = [value for _, value in found]
    rest = [] if has_else else [otherwise]
    if all(value is values[0] or _same(value, values[0]) for value in (*values, *rest)):
        return values[0]
    keys = [key for key, _ in found]
    if not has_else and otherwise not in (None, ""):
        keys.append(ExpandedScalar("${{ else }}", "${{ else }}", origin))
        values.append(otherwise)
    if all(isinstance(value, ExpandedMapping) for value in values):
        return ExpandedMapping(tuple(map(ExpandedEntry, keys, values)), origin)
    if all(isinstance(value, ExpandedSequence) for value in values):
        items = (ExpandedMapping((ExpandedEntry(key, value),), origin) for key, value in zip(keys, values, strict=True))
        return ExpandedSequence(tuple(items), origin)
    return _chosen([(word.text, value) for word, (_, value) in zip(words, found, strict=True) if word], rest)


def _chosen(branches: list[tuple[str, Value]], rest: list[Value]) -> Value:
    """A value as calls of `iif`."""
    values = [value for _, value in branches]
    kind = common_kind((*values, *rest))
    result = _node(rest[0] if rest else values.pop())
    for (condition, _), value in reversed(list(zip(branches, values, strict=False))):
        node = _node(value)
        if result is None or node is None:
            return UNKNOWN
        result = _either(parsed(condition), node, result)
    return Unknown(result, kind)


def _either(condition: Node, yes: Node, no: Node) -> Node:
    """One of two values; where they are true and false, the condition itself."""
    is_truth = isinstance(condition, Call) and RESULTS.get(condition.name.casefold()) == "boolean"
    if is_truth and isinstance(yes, Literal) and isinstance(no, Literal) and yes.value is True and no.value is False:
        return condition
    return Call("iif", (condition, yes, no), 0, 0, 0)


def _node(value: Value) -> Node | None:
    return value.expression if isinstance(value, Unknown) else Literal(value, 0, 0)


def _same(one: Value, other: Value) -> bool:
    return isinstance(one, str | bool | float) and type(one) is type(other) and bool(one == other)
