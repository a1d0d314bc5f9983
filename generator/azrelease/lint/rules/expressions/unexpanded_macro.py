"""AZR306: macros that are not expanded."""

import re

from azrelease.lint.facts.expressions import CONDITION, RUNTIME, TEMPLATE, Expression
from azrelease.lint.rule import Code, Edit, Findings, Fix, LintedFile, Rule, Severity
from azrelease.syntax import ExpressionScalar
from azrelease.syntax.embedded import macros

_COMPARING = frozenset(
    (
        "eq",
        "ne",
        "in",
        "notin",
        "contains",
        "containsvalue",
        "startswith",
        "endswith",
        "gt",
        "ge",
        "lt",
        "le",
        "length",
        "split",
        "replace",
        "lower",
        "upper",
        "trim",
        "substring",
    )
)
_KINDS = {
    "trigger": "triggers",
    "pr": "triggers",
    "includeExcludeFilters": "filters of triggers",
    "resources.repositories.repository": "repository resources",
    "resources.pipelines.pipeline": "pipeline resources",
    "schedules.cron": "schedules",
}

_RUN_NUMBER = re.compile(r"\$\((Date|Rev):[A-Za-z.:_-]*\)", re.IGNORECASE)
_REFUSED = frozenset((("resources.repositories.repository", "name"), ("resources.pipelines.pipeline", "source")))
"""Names of resources, which the service looks up, and refuses the file where it finds none."""

_EARLY = frozenset(("triggers", "filters of triggers", "schedules"))
_HINT = "Use a template expression: `${{ variables.name }}` or `${{ parameters.name }}`."


def check(file: LintedFile) -> Findings:
    """Macros in expressions, and in what the service reads before variables exist."""
    for expression in file.expressions:
        text = expression.text
        for macro in macros(text) if "$(" in text else ():
            if expression.usage == TEMPLATE and not _is_compared(expression, macro.start()):
                continue  # the agent expands it in the resulting text
            what = {CONDITION: "conditions", RUNTIME: "runtime expressions"}.get(expression.usage, "`${{ }}`")
            message = f"`{macro[0]}` is not expanded in {what}"
            hint = f"Write `variables['{macro[1]}']`, without quotes around it."
            where = (expression, macro.start(), macro.end())
            fix = _as_variable(file, expression, macro)
            yield file.in_expression(RULE.code, message, where, hint)._replace(fix=fix)
    for place in file.places:
        if "$(" in place.node.value and not (
            place.key == "name" and not place.kind.startswith(("steps.", "variables"))
        ):
            yield from _of_run_numbers(file, place)
        spot = _KINDS.get(place.kind) or _names(place)
        if spot is None or place.is_key:
            continue
        for macro in macros(place.node.value):
            message = f"`{macro[0]}` is not expanded in {spot}"
            span = file.document.text_span(place.node, macro.start(), macro.end())
            level = Severity.ERROR if spot == "names" or (place.kind, place.key) in _REFUSED else None
            is_early = spot in _EARLY or spot.endswith("resources")
            hint = "Write the value itself: it is read before variables exist." if is_early else _HINT
            yield file.finding(RULE.code, message, span, hint, level=level)


def _of_run_numbers(file: LintedFile, place: ExpressionScalar) -> Findings:
    """`$(Date:…)` and `$(Rev:…)`, which are known in the `name` of the pipeline alone."""
    for match in _RUN_NUMBER.finditer(place.node.value):
        message = f"`{match[0]}` is expanded in the `name` of the pipeline only"
        hint = (
            "Read `$(Build.BuildNumber)`, or make the text in a script."
            if match[1].casefold() == "date"
            else "Read `$(Build.BuildNumber)`."
        )
        span = file.document.text_span(place.node, match.start(), match.end())
        yield file.finding(RULE.code, message, span, hint)


def _as_variable(file: LintedFile, expression: Expression, macro: re.Match[str]) -> Fix | None:
    """`variables['name']` in place of a text that is only the macro. The value may differ."""
    text, node = expression.text, expression.place.node
    start, end = macro.start() - 1, macro.end() + 1
    if node.style in ("'", '"') or start < 0 or text[start:end] != f"'{macro[0]}'":
        return None
    begin = file.document.offset(node, expression.offset + start)
    edit = Edit(begin, begin + end - start, f"variables['{macro[1]}']")
    return Fix((edit,), safe=False) if file.document.text[begin : edit.end] == text[start:end] else None


def _is_compared(expression: Expression, position: int) -> bool:
    """Whether a position of an expression is in an argument of a function that compares text."""
    calls = expression.calls
    return any(call.name.casefold() in _COMPARING and call.start < position < call.close for call in calls)


def _names(place: ExpressionScalar) -> str | None:
    if place.key in ("stage", "job", "deployment") and place.kind in ("stages.stage", "jobs.job", "jobs.deployment"):
        return "names"
    if place.key == "checkout" and "@" in place.node.value:
        return "the repository of a checkout"
    return "`dependsOn`" if place.key == "dependsOn" else "the path of a template" if place.key == "template" else None


RULE = Rule(
    code=Code("AZR306", "unexpanded-macro", Severity.WARNING),
    summary="a macro in a place where macros are not expanded",
    why=(
        "The agent expands `$(name)` right before a step runs. The service reads conditions, triggers, resources, names and template paths "
        "long before that: the macro stays text, without an error, and as the name of a job or of a repository the service refuses it "
        "(learn.microsoft.com/azure/devops/pipelines/process/variables, Understand variable syntax)."
    ),
    wrong="steps:\n- script: echo one\n  condition: eq('$(Build.Reason)', 'Manual')\n",
    right="steps:\n- script: echo one\n  condition: eq(variables['Build.Reason'], 'Manual')\n",
    check=check,
)
