"""The tasks of a stage as the steps of its deployment's lifecycle hooks."""

from collections.abc import Sequence
from typing import NamedTuple

from azrelease.pipeline import Step
from azrelease.release.tasks import BaseTask, TaskContext


class Hooks(NamedTuple):
    """Steps by lifecycle hook."""

    deploy: tuple[Step, ...]
    on_failure: tuple[Step, ...] = ()
    on_success: tuple[Step, ...] = ()


def lower_tasks(tasks: Sequence[BaseTask], context: TaskContext) -> Hooks:
    """The steps of completed tasks, and of the rollout if the context has one."""
    if context.rollout is None:
        return Hooks(tuple(step for task in tasks for step in task.steps(context)))
    from azrelease.lowering.rollouts import lower_rollout

    return lower_rollout(tasks, context)
