"""A task group as a step template, which releases call."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from pydantic import ValidationError

from azrelease.classic.importing.generic_task import GenericTask
from azrelease.classic.json_node import JsonNode, map_texts
from azrelease.pipeline import Step
from azrelease.release.tasks import TaskContext, make_task
from azrelease.templating import Templates

GroupKey = tuple[str, str]
"""The id of a task group in lower case, and its major version."""

_SCRIPTS = ("script", "inlinescript", "scriptblock", "powershellscript", "inline")
_REFERENCE = re.compile(r"\$\{\{ parameters\.(\w+) \}\}")


class TaskGroupParameter(NamedTuple):
    """A parameter of a template.

    Attributes:
        name: its name.
        input: the input of the task group that it was.
        default: its default; None for a required one.
        help: what it is for.
    """

    name: str
    input: str
    default: str | None = None
    help: str = ""

    @property
    def reference(self) -> str:
        """Its value in a text."""
        return f"${{{{ parameters.{self.name} }}}}"


class TaskGroupTemplate(NamedTuple):
    """A step template.

    Attributes:
        key: the task group.
        title: the name of the group.
        file: the template, as a release names it.
        parameters: its parameters.
        tasks: its tasks, with references to the parameters.
        description: what the group is for.
    """

    key: GroupKey
    title: str
    file: str
    parameters: tuple[TaskGroupParameter, ...]
    tasks: tuple[GenericTask, ...]
    description: str = ""

    def tasks_with(self, values: Mapping[str, str]) -> tuple[GenericTask, ...]:
        """The tasks that a call makes of it; values by the names of parameters."""

        def filled_in(text: str) -> str:
            return _REFERENCE.sub(lambda match: values.get(match[1], match[0]), text)

        return tuple(
            task._replace(inputs=map_texts(task.inputs, filled_in), common=map_texts(task.common, filled_in))
            for task in self.tasks
        )

    @property
    def pasted(self) -> tuple[str, ...]:
        """The parameters that become parts of scripts."""
        scripts = (text for task in self.tasks for name, text in task.inputs.items() if name.casefold() in _SCRIPTS)
        return tuple(dict.fromkeys(name for text in scripts for name in _REFERENCE.findall(text)))

    def steps(self, templates: Templates) -> tuple[Step, ...]:
        """Its steps.

        Raises:
            ValidationError: a task is not a valid one.
        """
        context = TaskContext("", None, templates)
        return tuple(step for task in self.tasks for step in make_task("Task", **task.data()).steps(context))

    def is_valid(self, templates: Templates) -> bool:
        """Whether its tasks can be steps of a pipeline."""
        try:
            return bool(self.steps(templates))
        except ValidationError:
            return False

    def text(self, templates: Templates) -> str:
        """The text of its file."""
        return templates.yaml("pipeline/task_group.yml.j2", template=self, steps=self.steps(templates))


def group_key(group: Mapping[str, Any]) -> GroupKey:
    """What distinguishes a version of a task group from all others."""
    node = JsonNode(dict(group))
    return node["id"].text().casefold(), node["version"]["major"].text() or "1"
