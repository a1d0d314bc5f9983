"""Paths in the inputs of tasks: a classic job starts in the folder of the artifacts, a job of a pipeline elsewhere.

What is relative, or empty, in a definition is written from `$(System.DefaultWorkingDirectory)`, which an import then
translates like any other path of a definition.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from azrelease.catalog import task_folders
from azrelease.catalog.tasks import BUILT_IN, InputDefinition, TaskDefinition
from azrelease.classic.macro_translation import ANY_FOLDER, CLASSIC_FOLDER

_MOST_VARIABLES = 10  # variables of variables

_ROOTED = re.compile(r"[/\\]|[A-Za-z]:|%\w|\$env:|\$\{|\$[A-Z]|[A-Za-z][A-Za-z0-9+.-]*://", re.IGNORECASE)
"""The beginning of what is no relative path: a root, a drive, an address, an environment variable."""

_FOLDER_VARIABLE = re.compile(
    r"(?:agent\.(?:build|home|release|root|temp|tools)directory|agent\.workfolder"
    r"|build\.(?:artifactstaging|staging|binaries|sources)directory|build\.repository\.localpath"
    r"|common\.testresultsdirectory|pipeline\.workspace|system\.(?:artifacts|defaultworking)directory"
    r"|system\.workfolder|.+\.securefilepath)",
    re.IGNORECASE,
)
"""Variables whose value is a full path (learn.microsoft.com/azure/devops/pipelines/build/variables, and
…/release/variables): folders of the agent, and what DownloadSecureFile@1 sets."""

_FIRST_MACRO = re.compile(r"\$\(\s*([^()]*?)\s*\)")
_MARK = re.compile(r"\s*(?:!+|[+-]:)?\"?")
"""What can stand before a pattern: that it excludes, and a quotation mark."""


class ResolvedInput(NamedTuple):
    """An input with its paths written in full, as a definition would write them.

    Attributes:
        text: the text.
        is_certain: whether it is known of each path where it starts.
    """

    text: str
    is_certain: bool = True


def resolved(task: TaskDefinition, known: InputDefinition, text: str, variables: Mapping[str, str]) -> ResolvedInput:
    """An input of a task with its relative paths written from the folder of the artifacts.

    Args:
        task: the task.
        known: the input.
        text: its value in the definition.
        variables: the values of variables that are known, by name in lower case.
    """
    if not task_folders.is_path(task, known) or task_folders.is_kept_as_it_is(task, known, text):
        return ResolvedInput(text)
    parts = [_part(part, variables) for part in re.split(f"([{task_folders.separators(task, known)}])", text)]
    return ResolvedInput("".join(part.text for part in parts), all(part.is_certain for part in parts))


def _part(text: str, variables: Mapping[str, str]) -> ResolvedInput:
    """One path, or one pattern."""
    mark = _MARK.match(text)
    assert mark is not None
    path = text[mark.end() :]
    if path.strip() in ("", ";", ",") or path.startswith("#"):
        return ResolvedInput(text)
    relative = _is_relative(path, variables, _MOST_VARIABLES)
    if relative is None:
        return ResolvedInput(text, is_certain=False)
    return ResolvedInput(f"{mark[0]}{_below(CLASSIC_FOLDER, path)}" if relative else text)


def _is_relative(path: str, variables: Mapping[str, str], depth: int) -> bool | None:
    """Whether a path is relative; None where it begins with a variable whose value is not known."""
    if _ROOTED.match(path):
        return False
    macro = _FIRST_MACRO.match(path)
    if macro is None:
        return True
    name = macro[1].casefold()
    if _FOLDER_VARIABLE.fullmatch(name):
        return False
    value = variables.get(name)
    if value is None or depth == 0:
        return None
    return _is_relative(f"{value}{path[macro.end() :]}", variables, depth - 1)


def _below(folder: str, path: str) -> str:
    path = re.sub(r"^(?:\.[\\/]+)+", "", path)
    if path in (".", ""):
        return folder
    separator = "\\" if "\\" in path and "/" not in path else "/"
    return f"{folder}{separator}{path}"


def defaults(task: TaskDefinition, inputs: Mapping[str, str]) -> dict[str, str]:
    """What a classic job takes for granted, by canonical name: inputs that say nothing, and mean its folder.

    Args:
        task: the task.
        inputs: the inputs that are given, by canonical name.
    """
    in_folder_of_script = task_folders.runs_in_folder_of_script(task, values_of(task, inputs))
    found: dict[str, str] = {}
    for known in task.inputs:
        if inputs.get(known.name) or task.without_effect(known, inputs):
            continue
        default = known.default or ""
        if default and known.name not in inputs:
            moved = ANY_FOLDER.sub(lambda _: CLASSIC_FOLDER, resolved(task, known, default, {}).text)
            if moved != default or ANY_FOLDER.search(default):
                found[known.name] = moved
        elif task_folders.is_folder(task, known) and not (
            task_folders.is_working_directory(known) and in_folder_of_script
        ):
            found[known.name] = CLASSIC_FOLDER
    return found


def values_of(task: TaskDefinition, inputs: Mapping[str, str]) -> dict[str, str]:
    """The values that a task sees, by canonical name: defaults where nothing is given."""
    return {known.name: known.default or "" for known in task.inputs} | dict(inputs)


def open_inputs(task: TaskDefinition, inputs: Mapping[str, str], aliases: Mapping[str, str]) -> tuple[str, ...]:
    """Inputs that may hold a relative path which nothing here can place, by canonical name.

    Args:
        task: the task.
        inputs: the inputs that are given, by canonical name.
        aliases: the artifacts, whose names a path can begin with.
    """
    has_folder = any(
        task_folders.is_working_directory(known) and not task.without_effect(known, inputs) for known in task.inputs
    )
    built_in = BUILT_IN.task(task.reference) is not None
    found: list[str] = []
    for known in task.inputs:
        value = inputs.get(known.name)
        if value is None or task.without_effect(known, inputs):
            continue
        if known.type == "filepath":
            if not value and not built_in and not task_folders.is_folder(task, known):
                found.append(known.name)
        elif known.type in ("string", "multiline") and value and not has_folder:
            elsewhere = task_folders.is_path(task, known) or task_folders.starts_elsewhere(task, known)
            if not elsewhere and looks_relative(value, aliases):
                found.append(known.name)
    return tuple(found)


def looks_relative(text: str, aliases: Mapping[str, str]) -> bool:
    """Whether a text seems to hold a relative path: one that begins with an artifact, with `./`, or with `**`."""
    begins = "|".join((r"\.{1,2}", r"\*\*", *(re.escape(alias) for alias in aliases if alias)))
    return re.search(rf"(?:^|[\s\"'=;,])(?:{begins})[\\/]", text, re.IGNORECASE) is not None


_PATH_NAME = re.compile(r"path|folder|dir|file|root|cwd|package", re.IGNORECASE)


def unknown_inputs(inputs: Mapping[str, str], aliases: Mapping[str, str]) -> tuple[str, ...]:
    """Inputs of a task that is not known which seem to hold a relative path, by their value or their name."""
    return tuple(
        name
        for name, text in inputs.items()
        if looks_relative(text, aliases)
        or (_PATH_NAME.search(name) and text.casefold() not in ("true", "false") and _is_relative(text, {}, 0))
    )
