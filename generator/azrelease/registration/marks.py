"""Marks: how a thing in Azure DevOps says that it was made here, so that nothing else is ever changed or removed.

The service has no place for such a note, so it stands at the end of a text that people see as well: the description of
an environment, of a pipeline, of a variable group; the instructions of an approval; the name of another check. After
the colon stand those parts that have no text of their own: a lock, a variable.
"""

import re
from collections.abc import Iterable

_MARK = re.compile(r"\s*\[azrelease (?P<release>[^\]:]+)(?:: (?P<parts>[^\]]*))?\]\s*$")
_LONGEST = 700
"""Characters; the description of a variable group takes 1024."""


def marked(text: str, release: str, parts: Iterable[str] = ()) -> str:
    """A text with a mark.

    Args:
        text: what people read.
        release: the release that the thing belongs to.
        parts: parts that were made here. Those for which there is no room are left out, and never removed.
    """
    named = ""
    for part in sorted(parts):
        if len(named) + len(part) > _LONGEST:
            break
        named += f"{', ' if named else ''}{part}"
    return f"{text} [azrelease {_name(release)}{f': {named}' if named else ''}]".strip()


def plain(text: str | None) -> str:
    """A text without its mark."""
    return _MARK.sub("", text or "")


def is_marked(text: str | None, releases: Iterable[str]) -> bool:
    """Whether a text has the mark of one of these releases."""
    found = release_of(text)
    return found is not None and found.casefold() in {_name(release).casefold() for release in releases}


def release_of(text: str | None) -> str | None:
    """The release that a mark names, as it is written there; None where there is no mark."""
    found = _MARK.search(text or "")
    return found["release"] if found else None


def parts_of(text: str | None) -> frozenset[str]:
    """The parts that a mark names."""
    found = _MARK.search(text or "")
    return frozenset(part for part in (found["parts"] or "").split(", ") if part) if found else frozenset()


def fitting(parts: Iterable[str]) -> frozenset[str]:
    """Those of the parts that a mark has room for."""
    return parts_of(marked("", "-", parts))


def _name(release: str) -> str:
    """A release as a mark can hold it."""
    return release.replace("]", ")").replace(":", " ")
