"""What a value is: a task, an image, the call of a template, a stage or job, or a word of the language."""

from collections.abc import Iterator

from azrelease.catalog.descriptions import value_description
from azrelease.catalog.images import image
from azrelease.editor.expansion_here import call_here, expansion_of
from azrelease.editor.names import NameKind, occurrence_at
from azrelease.editor.parameters import parameter_documentation
from azrelease.editor.task_inputs import task_documentation, task_of
from azrelease.editor.template_calls import template_of
from azrelease.editor.tree_path import TreePath
from azrelease.editor.view import FileView
from azrelease.lint.linted_file import LintedFile


def of_value(view: FileView, file: LintedFile, path: TreePath, offset: int) -> Iterator[str]:
    """What the value at the end of a way is, in parts."""
    step, text = path.last, str(path.last.node.value)
    around = view.surroundings(offset)
    if step.key == "task" and around.step is not None:
        task = task_of(view, around.step)
        if task is not None:
            yield f"**{task.reference}**"
            yield task_documentation(task, view.context.tasks.majors(task.reference.partition("@")[0]))
    elif step.key == "vmImage":
        yield _image(view, text)
    elif step.key == "template":
        yield _call(view, file, path)
    elif step.key in ("dependsOn", "stage", "job", "deployment"):
        yield _member(file, offset)
    else:
        yield value_description(step.owner, step.key, text) or ""


def _image(view: FileView, label: str) -> str:
    known = image(label)
    if known is None:
        return ""
    today = f", today `{known.resolves_to}`" if known.resolves_to else ""
    status = known.status(view.context.today)
    removal = f" It is removed {known.removal}." if known.removal else ""
    python = f" Python {', '.join(known.python)}." if known.python else ""
    return f"**{known.label}**{today}: {known.system}, {status}.{removal}{python}"


def _call(view: FileView, file: LintedFile, path: TreePath) -> str:
    """What a call of a template becomes, and its parameters."""
    reference = next((each for each in file.templates if each.node is path.last.node), None)
    if reference is None:
        return ""
    template = template_of(view, reference)
    lines = [] if template is None else ["Template with these parameters:" if template.parameters else "Template."]
    for parameter in template.parameters.values() if template is not None else ():
        needed = "" if parameter.has_default else ", required"
        documentation = parameter_documentation(parameter)
        lines.append(f"- `{parameter.name}` ({parameter.type or 'any'}{needed}) {documentation}".rstrip())
    expansion = expansion_of(view)
    text = "" if expansion is None else call_here(expansion, reference)
    if text:
        lines += ["", "Becomes, with the usual values of parameters:", "", "```yaml", text, "```"]
    return "\n".join(lines)


def _member(file: LintedFile, offset: int) -> str:
    """A stage or a job, by what it waits for and where it deploys to."""
    occurrence = occurrence_at(file, offset)
    if occurrence is None:
        return ""
    named = occurrence.named
    for stage in file.outline.stages:
        if named.kind is NameKind.STAGE and (stage.name or "").casefold() == named.name:
            jobs = ", ".join(f"`{job.name}`" for job in stage.jobs if job.name)
            return f"Stage **{stage.block.text('displayName') or stage.name}**" + (f" with {jobs}" if jobs else "")
        for job in stage.jobs:
            is_of = named.kind is NameKind.JOB and (stage.name or "").casefold() == named.owner
            if is_of and (job.name or "").casefold() == named.name:
                to = f", deploys to environment `{job.environment}`" if job.environment else ""
                steps = "1 step" if len(job.steps) == 1 else f"{len(job.steps)} steps"
                return f"Job **{job.block.text('displayName') or job.name}** with {steps}{to}"
    return ""
