"""AZR309: comparisons of values of different types, which the conversion decides."""

from azrelease.lint.facts.expressions import Expression
from azrelease.lint.facts.value_types import ValueType, value_type, variable_name
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity
from azrelease.syntax.embedded import template_expressions
from azrelease.syntax.expressions import (
    Call,
    ExpressionError,
    Literal,
    Node,
    Opaque,
    parse,
    to_boolean,
    to_number,
    to_text,
)

_EQUALITY = frozenset(("eq", "ne"))
_ORDER = frozenset(("gt", "ge", "lt", "le"))
_TURNED = {"gt": "lt", "ge": "le", "lt": "gt", "le": "ge"}
_TWO = 2


def check(file: LintedFile) -> Findings:
    """Comparisons of two values of which only one type is left after the conversion, in all expressions."""
    for expression in file.expressions:
        for call in expression.calls:
            name = call.name.casefold()
            if name in ("in", "notin", "join"):
                yield from _in_lists(file, expression, call, name)
            if name not in _EQUALITY and name not in _ORDER:
                continue
            if len(call.arguments) != _TWO or all(isinstance(argument, Literal) for argument in call.arguments):
                continue
            found = _problem(file, expression, call, name)
            if found is not None:
                message, hint = found
                yield file.in_expression(RULE.code, message, (expression, call.start, call.close), hint)


def _in_lists(file: LintedFile, expression: Expression, call: Call, name: str) -> Findings:
    """`in` with a comparison among texts, and `join` of a text."""
    for argument in call.arguments[1:]:
        kind = value_type(argument, file.parameters)
        where = (expression, argument.start, _end(argument))
        if name == "join" and kind is ValueType.TEXT:
            message = "`join` takes a separator and a list: of a text, the result is this text itself"
            hint = "Write `format('{0}{1}', …)` to put texts together."
            yield file.in_expression(RULE.code, message, where, hint)
        is_text = value_type(call.arguments[0], file.parameters) is ValueType.TEXT
        if name != "join" and is_text and kind is ValueType.BOOLEAN and isinstance(argument, Call):
            message = f"this comparison is one of the values of `{call.name}`, as the text `True` or `False`"
            yield file.in_expression(RULE.code, message, where, f"Close the bracket of `{call.name}(` before it.")


def _type(file: LintedFile, expression: Expression, node: Node) -> ValueType | None:
    """The type of a part, also of `${{ }}` inside of a condition, which leaves its value there."""
    if not isinstance(node, Opaque):
        return value_type(node, file.parameters)
    written = expression.text[node.start : node.end]
    embedded = next(iter(template_expressions(written)), None)
    if embedded is None or embedded.text is None or written.startswith("'"):
        return None
    try:
        kind = value_type(parse(embedded.text), file.parameters)
    except ExpressionError:
        return None
    return kind if kind is ValueType.BOOLEAN else None


def _problem(file: LintedFile, expression: Expression, call: Call, name: str) -> tuple[str, str] | None:
    left, right = call.arguments
    types = _type(file, expression, left), _type(file, expression, right)
    shown = [expression.text[argument.start : _end(argument)] for argument in call.arguments]
    if name in _ORDER:
        if types == (ValueType.TEXT, ValueType.NUMBER):
            hint = f"Write the number first: `{_TURNED[name]}({shown[1]}, {shown[0]})`."
            return f"`{shown[0]}` is text, so the two are compared as texts: `10` is before `9`", hint
        return None
    match types:
        case ValueType.BOOLEAN, ValueType.TEXT if isinstance(right, Literal):
            return _of_text(name, left, str(right.value), shown[0])
        case ValueType.BOOLEAN, ValueType.TEXT:
            return (
                f"`{shown[1]}` is text, and any text but the empty one is true, `false` too",
                f"Write the text first: `{name}({shown[1]}, {shown[0]})`.",
            )
        case ValueType.TEXT, ValueType.BOOLEAN if isinstance(left, Literal):
            if left.value.casefold() not in ("true", "false"):
                return _never(
                    name, f"a boolean is `True` or `False` as text, not `{left.value}`", "Write `true` or `false`."
                )
        case ValueType.NUMBER, ValueType.TEXT if isinstance(right, Literal) and to_number(right.value) is None:
            return _never(name, f"`{right.value}` is not a number", f"Compare `{shown[0]}` with a number.")
        case ValueType.TEXT, ValueType.NUMBER if isinstance(right, Literal) and variable_name(left) is not None:
            if shown[1] != to_text(right.value):
                message = f"the number `{shown[1]}` is compared as the text `{to_text(right.value)}`"
                return message, f"Write it as text: `'{shown[1]}'`."
    return None


def _of_text(name: str, left: Node, text: str, shown: str) -> tuple[str, str] | None:
    """A boolean against a literal text."""
    if text.casefold() == "true" or not text:
        return None
    if isinstance(left, Literal):
        return None
    meant = "false" if text.casefold() in ("false", "no", "off", "0", "n") else "true"
    truth = "true" if to_boolean(text) else "false"
    return (
        f"`{shown}` is a boolean, so `'{text}'` is converted to one: any text but the empty one is {truth}",
        f"Write `{name}({shown}, {meant})`.",
    )


def _never(name: str, reason: str, hint: str) -> tuple[str, str]:
    return f"this is always {'true' if name == 'ne' else 'false'}: {reason}", hint


def _end(node: Node) -> int:
    return node.close if isinstance(node, Call) else node.end


RULE = Rule(
    code=Code("AZR309", "mixed-types", Severity.WARNING),
    summary="a comparison in which the conversion of a type decides",
    why=(
        "A comparison converts its second value to the type of the first. Any text but the empty one is true, so `eq(parameters.flag, 'false')` "
        "holds when the flag is true; a number is compared with a variable as text "
        "(learn.microsoft.com/azure/devops/pipelines/process/expressions, Type casting). "
        "The rule asks for the types: variables and outputs are text, parameters have theirs, functions have those of their results. "
        "It says nothing where a type is not known, as of a loop or an object."
    ),
    wrong=(
        "parameters:\n- name: dryRun\n  type: boolean\n  default: true\nsteps:\n"
        "- ${{ if eq(parameters.dryRun, 'false') }}:\n  - script: make publish\n"
    ),
    right=(
        "parameters:\n- name: dryRun\n  type: boolean\n  default: true\nsteps:\n"
        "- ${{ if eq(parameters.dryRun, false) }}:\n  - script: make publish\n"
    ),
    check=check,
    of_run=True,
)
