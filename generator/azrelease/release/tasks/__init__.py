"""The tasks of a release: one file for each, with its fields and the steps that it becomes.

`TASKS` is the list of them all. A task's module is imported when a release uses it.
"""

from collections.abc import Mapping
from importlib import import_module
from typing import Annotated

from pydantic_core import core_schema

from azrelease.diagnostics import MISSING_FIELD, UNKNOWN_TASK, WRONG_TYPE
from azrelease.release.fields import Rule
from azrelease.release.problems import Problem, reject
from azrelease.release.tasks.base import BaseTask, StageDefaults, TaskContext
from azrelease.suggestions import suggestion

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
        message = "expected a task"
        reject("task", Problem((), WRONG_TYPE, message, "Write `- task: ` and its name, then its fields."), value)
    name = value.get("task")
    if name is None:
        reject("task", Problem((), MISSING_FIELD, "`task` is missing", f"One of: {', '.join(_names())}."), value)
    found = task_class(name) if isinstance(name, str) and name != "Task" else None
    if found is None:
        hint = suggestion(str(name), _names(), f"There are {', '.join(_names())}.")
        hint = f"{hint} Any other task is written with its version, such as `CopyFiles@2`."
        reject("task", Problem(("task",), UNKNOWN_TASK, f"there is no task `{name}`", hint), value)
    return found.model_validate(value)


def _names() -> list[str]:
    return [name for name in TASKS if name != "Task"]


AnyTask = Annotated[BaseTask, Rule(core_schema.no_info_plain_validator_function(_read), title="Task")]
"""A task of any kind, told apart by `task`."""

__all__ = ["TASKS", "AnyTask", "BaseTask", "StageDefaults", "TaskContext", "make_task", "task_class"]
