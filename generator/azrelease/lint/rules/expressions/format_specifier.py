"""AZR316: forms of numbers in `format`."""

import re

from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity
from azrelease.syntax.expressions import Literal

_NUMBER_FORM = re.compile(r"\{\d+(?:,-?\d+)?:(?:[CDEFGNPRX]\d*|0+|#+)\}", re.IGNORECASE)


def check(file: LintedFile) -> Findings:
    """Literal patterns of `format`, in all expressions."""
    for expression in file.expressions:
        for call in expression.calls:
            pattern = call.arguments[0] if call.arguments else None
            if (
                call.name.casefold() != "format"
                or not isinstance(pattern, Literal)
                or not isinstance(pattern.value, str)
            ):
                continue
            match = _NUMBER_FORM.search(pattern.value)
            if match is not None:
                message = f"`format` has no form `{match[0]}`: the service has forms of dates only"
                where = (expression, pattern.start, pattern.end)
                yield file.in_expression(RULE.code, message, where, "Make the text in a script.")


RULE = Rule(
    code=Code("AZR316", "format-specifier", Severity.ERROR),
    summary="`format` with a form of numbers",
    why=(
        "The service answers *TF400898: An Internal Error Occurred* (MicrosoftDocs/azure-devops-docs#5567). It knows forms of dates, such as `{0:yyyyMMdd}` "
        "(learn.microsoft.com/azure/devops/pipelines/process/expressions, format)."
    ),
    wrong="variables:\n  build: 7\n  padded: $[ format('{0:D3}', variables.build) ]\nsteps:\n- script: echo $(padded)\n",
    right="variables:\n  build: 7\n  padded: $[ format('0{0}', variables.build) ]\nsteps:\n- script: echo $(padded)\n",
    check=check,
    of_run=True,
)
