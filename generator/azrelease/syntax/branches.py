"""The branches of `${{ if }}` that are taken, as far as the file itself decides it."""

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from azrelease.syntax.embedded import Directive
from azrelease.syntax.expressions import EvaluationError, ExpressionError, Unknown, evaluate, parse, to_boolean
from azrelease.syntax.tree import Presence

_TAKEN = {True: Presence.ALWAYS, False: Presence.NEVER, None: Presence.MAYBE}


class Branch(NamedTuple):
    """The branch that a directive begins.

    Attributes:
        group: the number of its `if`, which the branches of that `if` share.
        number: the index of the branch in its group; -1 for `each` and `insert`.
        is_orphan: whether it is an `elseif` or `else` without an `if` before it.
    """

    group: int
    number: int
    presence: Presence
    is_orphan: bool = False


class Branches:
    """The directives of one mapping or list, in their order.

    Plain siblings between the branches of an `if` do not end it; an `each` or an `insert` does.

    Args:
        groups: yields the numbers of groups, unique in a file.
    """

    def __init__(self, groups: Iterator[int]) -> None:
        self._groups = groups
        self._group = 0
        self._number = -1
        self._rest = Presence.ALWAYS

    def next(self, directive: Directive) -> Branch:
        """The branch of the next directive."""
        if directive.name in ("each", "insert"):
            self._number = -1
            return Branch(next(self._groups), -1, Presence.ALWAYS)
        follows = directive.name != "if"
        if follows and self._number < 0:
            return Branch(next(self._groups), 0, Presence.MAYBE, is_orphan=True)
        if follows:
            self._number += 1
        else:
            self._group, self._number, self._rest = next(self._groups), 0, Presence.ALWAYS
        verdict = True if directive.name == "else" else _constant_result(directive.text)
        presence = min(self._rest, _TAKEN[verdict])
        if verdict is not False:
            self._rest = Presence.NEVER if verdict else min(self._rest, Presence.MAYBE)
        return Branch(self._group, self._number, presence)


@lru_cache(maxsize=1024)
def _constant_result(text: str) -> bool | None:
    """The result of a condition that depends on no value; None for any other, and for an invalid expression."""
    try:
        value = to_boolean(evaluate(parse(text), {}))
    except (ExpressionError, EvaluationError):
        return None
    return None if isinstance(value, Unknown) else bool(value)
