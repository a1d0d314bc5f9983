"""What is wrong with an item of `tasks` that names no task, and what to write instead."""

from collections.abc import Mapping

from azrelease import catalog
from azrelease.diagnostics import MISSING_FIELD, UNKNOWN_TASK, WRONG_TYPE
from azrelease.release.fields import HAS_TO_BE
from azrelease.release.problems import Problem
from azrelease.release.tasks.registry import task_names
from azrelease.suggestions import closest, suggestion

_STEPS: Mapping[str, str] = {
    "script": "Bash",
    "bash": "Bash",
    "pwsh": "PowerShell",
    "powershell": "PowerShell",
}
"""Steps of a pipeline that are not tasks, and the task that does the same."""


def unknown_task_problem(value: object) -> Problem:
    """The problem of a value that is not a task."""
    if not isinstance(value, Mapping):
        name = _right_name(value) if isinstance(value, str) else None
        hint = f"Write `- task: {name or 'Bash'}`, then its fields below."
        return Problem((), WRONG_TYPE, f"{HAS_TO_BE} a mapping", hint)
    name = value.get("task")
    if name is None:
        return Problem((), MISSING_FIELD, "`task` is missing", _missing_hint(value))
    if not isinstance(name, str):
        hint = "Write the name of a task: `task: Bash`, `task: CopyFiles@2`."
        return Problem(("task",), WRONG_TYPE, f"{HAS_TO_BE} text", hint)
    return Problem(("task",), UNKNOWN_TASK, f"there is no task `{name}`", _unknown_hint(name))


def _right_name(name: str) -> str | None:
    """The right spelling of a task: of a release, or of Azure Pipelines with its newest version."""
    own = {task.casefold(): task for task in task_names()}.get(name.casefold())
    if own is not None:
        return own
    stem, _, version = name.partition("@")
    built_in = next((task for task in catalog.BUILT_IN.names() if task.casefold() == stem.casefold()), None)
    if built_in is None:
        return name if version else None
    return f"{built_in}@{version or max(catalog.BUILT_IN.majors(built_in))}"


def _missing_hint(value: Mapping[str, object]) -> str:
    step = next((step for step in _STEPS if step in value), None)
    if step is not None:
        return f"A step `{step}` of a pipeline is written `task: {_STEPS[step]}` here, with a `script`."
    return f"One of: {', '.join(task_names())}; or any other with its version: `task: CopyFiles@2`."


def _unknown_hint(name: str) -> str:
    known = _right_name(name)
    if known is not None:
        return f"Write `task: {known}`" + (", with its version." if "@" in known else ".")
    own = suggestion(name, task_names())
    built_in = None if own else closest(name, catalog.BUILT_IN.names())
    if built_in is not None:
        return f"Did you mean `{built_in}@{max(catalog.BUILT_IN.majors(built_in))}`?"
    hint = own or f"There are {', '.join(task_names())}."
    return f"{hint} Any other task is written with its version, such as `CopyFiles@2`."
