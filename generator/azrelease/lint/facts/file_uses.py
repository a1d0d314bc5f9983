"""The files that steps use by a path: inputs of tasks with paths, and programs and arguments of scripts."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from yaml import ScalarNode

from azrelease.catalog import Tasks
from azrelease.lint.facts.scripts import Script
from azrelease.lint.facts.shell_words import Word, commands, without_prefix
from azrelease.lint.facts.task_inputs import known_tasks
from azrelease.syntax import PipelineFile, StepOutline

_FILE_INPUTS = frozenset(
    ("csmfile", "definition", "filepath", "projects", "requirementsfile", "scriptpath", "solution")
)
_INTERPRETERS = {
    "bash": (".sh",),
    "sh": (".sh",),
    "source": (".sh",),
    ".": (".sh",),
    "python": (".py",),
    "python3": (".py",),
    "pwsh": (".ps1",),
    "powershell": (".ps1",),
    "node": (".js", ".mjs", ".cjs"),
}
_FILE_OPTIONS = {"pip": ("-r", "--requirement"), "pip3": ("-r", "--requirement"), "kubectl": ("-f", "--filename")}
_POWERSHELL_FILE = re.compile(
    r"(?:^|[\n;|&{]|=\s*)[ \t]*(?:&\s*|\.\s+)?(?P<path>(?:\.|\$\([\w.]+\))[\\/][\w./\\-]+\.ps1)\b"
)
_SKIPPED = frozenset(("cd", "pushd"))


class FileUse(NamedTuple):
    """A file that a step needs.

    Attributes:
        step: the step.
        path: the path, as written.
        node: the scalar with the path.
        start: where the path begins in the scalar; `end` is where it ends.
        script: the script, where the path is in one.
    """

    step: StepOutline
    path: str
    node: ScalarNode
    start: int
    end: int
    script: Script | None = None


def file_uses(file: PipelineFile, scripts: tuple[Script, ...], tasks: Tasks) -> Iterator[FileUse]:
    """The files that the steps of a file run or read first of all, in no order."""
    for known in known_tasks(file, tasks):
        for entry, definition in known.given:
            if definition is None or not isinstance(entry.value, ScalarNode) or not entry.value.value.strip():
                continue
            if any(name.casefold() in _FILE_INPUTS for name in definition.names):
                text = entry.value.value
                yield FileUse(known.step, text.strip(), entry.value, 0, len(text))
    for script in scripts:
        yield from _of_script(script)
    for step in file.outline.steps:
        node = step.block.scalar("workingDirectory") or step.inputs.get("workingdirectory")
        if node is not None and node.value.strip() not in ("", ".", "./"):
            yield FileUse(step, node.value.strip(), node, 0, len(node.value))


def _of_script(script: Script) -> Iterator[FileUse]:
    if script.language == "powershell":
        for match in _POWERSHELL_FILE.finditer(script.text):
            yield FileUse(script.step, match["path"], script.node, match.start("path"), match.end("path"), script)
        return
    if script.language not in ("bash", "cmd"):
        return
    for command in commands(script.lines_joined_as_in_sh):
        words = without_prefix(command)
        if words and words[0].text in _SKIPPED:
            return  # what follows starts in another folder
        for word in _files(words):
            yield FileUse(script.step, word.text, script.node, word.start, word.end, script)


def _files(words: tuple[Word, ...]) -> Iterator[Word]:
    if not words:
        return
    first = words[0].text
    is_in_folder = first.startswith("$(") and "/" in first.replace("\\", "/")
    if is_in_folder or (first.startswith(("./", ".\\")) and first not in ("./", ".\\")):
        yield words[0]
    endings = _INTERPRETERS.get(first)
    if endings is not None:
        found = next((word for word in words[1:] if not word.text.startswith("-")), None)
        if found is not None and found.text.endswith(endings):
            yield found
    for option, word in pairwise(words[1:]):
        if option.text in _FILE_OPTIONS.get(first, ()):
            yield word
