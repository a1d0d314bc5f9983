"""AZR303: functions with too many or too few arguments."""

from azrelease.diagnostics import ARGUMENT_COUNT
from azrelease.lint.rule import Findings, LintedFile, Rule
from azrelease.syntax.expressions import FUNCTIONS, Function, Opaque


def check(file: LintedFile) -> Findings:
    """Not in calls with a `${{ }}`, which may become several arguments."""
    for expression in file.expressions:
        for call in expression.calls:
            function = FUNCTIONS.get(call.name.casefold())
            count = len(call.arguments)
            if function is None or function.takes(count) or any(isinstance(a, Opaque) for a in call.arguments):
                continue
            message = f"`{function.name}` takes {_arguments(function)}, not {count}"
            yield file.in_expression(RULE.code, message, (expression, call.start, call.close))


def _arguments(function: Function) -> str:
    if function.most is None:
        return f"{function.least} or more arguments"
    if function.least != function.most:
        return f"{function.least} to {function.most} arguments"
    return "no arguments" if function.most == 0 else f"{function.most} argument{'s' if function.most > 1 else ''}"


RULE = Rule(
    code=ARGUMENT_COUNT,
    summary="a function has too many or too few arguments",
    why="The service refuses the expression.",
    wrong="steps:\n- script: echo one\n  condition: and(succeeded())\n",
    right="steps:\n- script: echo one\n  condition: succeeded()\n",
    check=check,
)
