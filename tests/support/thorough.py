"""How much a test tries: by default a part that finds nearly all mistakes, with `AZRELEASE_THOROUGH` set all of it.

A run of everything takes several times as long; it is for changes of what these tests are about. `pytest --search` takes
random examples, and more of them than any other run.
"""

import os
from collections.abc import Sequence
from typing import TypeVar

from hypothesis import settings

THOROUGH = bool(os.environ.get("AZRELEASE_THOROUGH"))
_Point = TypeVar("_Point")


def examples(count: int) -> int:
    """How many examples of hypothesis a test takes, of so many in a thorough run; a search takes ten times as many."""
    if not settings.default.derandomize:
        return count * 10
    return count if THOROUGH else max(10, count // 8)


def some_of(points: Sequence[_Point], every: int, start: int) -> Sequence[_Point]:
    """One point of twice so many, from one on; tests of one family start at different ones. A thorough run takes all."""
    step = 2 * every
    return points if THOROUGH else points[start % max(min(step, len(points)), 1) :: step]
