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


class SetVariable(NamedTuple):
    """A variable that a script sets with `##vso[task.setvariable]`.

    Attributes:
        command: the command.
        name: its name, as written.
        is_output: whether it is an output of its step.
        is_secret: whether it is a secret.
    """

    command: LoggingCommand
    name: str
    is_output: bool
    is_secret: bool


def variables_set(scripts: Sequence[Script]) -> Iterator[SetVariable]:
    """The variables that scripts set, as far as their names are not computed."""
    for command in logging_commands(scripts):
        if (command.area, command.name) != ("task", "setvariable"):
            continue
        # A property behind a blank has no effect.
        given = {each.name.casefold(): each.value for each in command.properties if each.blank is None}
        name = given.get("variable", "").strip()
        if name and not any(character in name for character in "${%`"):
            yield SetVariable(command, name, _is_true(given.get("isoutput")), _is_true(given.get("issecret")))


def _is_true(value: str | None) -> bool:
    return (value or "").strip(" '\"").casefold() == "true"
