"""The tree of an expression. `start` and `end` are offsets in its text."""

from collections.abc import Iterator
from typing import Any, NamedTuple, TypeAlias


class Version(tuple[int, ...]):
    """A version of two to four numbers, such as `1.2.3`."""

    __slots__ = ()

    def __str__(self) -> str:
        return ".".join(map(str, self))


class Literal(NamedTuple):
    """A boolean, number, version or string; in the rest of an evaluation any value: also null, a mapping or a list."""

    value: Any
    start: int
    end: int


class Name(NamedTuple):
    """A context such as `variables`, or the variable of an `each`."""

    name: str
    start: int
    end: int


class Index(NamedTuple):
    """`target.key` or `target['key']`."""

    target: "Node"
    key: "Node"
    start: int
    end: int


class Wildcard(NamedTuple):
    """`target.*`: all values of a mapping or items of a list."""

    target: "Node"
    start: int
    end: int


class Call(NamedTuple):
    """A function with its arguments; `end` is the end of its name, `close` that of the call."""

    name: str
    arguments: tuple["Node", ...]
    start: int
    end: int
    close: int


class Opaque(NamedTuple):
    """A part that the service expands before it reads the expression: `${{ … }}` inside a condition."""

    start: int
    end: int


Node: TypeAlias = Literal | Name | Index | Wildcard | Call | Opaque


def walk(node: Node) -> Iterator[Node]:
    """A node and all nodes below it, in the order of the text."""
    waiting: list[Node] = [node]
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, Index):
            waiting += (node.key, node.target)
        elif isinstance(node, Wildcard):
            waiting.append(node.target)
        elif isinstance(node, Call):
            waiting.extend(reversed(node.arguments))


def calls(node: Node) -> Iterator[Call]:
    """The calls in an expression."""
    return (child for child in walk(node) if isinstance(child, Call))


def route(node: Node) -> tuple[str, ...] | None:
    """The parts of a reference such as `dependencies.A.outputs['s.v']`; None for a computed part or another node."""
    parts: list[str] = []
    while isinstance(node, Index):
        if not isinstance(node.key, Literal) or not isinstance(node.key.value, str):
            return None
        parts.append(node.key.value)
        node = node.target
    if not isinstance(node, Name):
        return None
    return (node.name, *reversed(parts))
