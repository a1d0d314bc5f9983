"""Logging commands, `##vso[area.event name=value;…]text`: the known ones, and how the agent reads and escapes them.

Sources: learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands; azure-pipelines-agent, its command
extensions and Command.cs (`TryParse`, `Unescape`): a command may begin anywhere in a line, the first `]` ends its
properties.
"""

from collections.abc import Mapping
from typing import NamedTuple

TASK_COMMANDS = frozenset(
    ("addattachment", "complete", "debug", "issue", "logdetail", "logissue", "prependpath", "setendpoint",
     "setprogress", "setsecret", "settaskvariable", "setvariable", "uploadfile", "uploadsummary")
)  # fmt: skip
"""The commands of the area `task`, in lower case."""

PROPERTIES = {
    "setvariable": frozenset(("variable", "issecret", "isoutput", "isreadonly", "readonly")),
    "logissue": frozenset(
        ("type", "sourcepath", "linenumber", "columnnumber", "code", "source", "logfilelinenumber", "correlationid")
    ),
    "complete": frozenset(("result", "done")),
    "setprogress": frozenset(("value",)),
}
"""The properties of the commands that have a fixed set of them."""

_PREFIX = "##vso["
_ESCAPES = {";": "%3B", "\r": "%0D", "\n": "%0A", "]": "%5D", "%": "%AZP25"}
"""The percent sign last: unescaping it earlier would create other escapes."""

_PROPERTY_ESCAPES = str.maketrans(_ESCAPES)
_TEXT_ESCAPES = str.maketrans({character: _ESCAPES[character] for character in "%\r\n"})


class IssuedCommand(NamedTuple):
    """A command in a log. Area, event and the names of properties are in lower case, since letter case does not count.

    Attributes:
        area: `task`.
        event: `setvariable`.
        properties: the properties, unescaped.
        data: the text behind the command, unescaped.
        written: the same text with its escapes.
    """

    area: str
    event: str
    properties: Mapping[str, str]
    data: str
    written: str

    @property
    def name(self) -> str:
        """Area and event: `task.setvariable`."""
        return f"{self.area}.{self.event}"

    def flag(self, name: str) -> bool:
        """Whether a property is true."""
        return self.properties.get(name, "").strip().casefold() == "true"


def parse_command(line: str) -> IssuedCommand | None:
    """The command in a line of a log; None without one."""
    start = line.find(_PREFIX)
    end = line.find("]", start) if start >= 0 else -1
    if end < 0:
        return None
    head, _, properties = line[start + len(_PREFIX) : end].partition(" ")
    match [part.casefold() for part in head.split(".") if part]:
        case [area, event]:
            pairs = (entry.partition("=") for entry in properties.split(";") if entry)
            values = {name.strip().casefold(): _unescaped(value) for name, _, value in pairs if name and value}
            data = line[end + 1 :]
            return IssuedCommand(area, event, values, _unescaped(data), data)
    return None


def escaped_text(text: str) -> str:
    """The text behind a command, with escapes."""
    return text.translate(_TEXT_ESCAPES)


def escaped_property(text: str) -> str:
    """The value of a property, with escapes."""
    return text.translate(_PROPERTY_ESCAPES)


def _unescaped(text: str) -> str:
    for character, escape in _ESCAPES.items():
        text = text.replace(escape, character)
    return text
