"""The arguments of templates, and the parameters that these declare."""

from collections.abc import Iterator
from typing import NamedTuple

from yaml import MappingNode, ScalarNode, SequenceNode

from azrelease.lint.facts.templates import Reach
from azrelease.lint.linted_file import LintedFile
from azrelease.syntax import Block, MappingEntry, Parameter, PipelineFile, TemplateReference, Value
from azrelease.syntax.embedded import is_computed

_BOOLEANS = frozenset(("true", "false", "y", "n", "yes", "no", "on", "off"))
_SINGLE = frozenset(("step", "job", "deployment", "stage", "container"))


class ReadTemplate(NamedTuple):
    """A use of a template that can be read.

    Attributes:
        reference: the use.
        file: the template.
        given: its arguments.
        is_complete: whether all of these can be seen.
    """

    reference: TemplateReference
    file: PipelineFile
    given: tuple[MappingEntry, ...]
    is_complete: bool


def uses(file: LintedFile) -> Iterator[ReadTemplate]:
    """The uses of templates of the same repository that declare a list of parameters."""
    for reference, reach, path in file.template_uses:
        template = file.context.templates.read(path) if reach is Reach.FOUND and path else None
        if template is None or template.parameters_open or template.root.open:
            continue
        if not template.parameters:
            continue  # a template without parameters takes any
        if any(not parameter.type for parameter in template.parameters.values()):
            continue  # an old template takes anything
        entries = list(reference.block.all("parameters"))
        blocks = [entry.value for entry in entries if isinstance(entry.value, Block)]
        is_complete = (
            not reference.block.open and len(blocks) == len(entries) and not any(block.open for block in blocks)
        )
        given = tuple(entry for block in blocks for entry in block.entries if not is_computed(entry.name))
        yield ReadTemplate(reference, template, given, is_complete)


def type_problem(parameter: Parameter, value: Value) -> str | None:
    """The type of a parameter, as in `is a boolean`, where a value cannot be of it; None where it can."""
    node = value.node if not isinstance(value, ScalarNode) else value
    kind = parameter.type
    if isinstance(node, ScalarNode):
        if "${{" in node.value:  # macros are expanded later: a parameter gets their text
            return None
        if kind == "boolean" and node.value.casefold() not in _BOOLEANS:
            return "is a boolean"
        if kind == "number" and not _is_number(node.value):
            return "is a number"
        if (kind.endswith("list") or kind in _SINGLE) and node.value:
            return "is a list" if kind.endswith("list") else "is a mapping"
        return None
    if isinstance(node, MappingNode) and any("${{" in str(key.value) for key, _ in node.value):
        return None
    if kind in ("string", "boolean", "number"):
        return {"string": "is text", "boolean": "is a boolean", "number": "is a number"}[kind]
    if isinstance(node, SequenceNode) and kind in _SINGLE:
        return "is a mapping"
    return None


def macro_hint(value: Value) -> str | None:
    """The hint about a macro in an argument."""
    if not isinstance(value, ScalarNode) or "$(" not in value.value:
        return None
    return "A parameter gets the macro itself: templates are expanded before variables have values."


def _is_number(text: str) -> bool:
    try:
        float(text.replace(",", ""))
    except ValueError:
        return False
    return True
