"""What the scripts of a file deploy with the Azure ML CLI, and what they test."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from azrelease.catalog import azure_ml_cli
from azrelease.lint.facts.scripts import Script
from azrelease.lint.facts.shell_words import Command
from azrelease.syntax import StepOutline

_DEPLOYS = {
    "ml model deploy": "--name",
    "ml online-endpoint create": "--name",
    "ml online-deployment create": "--endpoint-name",
    "ml online-deployment update": "--endpoint-name",
    "ml batch-deployment create": "--endpoint-name",
}
_TESTS = {
    "ml service show": "--name",
    "ml service run": "--name",
    "ml online-endpoint show": "--name",
    "ml online-endpoint invoke": "--name",
}
_KNOWN_TEXT = re.compile(r"(?:[^$]|\$\([\w.\-]+\)|\$\{\{.*?\}\})+")
_VARIABLE = re.compile(r"\$\{?([A-Za-z_]\w*)\}?")


class AzureMLCall(NamedTuple):
    """A command of the Azure ML CLI in a script.

    Attributes:
        script: the script.
        command: its words, `az` first.
        candidates: the commands of the table that it may be: none, or one of each generation of the CLI.
        words: the words after the name of the command.
    """

    script: Script
    command: Command
    candidates: tuple[azure_ml_cli.Command, ...]
    words: Command

    @property
    def name(self) -> str:
        """The command after `az`; empty when the table does not have it."""
        return self.candidates[0].name if self.candidates else ""

    @property
    def place(self) -> tuple[Script, int, int]:
        """The script, and where the command begins and ends in it."""
        return (self.script, self.command[0].start, self.command[-1].end)

    def value(self, argument: str) -> str | None:
        """The value of an argument, with variables of the step's `env` filled in; None when it is not given."""
        for candidate in self.candidates:
            line = azure_ml_cli.parse(candidate, [word.text for word in self.words])
            given = line.values.get(argument)
            if given:
                return _filled_in(given[0], self.script.step)
        return None


class ServiceUse(NamedTuple):
    """A service or endpoint that a script names.

    Attributes:
        call: the command.
        name: the name, as far as it can be read: a text, or a macro.
    """

    call: AzureMLCall
    name: str


def azure_ml_calls(scripts: Sequence[Script]) -> tuple[AzureMLCall, ...]:
    """The Azure ML commands in scripts, in the order of the text."""
    return tuple(
        AzureMLCall(script, command, candidates, command[1 + len(candidates[0].name.split()) :] if candidates else ())
        for script in scripts
        if "az ml" in script.text or "az  ml" in script.text
        for command in script.calls("az")
        if len(command) > 1 and command[1].text == "ml"
        for candidates in (azure_ml_cli.find_commands([word.text for word in command[1:]]),)
    )


def deployed_services(calls: Sequence[AzureMLCall]) -> Iterator[ServiceUse]:
    """The services that scripts deploy."""
    return _uses(calls, _DEPLOYS)


def tested_services(calls: Sequence[AzureMLCall]) -> Iterator[ServiceUse]:
    """The services that scripts call, or whose address they read."""
    return _uses(calls, _TESTS)


def _uses(calls: Sequence[AzureMLCall], table: dict[str, str]) -> Iterator[ServiceUse]:
    for call in calls:
        argument = table.get(call.name)
        name = call.value(argument) if argument else None
        # The result of a shell expression is unknown; equal macros have at least equal values.
        if name and ("$" not in name or _KNOWN_TEXT.fullmatch(name)):
            yield ServiceUse(call, name)


def _filled_in(text: str, step: StepOutline) -> str:
    def value(found: re.Match[str]) -> str:
        for env, _ in step.block.blocks("env"):
            given = env.text(found[1])
            if given is not None:
                return given
        return found[0]

    return _VARIABLE.sub(value, text) if "$" in text and "$(" not in text and "${{" not in text else text
