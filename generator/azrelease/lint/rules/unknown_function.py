"""AZR302: functions that are not there."""

from collections.abc import Iterator

from azrelease.diagnostics import UNKNOWN_FUNCTION, Diagnostic
from azrelease.lint.expressions import CONDITION
from azrelease.lint.rule import Rule
from azrelease.lint.subject import Subject
from azrelease.suggestions import suggestion
from azrelease.syntax.expressions import FUNCTIONS

_ELSEWHERE = {
    "equals": "eq",
    "equal": "eq",
    "notequals": "ne",
    "greater": "gt",
    "less": "lt",
    "len": "length",
    "tolower": "lower",
    "toupper": "upper",
    "concat": "format",
    "if": "iif",
    "success": "succeeded",
    "failure": "failed",
    "cancelled": "canceled",
    "tojson": "convertToJson",
}
"""What functions are called in other languages of this kind."""


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Functions by name, and functions of conditions elsewhere."""
    for expression in subject.expressions:
        for call in expression.calls:
            function = FUNCTIONS.get(call.name.casefold())
            where = (expression, call.start, call.end)
            if function is None:
                message = f"there is no function `{call.name}`"
                yield subject.in_expression(UNKNOWN_FUNCTION, message, where, _hint(call.name))
            elif function.condition_only and expression.usage != CONDITION:
                message = f"`{function.name}` is known in conditions only"
                hint = "Inside `${{ }}` nothing has run yet: write it in `condition`, outside of `${{ }}`."
                yield subject.in_expression(UNKNOWN_FUNCTION, message, where, hint)


def _hint(name: str) -> str | None:
    meant = _ELSEWHERE.get(name.casefold())
    return f"Did you mean `{meant}`?" if meant else suggestion(name, [known.name for known in FUNCTIONS.values()])


RULE = Rule(
    UNKNOWN_FUNCTION,
    "an expression calls a function that is not there",
    "The service refuses it: *Unrecognized value*. Status functions such as `succeeded()` are known in conditions only.",
    "steps:\n- script: echo one\n  condition: equals(variables['Build.Reason'], 'Manual')\n",
    "steps:\n- script: echo one\n  condition: eq(variables['Build.Reason'], 'Manual')\n",
    check,
)
