"""Text of a file in a picture: what may be a secret is hidden.

A picture is looked at by more people than a file: in doubt, a value is hidden. Only what is wholly computed is none.
"""

import re

from azrelease.lint.secrets import hidden, names_secret

STARS = "********"

_COMPUTED = re.compile(r"\s*(?:\$\([\w.-]+\)|\$\{\{.*\}\}|\$\[.*\]|true|false|)\s*", re.IGNORECASE)
_OF_THE_SHELL = re.compile(r"\$(?:\w+|\{\w+\}|env:\w+)")
_VALUE = r"""(?P<value>"[^"]*"|'[^']*'|\S+)"""
_GIVEN = (
    re.compile(rf"""(?P<name>[\w.-]+)(?P<sign>["']?\s*[:=]\s*){_VALUE}"""),
    re.compile(rf"(?<!\S)(?P<name>--?[\w-]+)(?P<sign>\s+){_VALUE}"),
)


def shown_value(name: str, value: str) -> str:
    """A value to show: stars for what has the name of a secret, and for what looks like one."""
    return STARS if names_secret(name) and not _COMPUTED.fullmatch(value) else shown_text(value)


def shown_text(text: str) -> str:
    """A script or another text to show: stars for what may be a secret."""
    return "\n".join(_GIVEN[1].sub(_starred, _GIVEN[0].sub(_starred, hidden(line))) for line in text.split("\n"))


def _starred(found: re.Match[str]) -> str:
    name, sign, value = found["name"], found["sign"], found["value"]
    bare = value.strip("\"'")
    computed = _COMPUTED.fullmatch(bare) or _OF_THE_SHELL.fullmatch(bare)
    if computed or not names_secret(name.lstrip("-")):
        return found[0]
    return f"{name}{sign}{STARS}"
