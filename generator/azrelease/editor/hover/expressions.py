"""What something in an expression or a macro is, and what the text with it becomes."""

from azrelease.catalog.descriptions import context_description, function_description, page
from azrelease.editor.expansion_here import expansion_of, values_here
from azrelease.editor.hover.answer import Hover
from azrelease.editor.hover.variables import variable_text
from azrelease.editor.names import Named, NameKind, occurrences
from azrelease.editor.parameters import parameter_text
from azrelease.editor.view import FileView
from azrelease.lint.facts.expressions import TEMPLATE, Expression
from azrelease.lint.linted_file import LintedFile
from azrelease.syntax.embedded import macros
from azrelease.syntax.expressions import Call, Index, Name

_MOST_VALUES = 3


def in_expression(view: FileView, file: LintedFile, offset: int) -> Hover | None:
    """What is at an offset in an expression; None outside of one."""
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


def in_macro(view: FileView, file: LintedFile, offset: int) -> Hover | None:
    """The variable of the macro at an offset; None outside of one."""
    for place in file.all_places:
        node = place.node
        if not int(node.start_mark.index) <= offset <= int(node.end_mark.index):
            continue
        for match in macros(node.value):
            start = file.document.offset(node, match.start())
            end = file.document.offset(node, match.end() - 1) + 1
            if start <= offset <= end:
                text = variable_text(view, file, match[1], offset)
                return Hover(start, end, text) if text else None
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
    if expression.usage != TEMPLATE or expression.place.is_key:
        return ""
    expansion = expansion_of(view)
    values = [] if expansion is None else values_here(expansion, expression.place.node)
    if not values:
        return ""
    shown = ", ".join(f"`{' '.join(value.split())}`" for value in values[:_MOST_VALUES])
    more = ", …" if len(values) > _MOST_VALUES else ""
    return f"Becomes {shown}{more}, with the usual values of parameters."


def _named_at(file: LintedFile, offset: int) -> Named | None:
    return next((each.named for each in occurrences(file) if each.start <= offset <= each.end), None)


def _named(view: FileView, file: LintedFile, named: Named, offset: int) -> str:
    if named.kind is NameKind.PARAMETER:
        parameter = file.parameters.get(named.name)
        return "" if parameter is None else parameter_text(parameter)
    if named.kind is NameKind.VARIABLE:
        return variable_text(view, file, named.name, offset)
    return ""
