"""AZR305: conditions that always have the same value."""

from azrelease.lint.facts.expressions import CONDITION, TEMPLATE
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity
from azrelease.syntax.embedded import directive
from azrelease.syntax.expressions import Call, EvaluationError, Literal, Node, Unknown, evaluate, to_boolean

_INTENDED = frozenset(("true", "false", "always"))


def check(file: LintedFile) -> Findings:
    """Conditions that depend on nothing of the run. `false`, `true` and `always()` alone are intended."""
    for expression in file.expressions:
        node = expression.node
        if node is None or _is_intended(node):
            continue
        found = directive(expression.place.node.value) if expression.place.is_key else None
        is_directive = expression.usage == TEMPLATE and found is not None and found.name in ("if", "elseif")
        if not (expression.usage == CONDITION or is_directive) or not file.is_written(expression.place.node.value):
            continue
        try:
            value = to_boolean(evaluate(node, {}))
        except EvaluationError as error:
            message = f"this condition cannot be computed: {error}"
        else:
            if isinstance(value, Unknown):
                continue
            message = f"this condition is always {'true' if value else 'false'}"
        text = expression.text
        start = len(text) - len(text.lstrip())
        where = (expression, start, len(text.rstrip()))
        is_text = any(isinstance(part, Call) and _compares_texts(part) for part in expression.parts)
        hint = "A name in quotes is text: a variable is `variables['name']`." if is_text else None
        yield file.in_expression(RULE.code, message, where, hint)


def _compares_texts(call: Call) -> bool:
    """Whether all arguments of a function are literal, and one is text."""
    literals = [node for node in call.arguments if isinstance(node, Literal)]
    return bool(literals) and len(literals) == len(call.arguments) and any(isinstance(n.value, str) for n in literals)


def _is_intended(node: Node) -> bool:
    if isinstance(node, Literal):
        return isinstance(node.value, bool) or str(node.value).casefold() in _INTENDED
    if isinstance(node, Call) and node.name.casefold() == "and":
        # `false` in an `and` switches something off as well.
        return any(isinstance(part, Literal) and part.value is False for part in node.arguments)
    return isinstance(node, Call) and node.name.casefold() in _INTENDED


RULE = Rule(
    code=Code("AZR305", "constant-condition", Severity.WARNING),
    summary="a condition that is always true, or always false",
    why=(
        "What it guards always runs, or never runs, which is rarely the intention. `false` alone is not reported: it "
        "switches something off on purpose."
    ),
    wrong="steps:\n- script: echo one\n  condition: eq('Build.Reason', 'Manual')\n",
    right="steps:\n- script: echo one\n  condition: eq(variables['Build.Reason'], 'Manual')\n",
    check=check,
    of_run=True,
)
