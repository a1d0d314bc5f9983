"""The tasks of a release: one file for each, with its fields and the steps that it becomes.

`TASKS` is the list of them all. A task's module is imported when a release uses it.
"""

from collections.abc import Mapping
from importlib import import_module
from typing import Annotated

from pydantic import PlainValidator, SerializeAsAny, WithJsonSchema

from azrelease import catalog
from azrelease.diagnostics import MISSING_FIELD, UNKNOWN_TASK, WRONG_TYPE
from azrelease.release.fields import HAS_TO_BE
from azrelease.release.problems import Problem, reject
from azrelease.release.tasks.base import BaseTask, StageDefaults, TaskContext
from azrelease.suggestions import closest, suggestion

TASKS: Mapping[str, str] = {
    "UsePythonVersion": "use_python_version",
    "InstallAzureCLIExtension": "install_azure_cli_extension",
    "RegisterModel": "register_model",
    "ShareModel": "share_model",
    "EvaluationGate": "evaluation_gate",
    "OnlineEndpoint": "online_endpoint",
    "OnlineDeployment": "online_deployment",
    "AllocateTraffic": "allocate_traffic",
    "MirrorTraffic": "mirror_traffic",
    "DeleteDeployment": "delete_deployment",
    "InvokeEndpoint": "invoke_endpoint",
    "BatchEndpoint": "batch_endpoint",
    "BatchDeployment": "batch_deployment",
    "BatchInvoke": "batch_invoke",
    "BatchTest": "batch_test",
    "ModelDeploy": "model_deploy",
    "CreateAksCompute": "create_aks_compute",
    "InstallRequirements": "install_requirements",
    "EndpointTest": "endpoint_test",
    "PublishTestResults": "publish_test_results",
    "PublishCodeCoverage": "publish_code_coverage",
    "AzureCLI": "azure_cli",
    "Bash": "bash",
    "PowerShell": "powershell",
    "Python": "python",
    "Task": "any_task",
}
"""The class of each task and its module. `Task` stands for all that are written `name@major`."""

_STEPS: Mapping[str, str] = {
    "script": "Bash",
    "bash": "Bash",
    "pwsh": "PowerShell",
    "powershell": "PowerShell",
}
"""Steps of a pipeline that are no tasks, and the task that does the same."""


def task_class(name: str) -> type[BaseTask] | None:
    """The class for the value of `task`, or None when there is no such task."""
    name = "Task" if "@" in name else name
    if name not in TASKS:
        return None
    found: type[BaseTask] = getattr(import_module(f"{__name__}.{TASKS[name]}"), name)
    return found


def make_task(name: str, /, **fields: object) -> BaseTask:
    """A task of ours by name, with these fields as a file would have them.

    Raises:
        ValidationError: a field is not right.
    """
    found = task_class(name)
    assert found is not None
    return found.model_validate({"task": name, **fields})


def _read(value: object) -> object:
    if not isinstance(value, Mapping):
        if isinstance(value, BaseTask):
            return value
        name = _known(value) if isinstance(value, str) else None
        hint = f"Write `- task: {name or 'Bash'}`, then its fields below."
        reject("task", Problem((), WRONG_TYPE, f"{HAS_TO_BE} a mapping", hint), value)
    name = value.get("task")
    if name is None:
        reject("task", Problem((), MISSING_FIELD, "`task` is missing", _missing_hint(value)), value)
    if not isinstance(name, str):
        hint = "Write the name of a task: `task: Bash`, `task: CopyFiles@2`."
        reject("task", Problem(("task",), WRONG_TYPE, f"{HAS_TO_BE} text", hint), value)
    found = task_class(name) if name != "Task" else None
    if found is None:
        reject("task", Problem(("task",), UNKNOWN_TASK, f"there is no task `{name}`", _unknown_hint(name)), value)
    return found.model_validate(value)


def _known(name: str) -> str | None:
    """A task as its name is written: one of ours, or a built-in one, with its newest version."""
    own = {task.casefold(): task for task in _names()}.get(name.casefold())
    if own is not None:
        return own
    stem, _, version = name.partition("@")
    built_in = next((task for task in catalog.BUILT_IN.names() if task.casefold() == stem.casefold()), None)
    if built_in is None:
        return name if version else None
    return f"{built_in}@{version or max(catalog.majors(built_in))}"


def _missing_hint(value: Mapping[str, object]) -> str:
    step = next((step for step in _STEPS if step in value), None)
    if step is not None:
        return f"A step `{step}` of a pipeline is written `task: {_STEPS[step]}` here, with a `script`."
    return f"One of: {', '.join(_names())}; or any other with its version: `task: CopyFiles@2`."


def _unknown_hint(name: str) -> str:
    known = _known(name)
    if known is not None:
        return f"Write `task: {known}`" + (", with its version." if "@" in known else ".")
    own = suggestion(name, _names())
    built_in = None if own else closest(name, catalog.BUILT_IN.names())
    if built_in is not None:
        return f"Did you mean `{built_in}@{max(catalog.majors(built_in))}`?"
    hint = own or f"There are {', '.join(_names())}."
    return f"{hint} Any other task is written with its version, such as `CopyFiles@2`."


def _names() -> list[str]:
    return [name for name in TASKS if name != "Task"]


AnyTask = Annotated[SerializeAsAny[BaseTask], PlainValidator(_read), WithJsonSchema({"title": "Task"})]
"""A task of any kind, told apart by `task`."""

__all__ = ["TASKS", "AnyTask", "BaseTask", "StageDefaults", "TaskContext", "make_task", "task_class"]
