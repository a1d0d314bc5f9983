"""AZR307: runtime expressions that are not evaluated."""

import re

from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity

_EXPRESSION = re.compile(r"\$\[\s*(?:\w+\s*\(|(?:variables|dependencies|stageDependencies)\s*[.\[])", re.IGNORECASE)
_VARIABLES = frozenset(("variables", "variables.name"))


def check(file: LintedFile) -> Findings:
    """`$[ ]` that is not the whole value of a variable."""
    for place in file.places:
        text = place.node.value
        if place.kind not in _VARIABLES or place.is_key or "$[" not in text or text.lstrip().startswith("$["):
            continue
        start = text.index("$[")
        end = text.find("]", start)
        if not _EXPRESSION.match(text, start):
            continue  # a pattern, such as `a$[bc]`
        span = file.document.text_span(place.node, start, len(text) if end < 0 else end + 1)
        message = "`$[ ]` has to be the whole value: in other text it is not evaluated"
        hint = "Write `$[format('…{0}…', variables['name'])]`."
        yield file.finding(RULE.code, message, span, hint)


RULE = Rule(
    code=Code("AZR307", "misplaced-runtime-expression", Severity.WARNING),
    summary="a runtime expression inside other text",
    why=(
        "*Runtime expressions must take up the entire right side of a definition* "
        "(learn.microsoft.com/azure/devops/pipelines/process/variables); inside other text they are not evaluated."
    ),
    wrong="variables:\n  tag: v-$[counter('v', 1)]\nsteps:\n- script: echo $(tag)\n",
    right="variables:\n  tag: $[format('v-{0}', counter('v', 1))]\nsteps:\n- script: echo $(tag)\n",
    check=check,
)
