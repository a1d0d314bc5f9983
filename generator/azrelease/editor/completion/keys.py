"""Keys, where they are allowed: of the language, inputs of tasks, and parameters of templates."""

from collections.abc import Collection, Iterator

from yaml import MappingNode, Node, ScalarNode, SequenceNode

from azrelease.catalog.descriptions import directive_description, key_description
from azrelease.editor.completion.items import ItemKind, Suggestion, Written
from azrelease.editor.completion.tasks import input_items
from azrelease.editor.completion.values import value_items
from azrelease.editor.cursor import PLACEHOLDER
from azrelease.editor.parameters import parameter_documentation
from azrelease.editor.task_inputs import given_values, task_of
from azrelease.editor.template_calls import called_template, is_call
from azrelease.editor.tree_path import TreeStep
from azrelease.syntax import Parameter
from azrelease.syntax.embedded import directive
from azrelease.syntax.language import KeyForm, ValueKind

_DIRECTIVES = {"if": "${{ if  }}:", "elseif": "${{ elseif  }}:", "else": "${{ else }}:", "each": "${{ each  in  }}:"}


def key_items(here: Written) -> Iterator[Suggestion]:
    """What can be written where a key, or an item of a list, begins."""
    if not here.path.is_key:
        yield from value_items(here)
        return
    step = here.path.steps[-2]
    present = set(_present(step.node))
    if step.is_continued:
        present.update(_present(here.path.steps[-3].node))
    if (step.owner, step.key) == ("steps.task", "inputs"):
        yield from _inputs(here, present)
    elif is_call(step):
        yield from _arguments(here, present)
    elif len(step.node.value) == 1 and not step.is_continued:
        yield from _first_keys(here, step)
    elif step.form is not None:
        yield from (*_of_form(here, step.form, present), *_directives())
    else:
        yield from (*_of_kind(here, step.kind, present), *_directives())


def _first_keys(here: Written, step: TreeStep) -> Iterator[Suggestion]:
    """What a value begins with: keys, texts, and of a list its items, each with a dash where there is none."""
    of = step.kind
    if of.items is not None and not of.forms and not _is_item(here):
        texts = value_items(here) if of.items.scalar is not None else ()
        for item in (*_of_kind(here, of.items, ()), *texts):
            yield item._replace(text=f"- {item.text or item.label}")
        return
    yield from _of_kind(here, of, ())
    if of.forms or of.free:
        yield from _directives()
    if of.scalar is not None or of.any:
        yield from value_items(here)


def _is_item(here: Written) -> bool:
    """Whether the mapping that is being written is an item of a list."""
    *around, _, _ = here.path.steps
    return bool(around) and isinstance(around[-1].node, SequenceNode)


def _present(node: Node) -> Iterator[str]:
    """The keys of a mapping in lower case, without directives."""
    for key, _ in node.value if isinstance(node, MappingNode) else ():
        if isinstance(key, ScalarNode) and PLACEHOLDER not in key.value and directive(key.value) is None:
            yield key.value.casefold()


def _of_kind(here: Written, of: ValueKind, present: Collection[str]) -> Iterator[Suggestion]:
    """The keys that a value may begin with."""
    for form in of.forms:
        if form.by is None:
            yield from _of_form(here, form, present)
        elif form.by not in present:
            yield _key(here, form, form.by, order=2)


def _of_form(here: Written, form: KeyForm, present: Collection[str]) -> Iterator[Suggestion]:
    for name in form.keys:
        if name.casefold() not in present:
            yield _key(here, form, name, order=3 if name in form.required or name == form.by else 5)


def _key(here: Written, form: KeyForm, name: str, *, order: int) -> Suggestion:
    of = form.keys[name]
    is_plain = of.scalar is not None or of.any
    text = name if _has_colon(here) else f"{name}: " if is_plain else f"{name}:"
    return Suggestion(name, ItemKind.KEY, text, _what(of), key_description(form.name, name) or "", order=order)


def _what(of: ValueKind) -> str:
    """The kind of a value in a few words."""
    words = []
    if of.values:
        words.append(" | ".join(of.values))
    elif of.scalar is not None:
        words.append({"bool": "true | false", "int": "a number"}.get(of.scalar, "text"))
    if of.items is not None:
        words.append("a list")
    if of.forms or of.free is not None:
        words.append("a mapping")
    return " or ".join(words)


def _has_colon(here: Written) -> bool:
    """Whether the word has a colon behind it already."""
    return not here.cursor.added


def _directives() -> Iterator[Suggestion]:
    for name, text in _DIRECTIVES.items():
        yield Suggestion(
            f"${{{{ {name} }}}}",
            ItemKind.KEY,
            text,
            "when the pipeline is expanded",
            directive_description(name) or "",
            8,
        )


def _inputs(here: Written, present: Collection[str]) -> Iterator[Suggestion]:
    """The inputs of the task of a step that apply with those that are given, and are not."""
    step = here.around.step
    task = None if step is None else task_of(here.view, step)
    if step is not None and task is not None:
        yield from input_items(task, given_values(task, step), present, "" if _has_colon(here) else ": ")


def _arguments(here: Written, present: Collection[str]) -> Iterator[Suggestion]:
    """The parameters of the template of a call that it does not give."""
    template = called_template(here.view, here.cursor.at)
    for parameter in template.parameters.values() if template is not None else ():
        if parameter.name.casefold() not in present:
            yield _argument(here, parameter)


def _argument(here: Written, parameter: Parameter) -> Suggestion:
    detail = parameter.type or "parameter"
    documentation = parameter_documentation(parameter)
    text = parameter.name if _has_colon(here) else f"{parameter.name}: "
    if not parameter.has_default:
        detail += ", required"
    return Suggestion(
        parameter.name, ItemKind.PARAMETER, text, detail, documentation, order=5 if parameter.has_default else 2
    )
