"""The command lines of the Azure Machine Learning CLI: v1 (extension azure-cli-ml) and v2 (extension ml).

Source: `schemas/azure_ml_cli.json`, made from the command reference in MicrosoftDocs/azure-docs-cli. A newer extension
can have commands and arguments that the table lacks.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Literal, NamedTuple

from azrelease.data_files import read_table

_FILE = "azure_ml_cli.json"
_LONGEST_NAME = 6  # words of the name of a command

Generation = Literal["v1", "v2"]


class Argument(NamedTuple):
    """An argument of a command.

    Attributes:
        name: the long name, or the only one.
        names: all spellings.
        value: `none` a flag; `one` a value; `many` one or more words; `optional` a flag that also takes a value.
        values: the values that are allowed; empty when any is.
        repeatable: whether it may be given several times.
    """

    name: str
    names: tuple[str, ...]
    value: Literal["none", "one", "many", "optional"]
    required: bool
    values: tuple[str, ...]
    repeatable: bool


class Command(NamedTuple):
    """A command; `name` is the part after `az`."""

    name: str
    generation: Generation
    arguments: tuple[Argument, ...]

    def argument(self, name: str) -> Argument | None:
        """The argument of that spelling, global ones of `az` included.

        argparse accepts the beginning of a long name where no other argument begins so.
        """
        known = (*self.arguments, *_global_arguments())
        exact = next((argument for argument in known if name in argument.names), None)
        if exact is not None or not name.startswith("--") or name == "--":
            return exact
        matches = [each for each in known if any(spelling.startswith(name) for spelling in each.names)]
        return matches[0] if len(matches) == 1 else None


class CommandLine(NamedTuple):
    """The words after a command, by argument.

    Attributes:
        values: the words given for each argument, by its `name`; none for a flag.
        problems: what the CLI would refuse, in the order of the command line.
    """

    values: Mapping[str, tuple[str, ...]]
    problems: tuple[str, ...]


def find_commands(words: Sequence[str]) -> tuple[Command, ...]:
    """The commands that a command line after `az` begins with: at most one of each generation."""
    for length in range(min(len(words), _LONGEST_NAME), 1, -1):
        name = " ".join(words[:length])
        commands = tuple(table[name] for table in (_table("v1"), _table("v2")) if name in table)
        if commands:
            return commands
    return ()


def parse(command: Command, words: Sequence[str]) -> CommandLine:
    """Sort the words after a command into its arguments, as the CLI does."""
    values: dict[str, tuple[str, ...]] = {}
    problems: list[str] = []
    for name, given in _groups(words):
        argument = command.argument(name)
        if argument is None:
            no_argument = f"`az {command.name}` has no argument `{name}`"
            problems.append(no_argument if name else f"`{given[0]}` belongs to no argument")
            continue
        if argument.name in values and not argument.repeatable:
            problems.append(f"`{name}` is given twice")
        problems.extend(_value_problems(argument, name, given))
        values[argument.name] = (*values.get(argument.name, ()), *given)
    problems.extend(
        f"`az {command.name}` needs `{argument.name}`"
        for argument in command.arguments
        if argument.required and argument.name not in values
    )
    return CommandLine(values, tuple(problems))


def _groups(words: Sequence[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each argument with the words up to the next one; words before the first go under an empty name."""
    name, given = "", list[str]()
    for word in words:
        if word.startswith("-") and not _is_number(word):
            if name or given:
                yield name, tuple(given)
            name, equals, value = word.partition("=")
            given = [value] if equals else []
        else:
            given.append(word)
    if name or given:
        yield name, tuple(given)


def _is_number(word: str) -> bool:
    return word.removeprefix("-").replace(".", "", 1).isdigit()


def _value_problems(argument: Argument, name: str, given: tuple[str, ...]) -> Iterator[str]:
    if not given and argument.value in ("one", "many"):
        yield f"`{name}` needs a value"
    most = {"none": 0, "one": 1, "optional": 1}.get(argument.value)
    if most is not None and len(given) > most:
        yield f"`{given[most]}` after `{name}` belongs to no argument"
    if argument.values and given and given[0] not in argument.values:
        yield f"`{name}` does not take `{given[0]}`; one of: {', '.join(argument.values)}"


@cache
def _table(generation: Generation) -> dict[str, Command]:
    return {
        name: Command(name, generation, tuple(_argument(*item) for item in entry["arguments"].items()))
        for name, entry in read_table(_FILE)[generation].items()
    }


@cache
def _global_arguments() -> tuple[Argument, ...]:
    return tuple(_argument(*item) for item in read_table(_FILE)["global"].items())


def _argument(name: str, raw: dict[str, Any]) -> Argument:
    return Argument(
        name=name,
        names=(name, *raw.get("aliases", ())),
        value=raw.get("value", "one"),
        required=raw.get("required", False),
        values=tuple(raw.get("values", ())),
        repeatable=raw.get("repeatable", False),
    )
