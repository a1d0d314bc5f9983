"""The task of a step, and its inputs."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from yaml import ScalarNode

from azrelease.catalog import InputDefinition, TaskDefinition, Tasks
from azrelease.syntax import Block, MappingEntry, PipelineFile, StepOutline

_VERSION = re.compile(r"(\d+\.\d+)(?:\.(?:\d+|x|\*))?")


class KnownTask(NamedTuple):
    """A step with a task that is known.

    Attributes:
        step: the step.
        node: its `task`.
        definition: the task in the catalog.
        given: its inputs as written, each with its definition; None for an input that the task does not have.
        is_complete: whether all inputs can be seen.
    """

    step: StepOutline
    node: ScalarNode
    definition: TaskDefinition
    given: tuple[tuple[MappingEntry, InputDefinition | None], ...]
    is_complete: bool

    def input(self, name: str) -> ScalarNode | None:
        """The value of an input, by its name in the catalog or an alias; None when it is not given."""
        definition = self.definition.input(name)
        names = definition.names if definition is not None else ()
        return next((self.step.inputs[n.casefold()] for n in names if n.casefold() in self.step.inputs), None)


def task_node(step: StepOutline) -> ScalarNode | None:
    """The `task` of a step; None for other steps."""
    return step.block.scalar("task") if step.action == "task" else None


def known_tasks(file: PipelineFile, tasks: Tasks) -> Iterator[KnownTask]:
    """The steps of a file with a task of the catalog, or of the organization."""
    for step in file.outline.steps:
        node = task_node(step)
        definition = tasks.task(step.task) if node is not None else None
        if node is None or definition is None:
            continue
        entries = list(step.block.all("inputs"))
        blocks = [entry.value for entry in entries if isinstance(entry.value, Block)]
        empty = [entry for entry in entries if isinstance(entry.value, ScalarNode) and not entry.value.value]
        is_complete = (
            not step.block.open and not any(block.open for block in blocks) and len(blocks) + len(empty) == len(entries)
        )
        given = tuple(
            (entry, definition.input(entry.name))
            for block in blocks
            for entry in block.entries
            if "${{" not in entry.name
        )
        yield KnownTask(step, node, definition, given, is_complete)


def python_version(step: StepOutline) -> ScalarNode | None:
    """The version that a step with UsePythonVersion selects; None for other steps, and under a condition."""
    node = step.inputs.get("versionspec") if step.task_name == "usepythonversion" else None
    return None if node is None or step.block.entry("condition") else node


def exact_minor(node: ScalarNode) -> str | None:
    """The minor version in a text such as `3.12` or `3.12.x`; None for ranges and computed ones."""
    found = _VERSION.fullmatch(node.value.strip())
    return found[1] if found is not None else None
