"""What something in an expression or a macro is, and what the text with it becomes."""

from azrelease.catalog.descriptions import context_description, function_description, page
from azrelease.editor.expansion_here import expansion_of, values_here
from azrelease.editor.hover.answer import Hover
from azrelease.editor.hover.variables import variable_text
from azrelease.editor.names import Named, NameKind, occurrence_at
from azrelease.editor.parameters import parameter_text
from azrelease.editor.tree_path import touches
from azrelease.editor.view import FileView
from azrelease.lint.facts.expressions import TEMPLATE, Expression
from azrelease.lint.linted_file import LintedFile
from azrelease.syntax.embedded import macros
from azrelease.syntax.expressions import Call, Index, Name, Node

_MOST_VALUES = 3


def in_expression(view: FileView, file: LintedFile, offset: int) -> Hover | None:
    """What is at an offset in an expression; None outside of one."""
    document = file.document
    for expression in file.all_expressions:
        node = expression.place.node
        if not touches(node, offset) or not expression.text:
            continue
        start, end = document.offsets(node, expression.offset, expression.offset + len(expression.text))
        if not start <= offset <= end:
            continue
        lines = [line for line in (_part(view, file, expression, offset), _value(view, expression)) if line]
        if lines:
            return Hover(start, end, "\n\n".join(lines))
    return None


def in_macro(view: FileView, file: LintedFile, offset: int) -> Hover | None:
    """The variable of the macro at an offset; None outside of one."""
    for place in file.all_places:
        node = place.node
        if not touches(node, offset):
            continue
        for match in macros(node.value):
            start, end = file.document.offsets(node, *match.span())
            if start <= offset <= end:
                text = variable_text(view, file, match[1], offset)
                return Hover(start, end, text) if text else None
    return None


def _part(view: FileView, file: LintedFile, expression: Expression, offset: int) -> str:
    """The function, parameter, variable or context at an offset."""
    inside = [part for part in expression.parts if _is_at(file, expression, part, offset)]
    for part in reversed(inside):
        if isinstance(part, Call):
            known = function_description(part.name)
            return f"`{known.call}`\n\n{known.text} [Functions]({page('functions')})" if known is not None else ""
    occurrence = occurrence_at(file, offset)
    if occurrence is not None:
        text = _named(view, file, occurrence.named, offset)
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
    if expression.usage != TEMPLATE or expression.place.is_key:
        return ""
    expansion = expansion_of(view)
    values = [] if expansion is None else values_here(expansion, expression.place.node)
    if not values:
        return ""
    shown = ", ".join(f"`{' '.join(value.split())}`" for value in values[:_MOST_VALUES])
    more = ", …" if len(values) > _MOST_VALUES else ""
    return f"Becomes {shown}{more}, with the usual values of parameters."


def _is_at(file: LintedFile, expression: Expression, part: Node, offset: int) -> bool:
    """Whether a part of an expression is at an offset, or ends there."""
    start, end = expression.offset + part.start, expression.offset + max(part.end, part.start + 1)
    first, last = file.document.offsets(expression.place.node, start, end)
    return first <= offset <= last


def _named(view: FileView, file: LintedFile, named: Named, offset: int) -> str:
    if named.kind is NameKind.PARAMETER:
        parameter = file.parameters.get(named.name)
        return "" if parameter is None else parameter_text(parameter)
    if named.kind is NameKind.VARIABLE:
        return variable_text(view, file, named.name, offset)
    return ""
