"""The logging commands in scripts."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from azrelease.lint.facts.scripts import Script

_COMMAND = re.compile(r"##vso\[(?P<area>[A-Za-z]+)\.(?P<name>[^\s\]]*)(?P<rest>[^\]\n]*)\]")
_HALF = re.compile(r"(?<![#\w])(?<!#['\"]['\"])(?<!#['\"])#vso\[\w+\.\w+")
_COMMENTS = ("#", "REM ", "::")
_PROPERTY = re.compile(r"(?P<blank>\s*)(?P<name>[^=;\]]*)=(?P<value>[^;\]]*)")


class Property(NamedTuple):
    """A property of a command; `blank` is where a space before its name begins, or None."""

    name: str
    value: str
    start: int
    end: int
    blank: int | None


class LoggingCommand(NamedTuple):
    """A logging command in a script.

    Attributes:
        start: where its `area.name` begins; `end` is where that ends.
        is_computed: whether it may have properties that cannot be seen.
    """

    script: Script
    area: str
    name: str
    properties: tuple[Property, ...]
    start: int
    end: int
    is_computed: bool


def logging_commands(scripts: Sequence[Script]) -> Iterator[LoggingCommand]:
    """The logging commands that scripts print, in the order of the text, except in comments."""
    for script in scripts:
        for match in _COMMAND.finditer(script.text) if "##vso[" in script.text else ():
            if script.line_before(match.start()).startswith(_COMMENTS):
                continue
            properties = tuple(_properties(match["rest"], match.start("rest")))
            start, end = match.start("area"), match.end("name")
            area, name = match["area"].casefold(), match["name"].casefold()
            is_computed = any(character in match["rest"] for character in "${%")
            yield LoggingCommand(script, area, name, properties, start, end, is_computed)


def half_commands(scripts: Sequence[Script]) -> Iterator[tuple[Script, int, int]]:
    """Texts that would be a logging command with one more `#`."""
    for script in scripts:
        for match in _HALF.finditer(script.text) if "#vso[" in script.text else ():
            if not script.line_before(match.start()).startswith(_COMMENTS):
                yield script, match.start(), match.end()


def _properties(text: str, offset: int) -> Iterator[Property]:
    position = 0
    first = True
    for part in text.split(";"):
        match = _PROPERTY.fullmatch(part)
        if match is not None:
            start = offset + position + match.start("name")
            blank = offset + position if match["blank"] and not first else None
            yield Property(match["name"].strip(), match["value"], start, start + len(match["name"]), blank)
        position += len(part) + 1
        first = False
