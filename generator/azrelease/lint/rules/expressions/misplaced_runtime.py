"""AZR307: runtime expressions that are not evaluated."""

import re

from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity
from azrelease.syntax import ExpressionScalar
from azrelease.syntax.expressions import FUNCTIONS

_EXPRESSION = re.compile(r"\$\[\s*(?:\w+\s*\(|(?:variables|dependencies|stageDependencies)\s*[.\[])", re.IGNORECASE)
_WHOLE = re.compile(
    r"\$\[\s*(?:(?P<function>\w+)\s*\([^\n]*\)|(?:variables|dependencies|stageDependencies)\s*[.\[][^\n]*?)\s*\](?!\])",
    re.IGNORECASE,
)
_VARIABLES = frozenset(("variables", "variables.name"))
_OWN_NAMES = "map string"
"""The kind of blocks whose keys are names of the user's choice, such as `env`."""

_OF_STEPS = frozenset(
    (
        "bash",
        "displayName",
        "env",
        "inputs",
        "powershell",
        "pwsh",
        "script",
        "workingDirectory",
        "artifact",
        "patterns",
        "publish",
    )
)


def check(file: LintedFile) -> Findings:
    """`$[ ]` that is not the whole value of a variable, and in steps."""
    for place in file.places:
        text = place.node.value
        if "$[" in text and place.key in _OF_STEPS and (place.kind.startswith("steps.") or place.kind == _OWN_NAMES):
            yield from _of_step(file, place)
        if place.key == "matrix" and place.kind == _OWN_NAMES and _WHOLE.fullmatch(text.strip()):
            message = f"`{text.strip()}` stays text: runtime expressions are not evaluated in a matrix"
            hint = f"Give a variable of the job the value `{text.strip()}`."
            yield file.finding(RULE.code, message, place.node, hint)
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


def _of_step(file: LintedFile, place: ExpressionScalar) -> Findings:
    for match in _WHOLE.finditer(place.node.value):
        if match["function"] and match["function"].casefold() not in FUNCTIONS:
            continue
        message = (
            f"`{match[0]}` stays text: runtime expressions are evaluated in variables and conditions, not in steps"
        )
        hint = f"Give a variable of the job the value `{match[0]}`, and write `$(name)` here."
        span = file.document.text_span(place.node, match.start(), match.end())
        # No artifact has such a name, so that the download fails.
        level = Severity.ERROR if (place.kind, place.key) == ("steps.download", "artifact") else None
        yield file.finding(RULE.code, message, span, hint, level=level)


RULE = Rule(
    code=Code("AZR307", "misplaced-runtime-expression", Severity.WARNING),
    summary="a runtime expression where it is not evaluated",
    why=(
        "*Runtime expressions must take up the entire right side of a definition* "
        "(learn.microsoft.com/azure/devops/pipelines/process/variables); inside other text, and in the inputs, scripts and "
        "environment of steps, they are not evaluated."
    ),
    wrong="variables:\n  tag: v-$[counter('v', 1)]\nsteps:\n- script: echo $(tag)\n",
    right="variables:\n  tag: $[format('v-{0}', counter('v', 1))]\nsteps:\n- script: echo $(tag)\n",
    check=check,
)
