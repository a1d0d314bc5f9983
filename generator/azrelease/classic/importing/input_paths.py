"""Resolves paths in inputs of tasks, since a classic job starts in the folder of the artifacts.

Relative and empty paths get the prefix `$(System.DefaultWorkingDirectory)`, which an import then translates.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from azrelease.catalog import task_folders
from azrelease.catalog.tasks import BUILT_IN, InputDefinition, TaskDefinition
from azrelease.classic.macro_translation import ANY_FOLDER, CLASSIC_FOLDER

_MOST_VARIABLES = 10  # variables of variables

_ROOTED = re.compile(r"[/\\]|[A-Za-z]:|%\w|\$env:|\$\{|\$[A-Z]|[A-Za-z][A-Za-z0-9+.-]*://", re.IGNORECASE)
"""The beginning of an absolute path: a root, a drive, a URL, an environment variable."""

_FOLDER_VARIABLE = re.compile(
    r"(?:agent\.(?:build|home|release|root|temp|tools)directory|agent\.workfolder"
    r"|build\.(?:artifactstaging|staging|binaries|sources)directory|build\.repository\.localpath"
    r"|common\.testresultsdirectory|pipeline\.workspace|system\.(?:artifacts|defaultworking)directory"
    r"|system\.workfolder|.+\.securefilepath)",
    re.IGNORECASE,
)
"""Variables whose value is a full path (learn.microsoft.com/azure/devops/pipelines/build/variables, and
…/release/variables): folders of the agent, and the variable of DownloadSecureFile@1."""

_FIRST_MACRO = re.compile(r"\$\(\s*([^()]*?)\s*\)")
_MARK = re.compile(r"\s*(?:!+|[+-]:)?\"?")
"""The prefix of a pattern: an exclusion, and a quotation mark."""


class ResolvedInput(NamedTuple):
    """An input with full paths; `is_certain` where the folder of each path is known."""

    text: str
    is_certain: bool = True


def resolved(task: TaskDefinition, known: InputDefinition, text: str, variables: Mapping[str, str]) -> ResolvedInput:
    """Resolve the relative paths of an input from the folder of the artifacts.

    Args:
        task: the task.
        known: the input.
        text: its value in the definition.
        variables: values of variables, by name in lower case.
    """
    if not task_folders.is_path(task, known) or task_folders.is_kept_as_it_is(task, known, text):
        return ResolvedInput(text)
    parts = [_part(part, variables) for part in re.split(f"([{task_folders.separators(task, known)}])", text)]
    return ResolvedInput("".join(part.text for part in parts), all(part.is_certain for part in parts))


def _part(text: str, variables: Mapping[str, str]) -> ResolvedInput:
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
    """Whether a path is relative; None where it begins with an unknown variable."""
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
    """Inputs without a value whose default is a path in a classic job, by canonical name as `inputs` are."""
    in_folder_of_script = task_folders.runs_in_folder_of_script(task, values_of(task, inputs))
    values: dict[str, str] = {}
    for known in task.inputs:
        if inputs.get(known.name) or task.without_effect(known, inputs):
            continue
        default = known.default or ""
        if default and known.name not in inputs:
            moved = ANY_FOLDER.sub(lambda _: CLASSIC_FOLDER, resolved(task, known, default, {}).text)
            if moved != default or ANY_FOLDER.search(default):
                values[known.name] = moved
        elif task_folders.is_folder(task, known) and not (
            task_folders.is_working_directory(known) and in_folder_of_script
        ):
            values[known.name] = CLASSIC_FOLDER
    return values


def values_of(task: TaskDefinition, inputs: Mapping[str, str]) -> dict[str, str]:
    """Inputs with the defaults of a task, by canonical name."""
    return {known.name: known.default or "" for known in task.inputs} | dict(inputs)


def open_inputs(task: TaskDefinition, inputs: Mapping[str, str], aliases: Mapping[str, str]) -> tuple[str, ...]:
    """Inputs that may contain a relative path in an unknown folder, by canonical name as `inputs` are.

    Such a path may begin with one of the aliases of artifacts.
    """
    has_folder = any(
        task_folders.is_working_directory(known) and not task.without_effect(known, inputs) for known in task.inputs
    )
    built_in = BUILT_IN.task(task.reference) is not None
    names: list[str] = []
    for known in task.inputs:
        value = inputs.get(known.name)
        if value is None or task.without_effect(known, inputs):
            continue
        if known.type == "filepath":
            if not value and not built_in and not task_folders.is_folder(task, known):
                names.append(known.name)
        elif known.type in ("string", "multiline") and value and not has_folder:
            elsewhere = task_folders.is_path(task, known) or task_folders.starts_elsewhere(task, known)
            if not elsewhere and looks_relative(value, aliases):
                names.append(known.name)
    return tuple(names)


def looks_relative(text: str, aliases: Mapping[str, str]) -> bool:
    """Whether a text seems to contain a relative path: one that begins with an artifact, with `./`, or with `**`."""
    begins = "|".join((r"\.{1,2}", r"\*\*", *(re.escape(alias) for alias in aliases if alias)))
    return re.search(rf"(?:^|[\s\"'=;,])(?:{begins})[\\/]", text, re.IGNORECASE) is not None


_PATH_NAME = re.compile(r"path|folder|dir|file|root|cwd|package", re.IGNORECASE)


def unknown_inputs(inputs: Mapping[str, str], aliases: Mapping[str, str]) -> tuple[str, ...]:
    """Inputs of an unknown task that seem to contain a relative path, by their value or their name."""
    return tuple(
        name
        for name, text in inputs.items()
        if looks_relative(text, aliases)
        or (_PATH_NAME.search(name) and text.casefold() not in ("true", "false") and _is_relative(text, {}, 0))
    )
