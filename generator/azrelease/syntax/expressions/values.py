"""The values of expressions, known and unknown."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias, TypeGuard

from azrelease.syntax.expressions.nodes import Node, Version


class EvaluationError(Exception):
    """An expression without a value: operands that do not compare, a format without its argument."""


class Unknown:
    """A value that is known only later, or elsewhere.

    Attributes:
        expression: what it is in terms of what is known only later; None where no expression says it.
        kind: `text`, `boolean` or `number`; empty where the kind is not known either.
    """

    __slots__ = ("expression", "kind")

    def __init__(self, expression: Node | None = None, kind: str = "") -> None:
        self.expression = expression
        self.kind = kind


UNKNOWN: Final = Unknown()
"""The unknown value without an expression."""

Value: TypeAlias = Any
"""None, a bool, float, str or `Version`, a mapping, a list, an object with `Members`, or an `Unknown`.

A mapping or list that is an `OpenCollection` may have entries that only the run knows.
"""

Contexts: TypeAlias = Mapping[str, Value]
"""Values by name in lower case: contexts such as `variables`, and the variables of `each`."""


class Members(ABC):
    """A context with a rule of its own for the names in it: their letter case, and those that do not exist.

    Attributes:
        is_kept: whether what is left of an expression can read the context by its name.
    """

    is_kept = False

    @abstractmethod
    def member(self, key: str) -> Value:
        """The value with a name.

        Raises:
            EvaluationError: the service refuses the name.
        """


class OpenCollection(ABC):
    """A mapping or list that may have entries that only the run knows."""

    @property
    @abstractmethod
    def is_open(self) -> bool:
        """Whether it has such entries."""

    @abstractmethod
    def size(self) -> Value:
        """The number of entries."""


class OpenMapping(OpenCollection):
    """A mapping that may have entries that only the run knows."""

    @abstractmethod
    def later_member(self, key: str) -> Value:
        """The value of a key that is not among the known ones, as far as the conditions of the run give it."""


class CaselessMapping(Members, Mapping[str, Value]):
    """A mapping in which letter case of keys does not count, at every depth: variables, stages, jobs, outputs."""

    is_kept = True

    def __init__(self, entries: Mapping[str, Value]) -> None:
        self._entries = entries
        self._folded = {key.casefold(): key for key in reversed(list(entries))}

    def member(self, key: str) -> Value:
        """The value with a key; None without one."""
        written = self._folded.get(key.casefold())
        return None if written is None else self[written]

    def __getitem__(self, key: str) -> Value:
        value = self._entries[key]
        return CaselessMapping(value) if isinstance(value, Mapping) and not isinstance(value, Members) else value

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)


class MadeList(list[Any]):
    """A list that an expression makes.

    Args:
        items: its items.
        rest: gives the expression that makes it, without what is known; None where there is none.
    """

    def __init__(self, items: Iterable[Value], rest: Callable[[], Node | None]) -> None:
        super().__init__(items)
        self.rest = rest


class Filtered(MadeList):
    """The result of `.*`: a dereference applies to each item."""


_SCALARS = (str, bool, float, Version, type(None), Unknown)
_COLLECTIONS = (Mapping, Members, Sequence)


def is_list(value: Value) -> TypeGuard[Sequence[Value]]:
    """Whether a value is a list; texts and versions are not."""
    # Texts come first: the check of an abstract class takes long.
    return not isinstance(value, _SCALARS) and isinstance(value, Sequence)


def is_collection(value: Value) -> bool:
    """Whether a value is a mapping, a list or a context."""
    return not isinstance(value, _SCALARS) and isinstance(value, _COLLECTIONS)


def is_open(collection: Value) -> bool:
    """Whether a collection may have entries that only the run knows."""
    return isinstance(collection, OpenCollection) and collection.is_open


def is_known(value: Value) -> bool:
    """Whether a value has no part, at any depth, that only the run knows."""
    if isinstance(value, Mapping):
        return not is_open(value) and all(map(is_known, value.values()))
    if is_list(value):
        return not is_open(value) and all(map(is_known, value))
    return not isinstance(value, Unknown)


def kind_of(value: Value) -> str:
    """What a value is, in a message."""
    return "a list" if is_list(value) else "a mapping" if is_collection(value) else "a scalar"


def common_kind(values: Iterable[Value]) -> str:
    """The kind of a value that is one of these, whether they are known or not; empty where they differ."""
    kinds = {value.kind if isinstance(value, Unknown) else _KINDS.get(type(value), "") for value in values}
    return kinds.pop() if len(kinds) == 1 else ""


_KINDS: Mapping[type, str] = {str: "text", bool: "boolean", float: "number"}
