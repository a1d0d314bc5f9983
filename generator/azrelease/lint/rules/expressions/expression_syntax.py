"""AZR301: expressions that cannot be parsed."""

import re

from azrelease.diagnostics import EXPRESSION_SYNTAX
from azrelease.lint.facts.expressions import CONDITION, TEMPLATE, Expression
from azrelease.lint.rule import Edit, Findings, Fix, LintedFile, Rule, Severity

_FIRST_WORD = re.compile(r"\$\{\{\s*([A-Za-z]+)(?![\w.(])")
_DIRECTIVES = frozenset(("if", "elseif", "else", "insert"))
_LOOPS = frozenset(("each", "for", "foreach"))
_OTHERWISE = frozenset(("elif", "elsif"))


def check(file: LintedFile) -> Findings:
    """Template expressions everywhere: the service parses also those in branches that it does not take.

    Conditions and `$[ ]` are checked where no template fills them in, outside of branches that are never taken.
    """
    for expression in file.all_expressions:
        error, presence = expression.error, expression.place.presence
        if error is None:
            continue
        if expression.usage != TEMPLATE and ("${{" in expression.text or not presence):
            continue
        if not expression.text.strip() and expression.usage != CONDITION and not error.start < 0:
            span = expression.span(file.document, -3, 0)
            yield file.finding(RULE.code, "the expression is empty", span, _directive_hint(expression))
            continue
        where = (expression, error.start, error.end)
        hint = _directive_hint(expression) or error.hint
        level = Severity.ERROR if expression.usage == TEMPLATE else None
        found = file.in_expression(RULE.code, error.message, where, hint, level)
        yield found._replace(fix=_quotes(file, expression, error.start))


def _directive_hint(expression: Expression) -> str | None:
    """The hint where a directive was meant."""
    if expression.usage != TEMPLATE:
        return None
    place = expression.place
    word = _FIRST_WORD.match(place.node.value if place.is_key else "${{" + expression.text)
    if word is None:
        return None
    folded = word[1].casefold()
    if folded in _OTHERWISE:
        return "Write `elseif`."
    if folded in _LOOPS:
        is_read = place.is_key and folded == word[1] == "each" and expression.text.strip()
        return None if is_read else "A loop is written `${{ each name in list }}:`."
    if folded not in _DIRECTIVES:
        return None
    if word[1] != folded:
        return f"Write `{folded}`."
    return None if place.is_key else "A directive is a key: `${{ if eq(a, b) }}:`."


def _quotes(file: LintedFile, expression: Expression, start: int) -> Fix | None:
    """Single quotes in place of double ones, around a text without single quotes."""
    text, node = expression.text, expression.place.node
    end = text.find('"', start + 1)
    if node.style in ("'", '"') or text[start : start + 1] != '"' or end < 0 or "'" in text[start:end]:
        return None
    places = [file.document.offset(node, expression.offset + position) for position in (start, end)]
    return Fix(tuple(Edit(place, place + 1, "'") for place in places))


RULE = Rule(
    code=EXPRESSION_SYNTAX,
    summary="an expression that cannot be parsed",
    why=(
        "The service refuses the file, or fails the stage or job whose condition it is. The language is that of "
        "learn.microsoft.com/azure/devops/pipelines/process/expressions: functions instead of operators, text in single quotes."
    ),
    wrong="steps:\n- script: echo one\n  condition: variables['Build.Reason'] == 'Manual'\n",
    right="steps:\n- script: echo one\n  condition: eq(variables['Build.Reason'], 'Manual')\n",
    check=check,
)
