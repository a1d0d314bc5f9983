"""AZR304: unknown names in expressions."""

import re

from azrelease.diagnostics import UNKNOWN_CONTEXT
from azrelease.lint.facts.expressions import CONDITION, TEMPLATE
from azrelease.lint.rule import Findings, LintedFile, Rule
from azrelease.suggestions import misspelled, suggestion
from azrelease.syntax import Presence
from azrelease.syntax.expressions import STATUS_FUNCTIONS, Name

_TEMPLATE = frozenset(
    ("parameters", "variables", "resources", "pipeline", "templatecontext", "job", "stage", "step", "steps", "environment",
     "deployment", "system", "organization", "strategy")
)  # fmt: skip
_RUNTIME = frozenset(
    ("variables", "dependencies", "stagedependencies", "pipeline", "resources", "environment", "system", "organization",
     "strategy", "job", "stage", "step", "steps", "matrix")
)  # fmt: skip
"""More than the documentation lists: decorators know the job and its steps, and undocumented is not wrong."""

_IN_STEPS = _RUNTIME - {"dependencies", "stagedependencies"}
"""The agent evaluates the conditions of steps, and knows nothing of other jobs (azure-pipelines-agent, ExpressionManager.cs)."""

_DOTTED = re.compile(r"\w+(?:\.\w+)*")
_LATER = frozenset(("dependencies", "stagedependencies"))


def check(file: LintedFile) -> Findings:
    """Names that neither the documentation nor an `each` around the expression knows.

    In a branch of `${{ if }}` that may not be taken, only evident mistakes.
    """
    steps = frozenset(step.name.casefold() for step in file.outline.steps if step.name)
    for expression in file.expressions:
        if expression.node is None:
            continue
        known = _TEMPLATE | expression.place.loops if expression.usage == TEMPLATE else _RUNTIME
        if expression.usage == CONDITION and expression.place.kind.startswith("steps."):
            known = _IN_STEPS
        for node in expression.parts:
            if not isinstance(node, Name) or node.name.casefold() in known:
                continue
            if expression.place.presence is Presence.MAYBE and not _is_slip(node.name, known):
                continue  # authors refuse input with an unknown name
            where = (expression, node.start, node.end)
            message = f"`{node.name}` is not known here"
            written = _DOTTED.match(expression.text, node.start)
            hint = _hint(written[0] if written else node.name, expression.usage, known, steps)
            yield file.in_expression(RULE.code, message, where, hint)


def _is_slip(name: str, known: frozenset[str]) -> bool:
    """Whether a name is misspelt, or known in other places only."""
    folded = name.casefold()
    return folded == "parameters" or folded in _LATER or misspelled(folded, known) is not None


def _hint(name: str, usage: str, known: frozenset[str], steps: frozenset[str]) -> str:
    first, _, rest = name.partition(".")
    folded = first.casefold()
    if folded == "null" and not rest:
        return "Write an empty text, `''`: a variable that is not set equals it."
    if folded in STATUS_FUNCTIONS and not rest:
        if usage == CONDITION:
            return f"It is a function: write `{first}()`."
        return f"`{first}()` is a function of conditions: use it in a `condition`."
    if folded in steps:
        return _of_step(f"{first}.{rest.rpartition('.')[2] or 'NAME'}", usage)
    if folded == "parameters":
        return "Parameters are known in `${{ }}` only: write `${{ parameters.name }}`."
    if folded in _LATER and usage == CONDITION:
        return f"Give a variable of the job the value `$[ {name}… ]`, and compare that variable."
    if folded in _LATER:
        return "Nothing has run yet when `${{ }}` is evaluated: use it in a condition, or in `$[ ]`."
    close = suggestion(folded, known)
    if close is not None:
        return close
    if usage == TEMPLATE:
        return f"Write text in single quotes: `'{name}'`. A parameter is `parameters.{name}`, a variable `variables['{name}']`."
    return f"Write text in single quotes: `'{name}'`. A variable is `variables['{name}']`."


def _of_step(output: str, usage: str) -> str:
    """How to read the output of a step, such as `version.tag`."""
    if usage == CONDITION:
        return f"The output of a step is a variable: write `variables['{output}']`."
    if usage == TEMPLATE:
        return (
            "No step has run when `${{ }}` is evaluated. "
            f"In the same job write `$({output})`; in another, `$[ dependencies.JOB.outputs['{output}'] ]`."
        )
    return f"In the same job write `$({output})`; in another, `$[ dependencies.JOB.outputs['{output}'] ]`."


RULE = Rule(
    code=UNKNOWN_CONTEXT,
    summary="an expression uses a name that is unknown in its place",
    why=(
        "The service refuses it: *Unrecognized value*. `${{ }}` knows `parameters` and `variables`; conditions and `$[ ]` know "
        "`variables`, `dependencies` and `stageDependencies`."
    ),
    wrong="steps:\n- script: echo one\n  condition: eq(Build.Reason, 'Manual')\n",
    right="steps:\n- script: echo one\n  condition: eq(variables['Build.Reason'], 'Manual')\n",
    check=check,
)
