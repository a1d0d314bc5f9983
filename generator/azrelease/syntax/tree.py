"""A pipeline file as a tree of blocks, lists and scalars, each with its YAML node.

What `${{ if }}` and `${{ each }}` insert into a mapping or a list is part of it as if written there, under guards.
"""

from collections.abc import Iterator
from enum import IntEnum
from typing import NamedTuple, TypeAlias

from yaml import MappingNode, ScalarNode, SequenceNode


class Presence(IntEnum):
    """Whether a part of a file is in the expanded pipeline.

    The service expands only the branch of an `if` that is taken, and of the others checks only the syntax of their
    template expressions. The minimum of two is the presence of a part in both.
    """

    NEVER = 0
    MAYBE = 1
    ALWAYS = 2


class BranchGuard(NamedTuple):
    """A directive around a part of a file.

    Attributes:
        directive: if, elseif, else, each or insert.
        key: the key it is written as.
        group: the number of its `if`, which the branches of that `if` share.
        branch: the index of the branch in its group.
    """

    directive: str
    key: ScalarNode
    group: int
    branch: int


Guards: TypeAlias = tuple[BranchGuard, ...]


class Block:
    """A mapping.

    Attributes:
        kind: the name of its form in the schema, such as `jobs.deployment` or `steps.task`.
        open: whether it may have keys that cannot be seen, from `each`, `insert` or computed keys.
    """

    __slots__ = ("entries", "kind", "node", "open", "presence")

    def __init__(
        self,
        node: MappingNode,
        kind: str,
        entries: "tuple[MappingEntry, ...]",
        *,
        is_open: bool,
        presence: Presence = Presence.ALWAYS,
    ) -> None:
        self.node = node
        self.kind = kind
        self.entries = entries
        self.open = is_open
        self.presence = presence

    def entry(self, name: str) -> "MappingEntry | None":
        """The first entry of that name."""
        for entry in self.entries:
            if entry.name == name:
                return entry
        return None

    def all(self, name: str) -> "Iterator[MappingEntry]":
        """Every entry of that name: the branches of an `if` may each have one."""
        return (entry for entry in self.entries if entry.name == name)

    def scalar(self, name: str) -> ScalarNode | None:
        """The value of a key, where it is text."""
        entry = self.entry(name)
        return entry.value if entry is not None and isinstance(entry.value, ScalarNode) else None

    def text(self, name: str) -> str | None:
        """The text of a key's value; None for a missing key or another type."""
        node = self.scalar(name)
        return None if node is None else node.value

    def block(self, name: str) -> "Block | None":
        """The value of a key, where it is a block."""
        entry = self.entry(name)
        return entry.value if entry is not None and isinstance(entry.value, Block) else None

    def blocks(self, name: str) -> "Iterator[tuple[Block, Guards]]":
        """The blocks of that name, also those in lists, each with all guards around it."""
        for entry in self.all(name):
            if isinstance(entry.value, Items):
                for item in entry.value.items:
                    if isinstance(item.value, Block):
                        yield item.value, (*entry.guards, *item.guards)
            elif isinstance(entry.value, Block):
                yield entry.value, entry.guards

    def texts(self, name: str) -> Iterator[ScalarNode]:
        """The texts of a key whose value is one text or a list of them."""
        for entry in self.all(name):
            if isinstance(entry.value, ScalarNode):
                yield entry.value
            elif isinstance(entry.value, Items):
                yield from (item.value for item in entry.value.items if isinstance(item.value, ScalarNode))


class Items:
    """A list; `open` when it may have items that cannot be seen."""

    __slots__ = ("items", "node", "open")

    def __init__(self, node: SequenceNode | MappingNode, items: "tuple[Item, ...]", *, is_open: bool) -> None:
        self.node = node
        self.items = items
        self.open = is_open


class OtherNode(NamedTuple):
    """A mapping or list without a schema, or in a place where the schema allows none."""

    node: MappingNode | SequenceNode


Value: TypeAlias = Block | Items | OtherNode | ScalarNode


class MappingEntry(NamedTuple):
    """A key and its value, with the directives around it in its mapping."""

    name: str
    key: ScalarNode
    value: Value
    guards: Guards
    presence: Presence = Presence.ALWAYS


class Item(NamedTuple):
    """An item of a list, with the directives around it in its list."""

    value: Value
    guards: Guards


class ExpressionScalar(NamedTuple):
    """A scalar that may contain an expression, with its surroundings.

    Attributes:
        key: the key whose value it is, or is in; of a key itself, its text.
        kind: the name of the form of the block around it.
        loops: the variables of the `each` around it, in lower case.
    """

    node: ScalarNode
    key: str
    kind: str
    loops: frozenset[str]
    is_key: bool = False
    presence: Presence = Presence.ALWAYS


def exclusive(one: Guards, other: Guards) -> bool:
    """Whether two parts never coexist: they are in different branches of one `if`."""
    branches = {guard.group: guard.branch for guard in one}
    return any(branches.get(guard.group, guard.branch) != guard.branch for guard in other)
