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
