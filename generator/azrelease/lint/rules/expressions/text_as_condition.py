"""AZR311: texts such as `false` that count as true."""

from collections.abc import Iterator

from azrelease.lint.facts.expressions import CONDITION, TEMPLATE, Expression
from azrelease.lint.facts.value_types import ValueType, is_output, parameter_name, value_type, variable_name
from azrelease.lint.facts.variables import variables
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity
from azrelease.syntax.embedded import directive, runtime_expression, template_expressions
from azrelease.syntax.expressions import Call, ExpressionError, Node, parse

_LOGICAL = frozenset(("and", "or", "not", "xor"))
_TRUTHS = frozenset(("true", "false"))


def check(file: LintedFile) -> Findings:
    """Variables, outputs and parameters of texts where a boolean is expected."""
    flags: dict[str, bool] | None = None
    for expression in file.expressions:
        for node in _conditions(expression):
            name = variable_name(node)
            if name is not None:
                flags = _flags(file) if flags is None else flags
                is_flag = flags.get(name.casefold(), False)
            else:
                is_flag = is_output(node) or _is_text_flag(file, node)
            if is_flag:
                shown = expression.text[node.start : node.end]
                message = f"`{shown}` is text, and any text but the empty one is true, `false` too"
                where = (expression, node.start, node.end)
                yield file.in_expression(RULE.code, message, where, f"Write `eq({shown}, 'true')`.")


def _conditions(expression: Expression) -> Iterator[Node]:
    """The parts of an expression that are used as a boolean."""
    if expression.node is None:
        return
    key = directive(expression.place.node.value) if expression.place.is_key else None
    if expression.usage == CONDITION or (expression.usage == TEMPLATE and key and key.name in ("if", "elseif")):
        yield expression.node
    for call in expression.calls:
        name = call.name.casefold()
        if name in _LOGICAL:
            yield from call.arguments
        elif name == "iif":
            yield from call.arguments[:1]


def _flags(file: LintedFile) -> dict[str, bool]:
    """The variables of the file, in lower case, each with whether all its values are `true` or `false`."""
    found: dict[str, bool] = {}
    for name, node in variables(file):
        found[name.casefold()] = found.get(name.casefold(), True) and _is_truth(file, str(node.value))
    return found


def _is_truth(file: LintedFile, value: str) -> bool:
    """Whether a value is `true` or `false`, as far as that can be seen."""
    if value.casefold() in _TRUTHS:
        return True
    found = runtime_expression(value) or next(iter(template_expressions(value)), None)
    if found is None or found.text is None or found.end - found.start != len(value.strip()):
        return False
    try:
        return value_type(parse(found.text), file.parameters) is ValueType.BOOLEAN
    except ExpressionError:
        return False


def _is_text_flag(file: LintedFile, node: Node) -> bool:
    """Whether a node is a parameter of type string that allows `true` and `false` only."""
    parameter = file.parameters.get((parameter_name(node) or "").casefold())
    if parameter is None or parameter.type != "string" or isinstance(node, Call):
        return False
    values = parameter.values or ((parameter.default,) if parameter.default is not None else ())
    return bool(values) and all(value.casefold() in _TRUTHS for value in values)


RULE = Rule(
    code=Code("AZR311", "text-as-condition", Severity.WARNING),
    summary="a text such as `false` is used as a boolean",
    why=(
        "Variables and outputs are text, and any text but the empty one counts as true: `and(succeeded(), variables.publish)` holds for `false` "
        "(learn.microsoft.com/azure/devops/pipelines/process/expressions, Type casting). The rule asks for the types, and for the values "
        "of the variables of the file. It says nothing of variables whose values are not known, since `variables.name` also tests that one is set."
    ),
    wrong="variables:\n  publish: 'false'\nsteps:\n- script: make publish\n  condition: and(succeeded(), variables.publish)\n",
    right="variables:\n  publish: 'false'\nsteps:\n- script: make publish\n  condition: and(succeeded(), eq(variables.publish, 'true'))\n",
    check=check,
    of_run=True,
)
