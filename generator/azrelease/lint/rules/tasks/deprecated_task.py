"""AZR407: tasks that are deprecated or removed."""

from datetime import date

from yaml import ScalarNode

from azrelease.catalog import TaskDefinition
from azrelease.lint.facts.task_inputs import KnownTask, task_node
from azrelease.lint.rule import Code, Edit, Findings, Fix, LintedFile, Rule, Severity
from azrelease.lint.rules.tasks.unknown_task_version import is_old
from azrelease.syntax.embedded import is_computed


def check(file: LintedFile) -> Findings:
    """Deprecated tasks, with their replacements."""
    for task in file.known_tasks:
        if task.definition.deprecated:
            successors = task.definition.replaced_by
            hint = f"Use {' or '.join(successors)}." if successors else "Its publisher names no replacement."
            message = f"{task.definition.reference} {_state(task.definition.removed, file.context.today)}"
            yield file.finding(RULE.code, message, task.node, hint, fix=_fix(task, file))
    yield from _old(file)


def _state(removed: date | None, today: date) -> str:
    """The state of a deprecated task on a day."""
    if removed is None:
        return "is deprecated"
    when = "was announced for" if today >= removed else "is announced for"
    return f"is deprecated, and its removal {when} {removed}"


def _old(file: LintedFile) -> Findings:
    """Versions older than all known ones."""
    tasks = file.context.tasks
    for step in file.outline.steps:
        node = task_node(step)
        if node is None or tasks.task(step.task) is not None:
            continue
        name = step.task.partition("@")[0]
        majors = tasks.majors(name)
        if majors and is_old(step.task, majors):
            message = f"{step.task} is an old, unmaintained version"
            yield file.finding(RULE.code, message, node, f"Use {name}@{majors[-1]}.")


def _fix(task: KnownTask, file: LintedFile) -> Fix | None:
    """The only replacement, where it takes all given inputs and values, and needs no others."""
    if len(task.definition.replaced_by) != 1 or task.node.style or not task.is_complete:
        return None
    successor = file.context.tasks.task(task.definition.replaced_by[0])
    if successor is None or not _takes(successor, task):
        return None
    edit = Edit(task.node.start_mark.index, task.node.end_mark.index, successor.reference)
    return Fix((edit,), safe=False)


def _takes(successor: TaskDefinition, task: KnownTask) -> bool:
    """Whether a task takes the inputs that another gets."""
    values: dict[str, str] = {}
    for entry, _ in task.given:
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
        "A deprecated task gets no fixes and is removed later; the agent prints a warning at each run. Where the publisher names a day, "
        "the message does: organizations may not have the task from that day on."
    ),
    wrong='steps:\n- task: NodeTool@0\n  inputs:\n    versionSpec: "20"\n',
    right='steps:\n- task: UseNode@1\n  inputs:\n    version: "20"\n',
    check=check,
)
