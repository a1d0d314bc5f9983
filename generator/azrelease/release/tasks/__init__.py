"""The tasks of a release: one file for each, with its fields and the steps that it becomes; `registry` lists them."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import PlainValidator, SerializeAsAny, WithJsonSchema

from azrelease.release.problems import reject
from azrelease.release.tasks.base import BaseTask, StageDefaults, TaskContext
from azrelease.release.tasks.registry import ANY, TASKS, make_task, task_class, task_names


def _read(value: object) -> object:
    if isinstance(value, BaseTask):
        return value
    name = value.get("task") if isinstance(value, Mapping) else None
    task = task_class(name) if isinstance(name, str) else None
    if task is None:
        from azrelease.release.tasks.unknown_task import unknown_task_problem

        reject("task", unknown_task_problem(value), value)
    return task.model_validate(value)


AnyTask = Annotated[SerializeAsAny[BaseTask], PlainValidator(_read), WithJsonSchema({"title": "Task"})]
"""A task of any kind; `task` says which."""

__all__ = [
    "ANY",
    "TASKS",
    "AnyTask",
    "BaseTask",
    "StageDefaults",
    "TaskContext",
    "make_task",
    "task_class",
    "task_names",
]
