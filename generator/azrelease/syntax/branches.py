"""Which branches of `${{ if }}` are taken, as far as the file itself decides it."""

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from azrelease.syntax.embedded import Directive
from azrelease.syntax.expressions import UNKNOWN, EvaluationError, ExpressionError, evaluate, parse
from azrelease.syntax.expressions.evaluator import to_boolean
from azrelease.syntax.tree import Presence

_TAKEN = {True: Presence.ALWAYS, False: Presence.NEVER, None: Presence.MAYBE}


class Branch(NamedTuple):
    """What a directive makes of what is below it.

    Attributes:
        group: tells directives that exclude each other: the branches of one `if` have the same group.
        number: the place of the branch in its group; -1 for a directive that is no branch.
        presence: whether it is taken.
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
        groups: where the numbers of groups come from, each one once for a file.
    """

    def __init__(self, groups: Iterator[int]) -> None:
        self._groups = groups
        self._group = 0
        self._number = -1
        self._rest = Presence.ALWAYS

    def next(self, found: Directive) -> Branch:
        """The branch of the next directive."""
        if found.name in ("each", "insert"):
            self._number = -1
            return Branch(next(self._groups), -1, Presence.ALWAYS)
        follows = found.name != "if"
        if follows and self._number < 0:
            return Branch(next(self._groups), 0, Presence.MAYBE, is_orphan=True)
        if follows:
            self._number += 1
        else:
            self._group, self._number, self._rest = next(self._groups), 0, Presence.ALWAYS
        verdict = True if found.name == "else" else _decided(found.text)
        presence = min(self._rest, _TAKEN[verdict])
        if verdict is not False:
            self._rest = Presence.NEVER if verdict else min(self._rest, Presence.MAYBE)
        return Branch(self._group, self._number, presence)


@lru_cache(maxsize=1024)
def _decided(text: str) -> bool | None:
    """What a condition comes out as whatever is filled in; None where that decides it, or it is no expression."""
    try:
        value = to_boolean(evaluate(parse(text), {}))
    except (ExpressionError, EvaluationError):
        return None
    return None if value is UNKNOWN else bool(value)
