"""The scripts in a file."""

from collections.abc import Iterator
from typing import NamedTuple

from yaml import ScalarNode

from azrelease.lint.facts.pools import system
from azrelease.lint.facts.shell_words import Command, program_calls
from azrelease.syntax import PipelineFile, StepOutline


class Script(NamedTuple):
    """A script written in the YAML.

    Attributes:
        step: the step that runs it.
        node: its scalar.
        language: bash, powershell, cmd or python; None when it depends on the agent.
    """

    step: StepOutline
    node: ScalarNode
    language: str | None

    @property
    def text(self) -> str:
        """The script."""
        return str(self.node.value)

    def line_before(self, position: int) -> str:
        """The text before a position on its line, without the indentation."""
        return self.text[self.text.rfind("\n", 0, position) + 1 : position].lstrip()

    def line(self, number: int) -> tuple[int, int]:
        """Where the text of a line begins and ends, without its indentation; lines count from 1."""
        lines = self.text.splitlines(keepends=True)
        index = min(number, len(lines)) - 1
        if index < 0:
            return 0, 0
        start = sum(map(len, lines[:index]))
        return start + len(lines[index]) - len(lines[index].lstrip()), start + len(lines[index].rstrip())

    def offset(self, line: int, column: int) -> int:
        """The offset of a line and column, both counted from 1; at most the end of the text."""
        lines = self.text.splitlines(keepends=True)
        before = sum(map(len, lines[: line - 1])) + column - 1
        return min(before, len(self.text)) if line <= len(lines) else len(self.text)

    def calls(self, *programs: str) -> Iterator[Command]:
        """The commands that run one of some programs, by the name without a folder."""
        return program_calls(self.lines_joined_as_in_sh, *programs)

    @property
    def lines_joined_as_in_sh(self) -> str:
        """The script with the line continuations of sh, at the same length."""
        text = self.text
        for language, mark in _CONTINUATIONS.items():
            if self.language in (language, None):
                text = text.replace(mark, "\\\n")
        return text


_CONTINUATIONS = {"powershell": "`\n", "cmd": "^\n"}
"""What ends a line that continues on the next one."""

_STEP_LANGUAGES = {"bash": "bash", "pwsh": "powershell", "powershell": "powershell"}

_INPUTS = {
    "bash": ("script", "bash"),
    "powershell": ("script", "powershell"),
    "cmdline": ("script", None),
    "pythonscript": ("script", "python"),
    "azurepowershell": ("inline", "powershell"),
}
"""The input of a task with its script, and the language."""

_AZURE_CLI_LANGUAGES = {"bash": "bash", "ps": "powershell", "pscore": "powershell", "batch": "cmd"}


def scripts(file: PipelineFile) -> tuple[Script, ...]:
    """The scripts of a file, in the order of the text."""
    return tuple(found for step in file.outline.steps for found in _of_step(step, file))


def _of_step(step: StepOutline, file: PipelineFile) -> Iterator[Script]:
    if step.action in _STEP_LANGUAGES:
        node = step.block.scalar(step.action)
        if node is not None:
            yield Script(step, node, _STEP_LANGUAGES[step.action])
    elif step.action == "script":
        node = step.block.scalar("script")
        if node is not None:
            yield Script(step, node, _of_system(step, file))
    elif step.task_name == "azurecli":
        yield from _of_azure_cli(step, file)
    elif step.task_name in _INPUTS:
        name, language = _INPUTS[step.task_name]
        node = step.inputs.get(name)
        if node is not None:
            yield Script(step, node, language or _of_system(step, file))


def _of_azure_cli(step: StepOutline, file: PipelineFile) -> Iterator[Script]:
    node = step.inputs.get("inlinescript") or step.inputs.get("script")
    if node is None:
        return
    kind = step.input("scriptType")
    if step.task.endswith("@1"):
        yield Script(step, node, _of_system(step, file))
    elif kind is not None:
        yield Script(step, node, _AZURE_CLI_LANGUAGES.get(kind.casefold()))
    else:
        yield Script(step, node, None)


def _of_system(step: StepOutline, file: PipelineFile) -> str | None:
    """The language of the agent's command line; None for a step that a condition keeps from some systems."""
    if "agent.os" in (step.block.text("condition") or "").casefold():
        return None
    found = system(step, file.root)
    return None if found is None else "cmd" if found == "windows" else "bash"
