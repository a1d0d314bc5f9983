"""What something in a file is, in a few words, with a link to its page."""

from collections.abc import Iterator
from typing import NamedTuple

from yaml import Node, ScalarNode

from azrelease.catalog.descriptions import (
    context_description,
    directive_description,
    function_description,
    key_description,
    page,
    value_description,
    variable_description,
)
from azrelease.catalog.images import image
from azrelease.catalog.predefined_variables import Known, predefined_variable
from azrelease.editor.completion.keys import parameter_documentation
from azrelease.editor.expansion_here import call_here, expansion_of, values_here
from azrelease.editor.names import Named, NameKind, occurrences
from azrelease.editor.release_schema import field_at, release_schema, route_to
from azrelease.editor.task_inputs import input_documentation, task_documentation, task_of
from azrelease.editor.template_calls import called_template, is_call, template_of
from azrelease.editor.tree_path import TreePath
from azrelease.editor.view import FileView
from azrelease.lint.facts.expressions import Expression
from azrelease.lint.linted_file import LintedFile
from azrelease.lint.run_model import known_variables
from azrelease.syntax import Parameter
from azrelease.syntax.embedded import directive, macros
from azrelease.syntax.expressions import Call, Index, Name

_MOST_VALUES = 3
_TIMES = {
    Known.EXPANSION: "Known when the pipeline is expanded, so `${{ }}` can read it.",
    Known.UNCONFIRMED: "Its page says that `${{ }}` finds it empty; pipelines in use read it there.",
    Known.RUN: "Known from the start of the run; `${{ }}` finds it empty.",
    Known.JOB: "Known on the agent, when the job runs: in macros and scripts.",
    Known.STEP: "Known in some steps only.",
}


class Hover(NamedTuple):
    """What something is.

    Attributes:
        start: where it begins in the text.
        end: where it ends.
        text: what it is, in Markdown.
    """

    start: int
    end: int
    text: str


def hover(view: FileView, offset: int) -> Hover | None:
    """What is at an offset of a file; None where nothing is known of it."""
    path = view.path_to(offset)
    if path is None or not view.is_ours or not isinstance(path.last.node, ScalarNode):
        return None
    if view.is_release:
        return _of_release(view, path)
    file = view.pipeline
    if file is None:
        return None
    found = _in_expression(view, file, offset) or _in_macro(view, file, offset)
    if found is not None:
        return found
    lines = _of_key(view, path, offset) if path.is_key else _of_value(view, file, path, offset)
    text = "\n\n".join(filter(None, lines))
    return _at(path.last.node, text) if text else None


def _at(node: Node, text: str) -> Hover:
    return Hover(int(node.start_mark.index), int(node.end_mark.index), text)


def _of_key(view: FileView, path: TreePath, offset: int) -> Iterator[str]:
    name, step = str(path.last.node.value), path.steps[-2]
    found = directive(name)
    if (step.owner, step.key) == ("steps.task", "inputs"):
        yield _input(view, name, offset)
    elif is_call(step):
        yield _argument(view, name, offset)
    elif found is not None:
        yield f"`${{{{ {found.name} }}}}`"
        yield directive_description(found.name) or ""
        yield f"[Template expressions]({page('directives')})"
    elif step.form is not None and name in step.form.keys:
        yield f"**{name}**"
        yield key_description(step.form.name, name) or ""
        values = step.form.keys[name].values
        if values:
            yield "One of: " + ", ".join(f"`{value}`" for value in values) + "."
        yield f"[{step.form.name}]({page(step.form.name)})"


def _of_value(view: FileView, file: LintedFile, path: TreePath, offset: int) -> Iterator[str]:
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


def _input(view: FileView, name: str, offset: int) -> str:
    """What an input of a task takes."""
    step = view.surroundings(offset).step
    task = None if step is None else task_of(view, step)
    definition = None if task is None else task.input(name)
    if definition is None:
        return ""
    return f"**{definition.yaml_name}** ({definition.type})\n\n{input_documentation(definition)}".strip()


def _argument(view: FileView, name: str, offset: int) -> str:
    """What a parameter of a template takes."""
    template = called_template(view, offset)
    found = None if template is None else template.parameters.get(name.casefold())
    return "" if found is None else _parameter(found)


def _parameter(found: Parameter) -> str:
    needed = "" if found.has_default else ", required"
    return f"Parameter **{found.name}** ({found.type or 'any'}{needed}). {parameter_documentation(found)}".rstrip()


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
    named = next((each.named for each in occurrences(file) if each.start <= offset <= each.end), None)
    if named is None:
        return ""
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


