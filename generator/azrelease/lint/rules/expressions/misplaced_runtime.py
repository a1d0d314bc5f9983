"""AZR307: runtime expressions where they stay text."""

import re
from collections.abc import Iterator

from azrelease.diagnostics import Code, Diagnostic, Severity
from azrelease.lint.linted_file import LintedFile
from azrelease.lint.rule import Rule

_EXPRESSION = re.compile(r"\$\[\s*(?:\w+\s*\(|(?:variables|dependencies|stageDependencies)\s*[.\[])", re.IGNORECASE)
_VARIABLES = frozenset(("variables", "variables.name"))


def check(file: LintedFile) -> Iterator[Diagnostic]:
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
        "(learn.microsoft.com/azure/devops/pipelines/process/variables); inside other text they stay as they are."
    ),
    wrong="variables:\n  tag: v-$[counter('v', 1)]\nsteps:\n- script: echo $(tag)\n",
    right="variables:\n  tag: $[format('v-{0}', counter('v', 1))]\nsteps:\n- script: echo $(tag)\n",
    check=check,
)
