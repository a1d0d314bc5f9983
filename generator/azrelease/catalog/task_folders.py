"""The folders that paths in inputs of built-in tasks start in, which definitions of tasks do not contain.

An agent resolves inputs of the type `filePath`: a relative or empty one starts in the folder of the sources in a
pipeline, and in the folder of the artifacts in a classic release. Other inputs reach the task as they are, and its code
decides what a relative path means.

Source: `schemas/task_paths.json`, made from `TaskRunner.cs` and `ReleaseJobExtension.cs` of
microsoft/azure-pipelines-agent, and the code of the tasks in microsoft/azure-pipelines-tasks.
"""

from collections.abc import Mapping

from azrelease.catalog.tasks import InputDefinition, TaskDefinition
from azrelease.data_files import read_table


def is_path(task: TaskDefinition, known: InputDefinition) -> bool:
    """Whether an input has paths that start where the job starts."""
    return known.type == "filepath" or _is_listed("paths_by_task", task, known)


def is_working_directory(known: InputDefinition) -> bool:
    """Whether an input names the folder that a task starts in."""
    return any(name.casefold() in _table()["working_directories"] for name in known.names)


def is_folder(task: TaskDefinition, known: InputDefinition) -> bool:
    """Whether an empty input means the folder where the job starts.

    An empty input for a file means no file: tasks compare it to that folder (`filePathSupplied` of the task library).
    """
    if _is_listed("folders_by_task", task, known):
        return True
    is_named = any(name.casefold() in _table()["folders"] for name in known.names)
    return known.type == "filepath" and (is_named or is_working_directory(known))


def starts_elsewhere(task: TaskDefinition, known: InputDefinition) -> bool:
    """Whether the paths of an input are known to start in another folder, or on another machine."""
    return _is_listed("paths_elsewhere_by_task", task, known)


def separators(task: TaskDefinition, known: InputDefinition) -> str:
    """The characters that separate several paths in an input."""
    return "\n;," if _is_listed("separated_by_commas", task, known) else "\n;"


def is_kept_as_it_is(task: TaskDefinition, known: InputDefinition, value: str) -> bool:
    """Whether a value of an input with paths is not a path: `**` of Docker@2 means the folder of the Dockerfile."""
    return (_name(task), known.name.casefold(), value) == ("docker", "buildcontext", "**")


def runs_in_folder_of_script(task: TaskDefinition, values: Mapping[str, str]) -> bool:
    """Whether a task without a working directory starts in the folder of its script.

    The values are by canonical name.
    """
    inline = values.get("scriptLocation", "").casefold() == "inlinescript"
    is_off = values.get("disableAutoCwd", "").casefold() == "true"
    return task.reference.casefold() in _table()["start_in_folder_of_script"] and not inline and not is_off


def script_without_folder(task: TaskDefinition, values: Mapping[str, str]) -> str | None:
    """The input with a script that always starts where the job starts; None where there is none.

    The values are by canonical name. With `pwsh: true`, AzurePowerShell@4 starts in `workingDirectory`.
    """
    key = task.reference.casefold()
    is_core = key == "azurepowershell@4" and values.get("pwsh", "").casefold() == "true"
    if key not in _table()["ignore_working_directory"] or is_core:
        return None
    name = "Inline" if values.get("ScriptType", "").casefold() == "inlinescript" else "ScriptPath"
    return name if values.get(name) else None


def _table() -> dict[str, list[str]]:
    return read_table("task_paths.json")


def _is_listed(key: str, task: TaskDefinition, known: InputDefinition) -> bool:
    inputs: Mapping[str, list[str]] = read_table("task_paths.json")[key]
    return known.name.casefold() in inputs.get(_name(task), ())


def _name(task: TaskDefinition) -> str:
    return task.reference.partition("@")[0].casefold()
