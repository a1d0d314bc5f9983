"""Logging commands, `##vso[area.event name=value;…]text`, as the agent reads them.

Source: azure-pipelines-agent, Command.cs (`TryParse`, `Unescape`): the prefix may stand anywhere in a line; the first
`]` behind it ends the properties.
"""

from collections.abc import Mapping
from typing import NamedTuple

_PREFIX = "##vso["
_ESCAPES = (("%3B", ";"), ("%0D", "\r"), ("%0A", "\n"), ("%5D", "]"))
_PERCENT = "%AZP25"
_PARTS = 2


class IssuedCommand(NamedTuple):
    """A command. Area, event and the names of properties are in lower case, since case does not count.

    Attributes:
        area: `task`.
        event: `setvariable`.
        properties: what is set, without escapes.
        data: the text behind it, without escapes.
        written: the same text as it was written.
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


def parse(line: str) -> IssuedCommand | None:
    """The command in a line of a log; None where there is none."""
    start = line.find(_PREFIX)
    end = line.find("]", start) if start >= 0 else -1
    if end < 0:
        return None
    head, _, properties = line[start + len(_PREFIX) : end].partition(" ")
    parts = [part for part in head.split(".") if part]
    if len(parts) != _PARTS:
        return None
    pairs = (entry.partition("=") for entry in properties.split(";") if entry)
    given = {name.strip().casefold(): unescape(value) for name, equals, value in pairs if name and equals and value}
    data = line[end + 1 :]
    return IssuedCommand(parts[0].casefold(), parts[1].casefold(), given, unescape(data), data)


def unescape(text: str) -> str:
    """Text without the escapes of commands."""
    for written, meant in _ESCAPES:
        text = text.replace(written, meant)
    return text.replace(_PERCENT, "%")
