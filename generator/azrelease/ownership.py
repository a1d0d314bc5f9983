"""Ownership tags: how a resource in Azure DevOps says which release manages it, so that nothing else is ever changed.

The service has no field for such a tag, so it is at the end of a text that users see as well: the description of an
environment, of a pipeline, of a variable group; the instructions of an approval; the name of another check. After the
colon it names parts that have no text of their own: a lock, a variable.
"""

import re
from collections.abc import Iterable
from urllib.parse import unquote

_TAG = re.compile(r"\s*\[azrelease (?P<release>[^\[\]:]+)(?:: (?P<parts>[^\[\]]*))?\]\s*$")
_SPECIAL = "%[]:,"
_LONGEST_TEXT, _LONGEST_PARTS = 300, 550
"""Characters; the description of a variable group takes 1024 with its tag."""


def tagged(text: str, release: str, parts: Iterable[str] = ()) -> str:
    """A text with an ownership tag.

    Args:
        text: what users read.
        release: the release that manages the resource.
        parts: managed parts of the resource. Parts for which there is no room are left out, and so never removed.
    """
    named = ""
    for part in sorted(parts):
        if len(named) + len(part) > _LONGEST_PARTS:
            break
        named += f"{', ' if named else ''}{part}"
    return f"{text.strip()} [azrelease {_encoded(release)}{f': {named}' if named else ''}]".strip()


def shortened(text: str) -> str:
    """A text that leaves room for an ownership tag in a description."""
    text = text.strip()
    return text if len(text) <= _LONGEST_TEXT else f"{text[: _LONGEST_TEXT - 1].rstrip()}…"


def untagged(text: str | None) -> str:
    """A text without its ownership tag."""
    return _TAG.sub("", text or "").strip()


def is_managed(text: str | None, releases: Iterable[str]) -> bool:
    """Whether a text has the ownership tag of one of these releases."""
    found = owning_release(text)
    return found is not None and found.lower() in {release.lower() for release in releases}


def owning_release(text: str | None) -> str | None:
    """The release that manages the resource with this text; None without an ownership tag."""
    found = _TAG.search(text or "")
    return unquote(found["release"]) if found else None


def owned_parts(text: str | None) -> frozenset[str]:
    """The parts that an ownership tag names."""
    found = _TAG.search(text or "")
    return frozenset(part for part in (found["parts"] or "").split(", ") if part) if found else frozenset()


def parts_that_fit(parts: Iterable[str]) -> frozenset[str]:
    """The parts that an ownership tag has room for."""
    return owned_parts(tagged("", "-", parts))


def _encoded(release: str) -> str:
    """A name without characters that delimit a tag; different for different names."""
    return "".join(f"%{ord(letter):02X}" if letter in _SPECIAL else letter for letter in release)
