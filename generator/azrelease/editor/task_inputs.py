"""The task of a step and its inputs, in words."""

from azrelease.catalog import InputDefinition, TaskDefinition
from azrelease.editor.view import FileView
from azrelease.syntax import StepOutline

_MOST_INPUTS = 12
"""The inputs that fit into a hover."""
_MOST_TEXT = 60

_PAGE = "https://learn.microsoft.com/azure/devops/pipelines/tasks/reference/"


def task_of(view: FileView, step: StepOutline) -> TaskDefinition | None:
    """The task of a step; None for another step, and for an unknown task."""
    return view.context.tasks.task(step.task) if step.task else None


def given_values(task: TaskDefinition, step: StepOutline) -> dict[str, str]:
    """The inputs that a step gives, by canonical name."""
    found = {}
    for name, node in step.inputs.items():
        definition = task.input(name)
        if definition is not None:
            found[definition.name] = str(node.value)
    return found


def input_documentation(definition: InputDefinition) -> str:
    """What an input takes, in Markdown."""
    lines = []
    if definition.required:
        has_default = definition.has_default and definition.default is None
        lines.append("Required; it has a default." if has_default else "Required.")
    if definition.default:
        lines.append(f"Default: `{_short(definition.default)}`.")
    if definition.options:
        also = ", or any other text" if definition.editable else ""
        lines.append("One of: " + ", ".join(f"`{option}`" for option in definition.options) + f"{also}.")
    if len(definition.names) > 1:
        others = [name for name in definition.names if name != definition.yaml_name]
        lines.append("Also written as " + ", ".join(f"`{name}`" for name in others) + ".")
    if definition.visible_when:
        lines.append("Applies where " + " and ".join(f"`{rule}`" for rule in definition.visible_when) + ".")
    return "\n\n".join(lines)


def task_documentation(task: TaskDefinition, majors: tuple[int, ...]) -> str:
    """What is known of a task, in Markdown, with a link to its page."""
    lines = []
    if task.removed is not None:
        lines.append(f"**Removed on {task.removed}.**")
    elif task.deprecated:
        lines.append("**Deprecated.**")
    if task.replaced_by:
        lines.append("Replaced by " + ", ".join(f"`{other}`" for other in task.replaced_by) + ".")
    if not task.runs_on_agent:
        lines.append("Runs in a job without an agent (`pool: server`).")
    needed = [each.yaml_name for each in task.inputs if each.required and not each.has_default]
    if needed:
        lines.append("Needs " + ", ".join(f"`{name}`" for name in needed) + ", as far as they apply.")
    others = [each.yaml_name for each in task.inputs if each.yaml_name not in needed]
    if others:
        shown = ", ".join(f"`{name}`" for name in others[:_MOST_INPUTS])
        more = f" and {len(others) - _MOST_INPUTS} more" if len(others) > _MOST_INPUTS else ""
        lines.append(f"Also takes {shown}{more}.")
    if len(majors) > 1:
        lines.append("Versions: " + ", ".join(f"`@{major}`" for major in majors) + ".")
    lines.append(f"[Tasks]({_PAGE})")
    return "\n\n".join(lines)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _MOST_TEXT else f"{line[: _MOST_TEXT - 1]}…"
