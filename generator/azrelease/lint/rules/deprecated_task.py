"""AZR407: tasks that are out of use."""

from collections.abc import Iterator
from datetime import date

from azrelease.diagnostics import DEPRECATED_TASK, Diagnostic, Edit, Fix
from azrelease.lint.rule import Rule
from azrelease.lint.rules.unknown_task_version import is_old
from azrelease.lint.subject import Subject
from azrelease.lint.task_inputs import KnownTask


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Deprecated tasks, with their successors."""
    for found in subject.known_tasks:
        if found.definition.deprecated:
            successors = found.definition.replaced_by
            hint = f"Use {' or '.join(successors)}." if successors else "Its publisher names no successor."
            message = f"{found.definition.reference} {_state(found.definition.removed, subject.around.today)}"
            yield subject.file.finding(DEPRECATED_TASK, message, found.node, hint, fix=_fix(found, subject))
    yield from _old(subject)


def _state(removed: date | None, today: date) -> str:
    """What is the matter with a deprecated task on a day."""
    if removed is None:
        return "is deprecated"
    return f"was removed on {removed}" if today >= removed else f"is deprecated, and removed on {removed}"


def _old(subject: Subject) -> Iterator[Diagnostic]:
    """Versions before all that are known."""
    tasks = subject.around.tasks
    for step in subject.outline.steps:
        node = step.block.scalar("task") if step.action == "task" else None
        if node is None or tasks.task(step.task) is not None:
            continue
        name = step.task.partition("@")[0]
        majors = tasks.majors(name)
        if majors and is_old(step.task, majors):
            message = f"{step.task} is an old version that is kept up no more"
            yield subject.file.finding(DEPRECATED_TASK, message, node, f"Use {name}@{majors[-1]}.")


def _fix(found: KnownTask, subject: Subject) -> Fix | None:
    """The successor, where there is one, it takes all inputs that are given, and needs no others."""
    if len(found.definition.replaced_by) != 1 or found.node.style:
        return None
    successor = subject.around.tasks.task(found.definition.replaced_by[0])
    if successor is None or not found.is_complete or not all(successor.input(entry.name) for entry, _ in found.given):
        return None
    values = {known.name: "$(x)" for entry, _ in found.given if (known := successor.input(entry.name))}
    if any(successor.missing(values)):
        return None
    edit = Edit(found.node.start_mark.index, found.node.end_mark.index, successor.reference)
    return Fix((edit,), safe=False)


RULE = Rule(
    DEPRECATED_TASK,
    "a task that is deprecated, or removed",
    "Deprecated tasks get no fixes and are removed in time; the agent prints a warning at each run. Where the publisher names a day, "
    "the message does: what was removed is gone from organizations from that day on.",
    'steps:\n- task: NodeTool@0\n  inputs:\n    versionSpec: "20"\n',
    'steps:\n- task: UseNode@1\n  inputs:\n    version: "20"\n',
    check,
)
