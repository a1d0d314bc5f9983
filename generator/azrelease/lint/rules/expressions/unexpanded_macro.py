"""AZR306: macros where they stay text."""

import re
from collections.abc import Iterator

from azrelease.diagnostics import Code, Diagnostic, Edit, Fix, Severity
from azrelease.lint.facts.expressions import CONDITION, RUNTIME, TEMPLATE, Expression
from azrelease.lint.linted_file import LintedFile
from azrelease.lint.rule import Rule
from azrelease.syntax import ExpressionScalar
from azrelease.syntax.embedded import macros

_COMPARING = frozenset(
    ("eq", "ne", "in", "notin", "contains", "containsvalue", "startswith", "endswith", "gt", "ge", "lt", "le", "length")
)
_KINDS = {
    "trigger": "triggers",
    "pr": "triggers",
    "includeExcludeFilters": "filters of triggers",
    "resources.repositories.repository": "repository resources",
    "resources.pipelines.pipeline": "pipeline resources",
    "schedules.cron": "schedules",
}

_EARLY = frozenset(("triggers", "filters of triggers", "schedules"))
_HINT = "Use a template expression: `${{ variables.name }}` or `${{ parameters.name }}`."


def check(file: LintedFile) -> Iterator[Diagnostic]:
    """In expressions, and in what the service reads before there are variables."""
    for expression in file.expressions:
        text = expression.text
        for found in macros(text) if "$(" in text else ():
            if expression.usage == TEMPLATE and not _is_compared(expression, found.start()):
                continue  # what comes out is text, in which the agent expands it
            what = {CONDITION: "conditions", RUNTIME: "runtime expressions"}.get(expression.usage, "`${{ }}`")
            message = f"`{found[0]}` is not expanded in {what}: it stays this text"
            hint = f"Write `variables['{found[1]}']`, without quotes around it."
            where = (expression, found.start(), found.end())
            fix = _as_variable(file, expression, found)
            yield file.in_expression(RULE.code, message, where, hint)._replace(fix=fix)
    for place in file.places:
        spot = _KINDS.get(place.kind) or _names(place)
        if spot is None or place.is_key:
            continue
        for found in macros(place.node.value):
            message = f"`{found[0]}` is not expanded in {spot}: it stays this text"
            span = file.document.text_span(place.node, found.start(), found.end())
            is_early = spot in _EARLY or spot.endswith("resources")
            hint = "Write the value itself: it is read before there are variables." if is_early else _HINT
            yield file.finding(RULE.code, message, span, hint)


def _as_variable(file: LintedFile, expression: Expression, found: re.Match[str]) -> Fix | None:
    """`variables['name']` for a text that is the macro and nothing else. It may come out otherwise than before."""
    text, node = expression.text, expression.place.node
    start, end = found.start() - 1, found.end() + 1
    if node.style in ("'", '"') or start < 0 or text[start:end] != f"'{found[0]}'":
        return None
    begin = file.document.offset(node, expression.offset + start)
    edit = Edit(begin, begin + end - start, f"variables['{found[1]}']")
    return Fix((edit,), safe=False) if file.document.text[begin : edit.end] == text[start:end] else None


def _is_compared(expression: Expression, position: int) -> bool:
    """Whether a place of an expression is an argument of a function that looks at its text."""
    calls = expression.calls
    return any(call.name.casefold() in _COMPARING and call.start < position < call.close for call in calls)


def _names(place: ExpressionScalar) -> str | None:
    if place.key in ("stage", "job", "deployment") and place.kind in ("stages.stage", "jobs.job", "jobs.deployment"):
        return "names"
    return "`dependsOn`" if place.key == "dependsOn" else "the path of a template" if place.key == "template" else None


RULE = Rule(
    code=Code("AZR306", "unexpanded-macro", Severity.WARNING),
    summary="a macro where macros are not expanded",
    why=(
        "`$(name)` is expanded by the agent, before a step runs. Conditions, triggers, resources, names and template paths are read "
        "long before that: the text stays as it is, and nothing says so "
        "(learn.microsoft.com/azure/devops/pipelines/process/variables, Understand variable syntax)."
    ),
    wrong="steps:\n- script: echo one\n  condition: eq('$(Build.Reason)', 'Manual')\n",
    right="steps:\n- script: echo one\n  condition: eq(variables['Build.Reason'], 'Manual')\n",
    check=check,
)
