"""AZR407: tasks that are out of use."""

from collections.abc import Iterator
from datetime import date

from yaml import ScalarNode

from azrelease.catalog import TaskDefinition
from azrelease.diagnostics import Code, Diagnostic, Edit, Fix, Severity
from azrelease.lint.facts.task_inputs import KnownTask
from azrelease.lint.linted_file import LintedFile
from azrelease.lint.rule import Rule
from azrelease.lint.rules.tasks.unknown_task_version import is_old
from azrelease.syntax.embedded import is_computed


def check(file: LintedFile) -> Iterator[Diagnostic]:
    """Deprecated tasks, with their successors."""
    for found in file.known_tasks:
        if found.definition.deprecated:
            successors = found.definition.replaced_by
            hint = f"Use {' or '.join(successors)}." if successors else "Its publisher names no successor."
            message = f"{found.definition.reference} {_state(found.definition.removed, file.context.today)}"
            yield file.finding(RULE.code, message, found.node, hint, fix=_fix(found, file))
    yield from _old(file)


def _state(removed: date | None, today: date) -> str:
    """What is the matter with a deprecated task on a day."""
    if removed is None:
        return "is deprecated"
    return f"was removed on {removed}" if today >= removed else f"is deprecated, and removed on {removed}"


def _old(file: LintedFile) -> Iterator[Diagnostic]:
    """Versions before all that are known."""
    tasks = file.context.tasks
    for step in file.outline.steps:
        node = step.block.scalar("task") if step.action == "task" else None
        if node is None or tasks.task(step.task) is not None:
            continue
        name = step.task.partition("@")[0]
        majors = tasks.majors(name)
        if majors and is_old(step.task, majors):
            message = f"{step.task} is an old version that is kept up no more"
            yield file.finding(RULE.code, message, node, f"Use {name}@{majors[-1]}.")


def _fix(found: KnownTask, file: LintedFile) -> Fix | None:
    """The successor, where there is one, it takes all inputs and values that are given, and needs no others."""
    if len(found.definition.replaced_by) != 1 or found.node.style or not found.is_complete:
        return None
    successor = file.context.tasks.task(found.definition.replaced_by[0])
    if successor is None or not _takes(successor, found):
        return None
    edit = Edit(found.node.start_mark.index, found.node.end_mark.index, successor.reference)
    return Fix((edit,), safe=False)


def _takes(successor: TaskDefinition, found: KnownTask) -> bool:
    """Whether a task takes what another is given."""
    values: dict[str, str] = {}
    for entry, _ in found.given:
        known, value = successor.input(entry.name), entry.value
        if known is None or not isinstance(value, ScalarNode):
            return False
        if value.value and not is_computed(value.value) and not known.allows(value.value):
            return False
        values[known.name] = value.value or "$(x)"
    without_effect = any(successor.without_effect(known, values) for known in successor.inputs if known.name in values)
    return not without_effect and not any(successor.missing(values))


RULE = Rule(
    code=Code("AZR407", "deprecated-task", Severity.WARNING),
    summary="a task that is deprecated, or removed",
    why=(
        "Deprecated tasks get no fixes and are removed in time; the agent prints a warning at each run. Where the publisher names a day, "
        "the message does: what was removed is gone from organizations from that day on."
    ),
    wrong='steps:\n- task: NodeTool@0\n  inputs:\n    versionSpec: "20"\n',
    right='steps:\n- task: UseNode@1\n  inputs:\n    version: "20"\n',
    check=check,
)
