"""AZR302: functions that do not exist."""

from azrelease.diagnostics import UNKNOWN_FUNCTION
from azrelease.lint.facts.expressions import CONDITION
from azrelease.lint.rule import Findings, LintedFile, Rule, Severity
from azrelease.suggestions import misspelled, suggestion
from azrelease.syntax import Presence
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
"""Names of functions in similar languages, and the ones here."""


def check(file: LintedFile) -> Findings:
    """Unknown functions, and functions of conditions elsewhere.

    A function may be newer than the table: that is a warning, unless the name is that of another language. In a branch
    of `${{ if }}` that may not be taken, only evident mistakes are reported.
    """
    for expression in file.expressions:
        is_certain = expression.place.presence is Presence.ALWAYS
        for call in expression.calls:
            name = call.name.casefold()
            function = FUNCTIONS.get(name)
            where = (expression, call.start, call.end)
            if function is None and (is_certain or name in _ELSEWHERE or misspelled(name, FUNCTIONS)):
                message = f"the function `{call.name}` does not exist"
                level = None if name in _ELSEWHERE else Severity.WARNING
                if level:
                    message = f"the function `{call.name}` is unknown"
                yield file.in_expression(RULE.code, message, where, _hint(call.name), level)
            elif function is not None and function.condition_only and expression.usage != CONDITION:
                message = f"`{function.name}` is known in conditions only"
                hint = "Nothing has run yet when `${{ }}` is evaluated: write it in `condition`, outside of `${{ }}`."
                yield file.in_expression(RULE.code, message, where, hint)


def _hint(name: str) -> str | None:
    meant = _ELSEWHERE.get(name.casefold())
    return f"Did you mean `{meant}`?" if meant else suggestion(name, [known.name for known in FUNCTIONS.values()])


RULE = Rule(
    code=UNKNOWN_FUNCTION,
    summary="an expression calls a function that does not exist",
    why=(
        "The service refuses it: *Unrecognized value*. Status functions such as `succeeded()` are known in conditions only. A "
        "function that may be newer than azrelease is a warning."
    ),
    wrong="steps:\n- script: echo one\n  condition: equals(variables['Build.Reason'], 'Manual')\n",
    right="steps:\n- script: echo one\n  condition: eq(variables['Build.Reason'], 'Manual')\n",
    check=check,
)
