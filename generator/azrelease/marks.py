"""Marks: how a thing in Azure DevOps says that it was made here, so that nothing else is ever changed or removed.

The service has no place for such a note, so it stands at the end of a text that people see as well: the description of
an environment, of a pipeline, of a variable group; the instructions of an approval; the name of another check. After
the colon stand those parts that have no text of their own: a lock, a variable.
"""

import re
from collections.abc import Iterable
from urllib.parse import unquote

_MARK = re.compile(r"\s*\[azrelease (?P<release>[^\[\]:]+)(?:: (?P<parts>[^\[\]]*))?\]\s*$")
_SPECIAL = "%[]:,"
_LONGEST_TEXT, _LONGEST_PARTS = 300, 550
"""Characters; the description of a variable group takes 1024 with its mark."""


def marked(text: str, release: str, parts: Iterable[str] = ()) -> str:
    """A text with a mark.

    Args:
        text: what people read.
        release: the release that the thing belongs to.
        parts: parts that were made here. Those for which there is no room are left out, and never removed.
    """
    named = ""
    for part in sorted(parts):
        if len(named) + len(part) > _LONGEST_PARTS:
            break
        named += f"{', ' if named else ''}{part}"
    return f"{text.strip()} [azrelease {_encoded(release)}{f': {named}' if named else ''}]".strip()


def shortened(text: str) -> str:
    """A text that leaves room for a mark in a description."""
    text = text.strip()
    return text if len(text) <= _LONGEST_TEXT else f"{text[: _LONGEST_TEXT - 1].rstrip()}…"


def plain(text: str | None) -> str:
    """A text without its mark."""
    return _MARK.sub("", text or "").strip()


def is_marked(text: str | None, releases: Iterable[str]) -> bool:
    """Whether a text has the mark of one of these releases."""
    found = release_of(text)
    return found is not None and found.lower() in {release.lower() for release in releases}


def release_of(text: str | None) -> str | None:
    """The release that a mark names; None where there is no mark."""
    found = _MARK.search(text or "")
    return unquote(found["release"]) if found else None


def parts_of(text: str | None) -> frozenset[str]:
    """The parts that a mark names."""
    found = _MARK.search(text or "")
    return frozenset(part for part in (found["parts"] or "").split(", ") if part) if found else frozenset()


def fitting(parts: Iterable[str]) -> frozenset[str]:
    """Those of the parts that a mark has room for."""
    return parts_of(marked("", "-", parts))


def _encoded(release: str) -> str:
    """A name as a mark can hold it, different for different names."""
    return "".join(f"%{ord(letter):02X}" if letter in _SPECIAL else letter for letter in release)
