"""The tasks that there are: built-in ones, and those of other packages (entry points `azrelease.tasks`)."""

import re
from collections.abc import Mapping
from importlib import import_module

from azrelease.plugins import TASK_GROUP, Plugin, plugins
from azrelease.release.tasks.base import BaseTask

TASKS = (
    "UsePythonVersion",
    "InstallAzureCLIExtension",
    "RegisterModel",
    "ShareModel",
    "EvaluationGate",
    "OnlineEndpoint",
    "OnlineDeployment",
    "AllocateTraffic",
    "MirrorTraffic",
    "DeleteDeployment",
    "InvokeEndpoint",
    "BatchEndpoint",
    "BatchDeployment",
    "BatchInvoke",
    "BatchTest",
    "ModelDeploy",
    "CreateAksCompute",
    "InstallRequirements",
    "EndpointTest",
    "PublishTestResults",
    "PublishCodeCoverage",
    "AzureCLI",
    "Bash",
    "PowerShell",
    "Python",
    "Template",
)
"""The classes of built-in tasks, in the order of the documentation.

A class is imported when it is used, from the module of its name: `UsePythonVersion` from `use_python_version.py`.
"""

ANY = "Task"
"""The class of all tasks that are written `name@major`."""


def task_names() -> tuple[str, ...]:
    """The values of `task` that need no version: built-in tasks, then those of other packages.

    Raises:
        PluginError: a package declares a task that cannot be used.
    """
    return (*TASKS, *_plugins())


def task_class(name: str) -> type[BaseTask] | None:
    """The class for the value of `task`; None where there is no such task.

    Raises:
        PluginError: a package declares a task that cannot be used.
    """
    declared = _plugins()
    if "@" in name:
        return built_in_task(ANY)
    if name in TASKS:
        return built_in_task(name)
    return _plugin_task(declared[name]) if name in declared else None


def built_in_task(name: str) -> type[BaseTask]:
    """The class of a built-in task."""
    module = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()
    task: type[BaseTask] = getattr(import_module(f"azrelease.release.tasks.{module}"), name)
    return task


def make_task(name: str, /, **fields: object) -> BaseTask:
    """A built-in task with these fields, as a file would have them.

    Raises:
        ValidationError: a field is not right.
    """
    return built_in_task(name).model_validate(fields)


def _plugins() -> Mapping[str, Plugin]:
    built_in = {name.casefold() for name in (*TASKS, ANY)}
    declared = {plugin.name: plugin for plugin in plugins(TASK_GROUP)}
    for plugin in declared.values():
        if plugin.name.casefold() in built_in:
            raise plugin.error("has the name of a built-in task")
    return declared


def _plugin_task(plugin: Plugin) -> type[BaseTask]:
    task = plugin.load()
    if not isinstance(task, type) or not issubclass(task, BaseTask):
        raise plugin.error("is not a subclass of azrelease.BaseTask")
    if task.__name__ != plugin.name:
        raise plugin.error(f"is the class {task.__name__}; its entry point has to have the same name")
    try:
        task.model_rebuild()
    except Exception as error:
        raise plugin.error(f"has a field that cannot be used: {error}") from error
    return task
