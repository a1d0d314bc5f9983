"""Tasks, the inputs that apply to one, and their values; for pipelines and releases."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from azrelease.catalog import InputDefinition, TaskDefinition, Tasks
from azrelease.editor.completion.items import ItemKind, Suggestion
from azrelease.editor.task_inputs import input_documentation, task_documentation

TRUTH = ("true", "false")
_CONNECTION = "connectedservice:"


def task_items(tasks: Tasks) -> Iterator[Suggestion]:
    """Every known task with its major versions."""
    for name in sorted(tasks.names()):
        majors = tasks.majors(name)
        for major in reversed(majors):
            task = tasks.task(f"{name}@{major}")
            if task is None:
                continue
            is_old = task.deprecated or task.removed is not None
            detail = "deprecated" if is_old else "the newest version" if major == majors[-1] else "an older version"
            order = 7 if is_old else 3 if major == majors[-1] else 5
            documentation = task_documentation(task, majors)
            yield Suggestion(task.reference, ItemKind.TASK, None, detail, documentation, order, is_old)


def input_items(
    task: TaskDefinition, given: Mapping[str, str], present: Collection[str], ending: str
) -> Iterator[Suggestion]:
    """The inputs of a task that apply with those that are given.

    Args:
        task: the task.
        given: the values of inputs, by canonical name.
        present: the names that are written, in lower case.
        ending: what follows a name that is taken.
    """
    for definition in task.inputs:
        is_present = any(name.casefold() in present for name in definition.names)
        if not is_present and not task.without_effect(definition, given):
            yield _input(definition, ending)


def input_values(definition: InputDefinition, connections: Iterable[str]) -> Iterator[Suggestion]:
    """The options of an input, its truth values, and for a service connection those of the project."""
    documentation = input_documentation(definition)
    for option in definition.options or (TRUTH if definition.type == "boolean" else ()):
        is_default = option == definition.default
        detail = "the default" if is_default else ""
        yield Suggestion(option, ItemKind.VALUE, None, detail, documentation, 2 if is_default else 3)
    if definition.type.casefold().startswith(_CONNECTION):
        for name in connections:
            yield Suggestion(name, ItemKind.VALUE, None, "a service connection of the project", order=2)


def _input(definition: InputDefinition, ending: str) -> Suggestion:
    name = definition.yaml_name
    is_needed = definition.required and not definition.has_default
    return Suggestion(
        name,
        ItemKind.INPUT,
        f"{name}{ending}",
        f"{definition.type}{', required' if definition.required else ''}",
        input_documentation(definition),
        order=2 if is_needed else 5,
        also=" ".join(other for other in definition.names if other != name),
    )