def _in_expression(view: FileView, file: LintedFile, offset: int) -> Hover | None:
    document = file.document
    for expression in file.all_expressions:
        node = expression.place.node
        if not int(node.start_mark.index) <= offset <= int(node.end_mark.index) or not expression.text:
            continue
        start = document.offset(node, expression.offset)
        end = document.offset(node, expression.offset + len(expression.text) - 1) + 1
        if not start <= offset <= end:
            continue
        lines = [line for line in (_part(view, file, expression, offset), _value(view, expression)) if line]
        if lines:
            return Hover(start, end, "\n\n".join(lines))
    return None


def _part(view: FileView, file: LintedFile, expression: Expression, offset: int) -> str:
    """The function, parameter, variable or context at an offset."""
    node = expression.place.node
    inside = [
        part
        for part in expression.parts
        if file.document.offset(node, expression.offset + part.start)
        <= offset
        <= file.document.offset(node, expression.offset + max(part.end - 1, part.start)) + 1
    ]
    for part in reversed(inside):
        if isinstance(part, Call):
            known = function_description(part.name)
            return f"`{known.call}`\n\n{known.text} [Functions]({page('functions')})" if known is not None else ""
    named = _named_at(file, offset)
    if named is not None:
        text = _named(view, file, named, offset)
        if text:
            return text
    roots = [part.name for part in inside if isinstance(part, Name)]
    variables = [part for part in inside if isinstance(part, Index)]
    if variables and not roots:
        return ""
    contexts = ((root, context_description(root)) for root in roots)
    return next((f"`{root}`: {text}" for root, text in contexts if text), "")


def _value(view: FileView, expression: Expression) -> str:
    """What the text with an expression becomes."""
    if expression.usage != "template" or expression.place.is_key:
        return ""
    expansion = expansion_of(view)
    values = [] if expansion is None else values_here(expansion, expression.place.node)
    if not values:
        return ""
    shown = ", ".join(f"`{' '.join(value.split())}`" for value in values[:_MOST_VALUES])
    more = ", …" if len(values) > _MOST_VALUES else ""
    return f"Becomes {shown}{more}, with the usual values of parameters."


def _in_macro(view: FileView, file: LintedFile, offset: int) -> Hover | None:
    for place in file.all_places:
        node = place.node
        if not int(node.start_mark.index) <= offset <= int(node.end_mark.index):
            continue
        for match in macros(node.value):
            start = file.document.offset(node, match.start())
            end = file.document.offset(node, match.end() - 1) + 1
            if start <= offset <= end:
                text = _variable(view, file, match[1], offset)
                return Hover(start, end, text) if text else None
    return None


def _named_at(file: LintedFile, offset: int) -> Named | None:
    return next((each.named for each in occurrences(file) if each.start <= offset <= each.end), None)


def _named(view: FileView, file: LintedFile, named: Named, offset: int) -> str:
    if named.kind is NameKind.PARAMETER:
        parameter = file.parameters.get(named.name)
        if parameter is None:
            return ""
        return _parameter(parameter)
    if named.kind is NameKind.VARIABLE:
        return _variable(view, file, named.name, offset)
    return ""


def _variable(view: FileView, file: LintedFile, name: str, offset: int) -> str:
    """A variable: where it comes from, its value, and from when on it has one."""
    job = view.surroundings(offset).job or next(iter(file.outline.jobs), None)
    lines = []
    for each in () if job is None else known_variables(file, job):
        if each.name.casefold() == name.casefold():
            value = f" = `{each.value}`" if each.value else ""
            origin = f"{each.origin}, {each.place}" if each.place else each.origin
            read = f" Scripts read it as `{each.environment}`." if each.environment else ""
            lines.append(f"**{each.name}**{value} ({origin}). It has this value from {each.since} on.{read}")
    known = predefined_variable(name)
    if known is not None and not lines:
        text = variable_description(known.name) or ""
        values = "One of: " + ", ".join(f"`{value}`" for value in known.values) + "." if known.values else ""
        lines.append(f"**{known.name}** is predefined. {text}")
        lines += [line for line in (values, _TIMES[known.known]) if line]
        lines.append(f"[Predefined variables]({page('predefined')})")
    return "\n\n".join(lines)


def _of_release(view: FileView, path: TreePath) -> Hover | None:
    """What the model says of a field of a release."""
    document = view.document
    if document is None:
        return None
    route = route_to(path)
    while route and isinstance(route[-1], int):
        route = route[:-1]
    field = field_at(release_schema(), document.data, route) if route else None
    if field is None or not field.get("description"):
        return None
    default = field.get("default")
    text = f"**{route[-1]}**\n\n{field['description']}"
    if default not in (None, [], {}):
        text += f"\n\nDefault: `{default}`."
    return _at(path.last.node, text)
