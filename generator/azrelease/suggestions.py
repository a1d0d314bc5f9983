"""Did you mean."""

from collections.abc import Iterable

_MOST = 8
_LIKENESS = 0.7


def suggestion(name: str, known: Iterable[str], otherwise: str | None = None) -> str | None:
    """A hint that names what is most like a name; `otherwise` when nothing is."""
    close = closest(name, known)
    return otherwise if close is None else f"Did you mean `{close}`?"


def closest(name: str, known: Iterable[str]) -> str | None:
    """What is most like a name; None when nothing is. Names compare without regard to case."""
    folded = name.casefold()
    letters = set(folded)
    by_folded: dict[str, str] = {}
    for other in known:
        by_folded.setdefault(other.casefold(), other)
    # Comparing takes long: names that share few letters are left out first.
    alike = sorted(
        (other for other in by_folded if _may_be_alike(other, folded, letters)),
        key=lambda other: (len(letters ^ set(other)), other),
    )
    if not alike:
        return None
    from difflib import get_close_matches

    close = get_close_matches(folded, alike[:_MOST], n=1, cutoff=_LIKENESS)
    return by_folded[close[0]] if close else None


def _may_be_alike(other: str, name: str, letters: set[str]) -> bool:
    if abs(len(other) - len(name)) > max(2, len(name) // 2):
        return False
    theirs = set(other)
    return len(letters & theirs) * 10 >= max(len(letters), len(theirs)) * 6


_LEAST_LETTERS = 4
_LONG_NAME = 8


def misspelled(name: str, known: Iterable[str]) -> str | None:
    """The name that another is a slip of the pen of: a letter or two changed, left out, doubled or swapped.

    For names that may also be right because a table is older than the service, where `closest` is too generous: it
    takes `assert` for `artifact`. A plural is a name of its own.
    """
    folded = name.casefold()
    most = 2 if len(folded) >= _LONG_NAME else 1
    letters = set(folded)
    for other in known:
        theirs = other.casefold()
        if min(len(folded), len(theirs)) < _LEAST_LETTERS or abs(len(folded) - len(theirs)) > most:
            continue
        if len(letters ^ set(theirs)) > 2 * most:
            continue  # each slip adds or removes two letters at most
        if folded != theirs and not is_plural(folded, theirs) and _distance(folded, theirs) <= most:
            return other
    return None


def is_plural(one: str, other: str) -> bool:
    """Whether two names in lower case differ by an `s` at the end only."""
    return one == f"{other}s" or other == f"{one}s"


def _distance(one: str, other: str) -> int:
    """How many letters have to be changed, added, left out or swapped to get from one word to another."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        older, before, row = before, row, [i]
        for j, theirs in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != theirs))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == theirs:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
    return row[-1]
