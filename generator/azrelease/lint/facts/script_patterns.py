"""What the text of scripts contains, outside their comments."""

import re
from collections.abc import Iterator

from azrelease.lint.facts.scripts import Script

_LOCAL = re.compile(
    r"(?:[a-z]+://)?(?:[^@/\s]*@)?(?:localhost|127\.\d+\.\d+\.\d+|\[::1\]|0\.0\.0\.0|host\.docker\.internal)\b"
)


def matches(script: Script, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
    """The matches of a pattern in a script, with its continued lines joined, except those in comments."""
    for match in pattern.finditer(script.lines_joined_as_in_sh):
        if not in_comment(script, match.start()):
            yield match


def in_comment(script: Script, position: int) -> bool:
    """Whether the line of a position is a comment, or becomes one before the position."""
    before = script.line_before(position)
    if script.language == "cmd":
        return before.casefold().startswith(("rem ", "::", "@rem "))
    return before.startswith("#") or re.search(r"[ \t]#[ \t]", before) is not None


def is_local(url: str) -> bool:
    """Whether a URL leads to the machine itself."""
    return _LOCAL.match(url.strip("\"'").casefold()) is not None
