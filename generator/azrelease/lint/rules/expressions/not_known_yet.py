"""AZR313: variables that have no value yet where an expression reads them."""

from collections.abc import Iterator

from azrelease.catalog.predefined_variables import Known, PredefinedVariable, predefined_variable
from azrelease.lint.facts.expressions import CONDITION, RUNTIME, TEMPLATE, Expression
from azrelease.lint.facts.logging_commands import variables_set
from azrelease.lint.facts.scopes import scopes
from azrelease.lint.facts.value_types import variable_name
from azrelease.lint.facts.variables import matrix_legs, variables
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity
from azrelease.syntax import Block, Items, MappingEntry
from azrelease.syntax.expressions import Literal, Node

_WHEN = {TEMPLATE: "template expressions are expanded", RUNTIME: "this is evaluated", CONDITION: "this is evaluated"}
_FROM = {
    Known.RUN: "gets its value when the run starts",
    Known.JOB: "gets its value on the agent",
    Known.STEP: "gets its value after the checkout",
}


def check(file: LintedFile) -> Findings:
    """Predefined variables, and those that scripts of the file set, in all expressions outside of the conditions of steps."""
    for expression in file.expressions:
        if "variables" not in expression.text.casefold():
            continue
        for node in expression.parts:
            name = variable_name(node)
            if name is None:
                continue
            known = predefined_variable(name)
            if known is not None:
                yield from _predefined(file, expression, node, known)
            elif expression.usage == TEMPLATE:
                yield from _of_file(file, expression, node, name)
            elif expression.usage == RUNTIME and _is_counted(expression, node) and name.casefold() in _set(file):
                message = f"the counter reads `{name}` before the script that sets it has run"
                where = (expression, node.start, node.end)
                yield file.in_expression(RULE.code, message, where, "Give the variable its value in `variables`.")


def _predefined(file: LintedFile, expression: Expression, node: Node, known: PredefinedVariable) -> Findings:
    if known.known > _last_known(expression):
        message = f"`{known.name}` is empty here: it {_FROM[known.known]}, and {_WHEN[expression.usage]} before that"
        where = (expression, node.start, node.end)
        yield file.in_expression(RULE.code, message, where, _hint(expression, known.name))


def _of_file(file: LintedFile, expression: Expression, node: Node, name: str) -> Findings:
    where = (expression, node.start, node.end)
    if name.casefold() in _only_set_by_scripts(file):
        message = (
            f"`{name}` is empty here: a script sets it in the run, and template expressions are expanded before that"
        )
        yield file.in_expression(RULE.code, message, where, _hint(expression, name))
    elif not _is_coalesced(expression, node):
        yield from _unset(file, name, where)


def _unset(file: LintedFile, name: str, where: tuple[Expression, int, int]) -> Findings:
    """A variable that no `variables` of the pipeline has: groups, matrices and the portal give theirs to the run."""
    if not file.is_pipeline or name.casefold().startswith(_LATER) or _may_be_declared(file, name):
        return
    if any(name.casefold() == entry.name.casefold() for entry in _of_matrices(file)):
        source = "a matrix gives it to its jobs"
    elif any(inner.text("group") is not None for block in scopes(file) for inner, _ in block.blocks("variables")):
        source = "no `variables` of the file has it, and groups give theirs to the run"
    else:
        source = "no `variables` of the file has it, and the portal gives its own to the run"
    expression = where[0]
    is_name = expression.place.key in ("environment", "name") and expression.place.kind.startswith(
        ("jobs.", "environment")
    )
    is_whole = expression.place.node.value.strip() == f"${{{{ {expression.text.strip()} }}}}"
    level = Severity.ERROR if is_name and is_whole else None
    message = f"`{name}` is empty here: {source}"
    yield file.in_expression(RULE.code, message, where, _hint(expression, name), level)


_LATER = (
    "system.",
    "build.",
    "agent.",
    "resources.",
    "pipeline.",
    "environment.",
    "strategy.",
    "checks.",
    "endpoint.",
    "common.",
    "tf_build",
    "azrelease.",
)


def _may_be_declared(file: LintedFile, name: str) -> bool:
    if any(declared.casefold() == name.casefold() for declared, _ in variables(file)):
        return True
    for block in scopes(file):
        for entry in block.all("variables"):
            if not isinstance(entry.value, Block | Items) or entry.value.open:
                return True
        if any(inner.kind.endswith(".template") or inner.open for inner, _ in block.blocks("variables")):
            return True
    return file.root.open or file.root.entry("extends") is not None


def _of_matrices(file: LintedFile) -> Iterator[MappingEntry]:
    for job in file.outline.jobs:
        for leg in matrix_legs(job):
            yield from leg.value.entries if isinstance(leg.value, Block) else ()


def _is_coalesced(expression: Expression, node: Node) -> bool:
    """Whether a place is in a `coalesce`, or in a comparison with the empty text, which expect that there is no value."""
    return any(
        call.start < node.start < call.close
        and (
            call.name.casefold() == "coalesce"
            or any(isinstance(part, Literal) and part.value == "" for part in call.arguments)
        )
        for call in expression.calls
    )


def _is_counted(expression: Expression, node: Node) -> bool:
    return any(call.name.casefold() == "counter" and call.start < node.start < call.close for call in expression.calls)


def _set(file: LintedFile) -> frozenset[str]:
    return frozenset(each.name.casefold() for each in variables_set(file.scripts))


def _last_known(expression: Expression) -> Known:
    """The latest moment from which a variable has a value where the expression is evaluated."""
    if expression.usage == TEMPLATE:
        return Known.UNCONFIRMED
    if expression.usage == CONDITION and expression.place.kind.startswith("steps."):
        return Known.STEP
    return Known.RUN


def _only_set_by_scripts(file: LintedFile) -> frozenset[str]:
    return _set(file) - {name.casefold() for name, _ in variables(file)}


def _hint(expression: Expression, name: str) -> str:
    if expression.usage == TEMPLATE:
        if expression.place.is_key:
            return f"Write a `condition` of the step, such as `eq(variables['{name}'], '…')`."
        if expression.place.key == "template" or not expression.place.kind.startswith(("steps.", "variables", "map ")):
            return "Remove it."
        return f"Write `$({name})`, which the agent expands before each step."
    return f"Compare it in the `condition` of a step: `variables['{name}']`."


RULE = Rule(
    code=Code("AZR313", "not-known-yet", Severity.WARNING),
    summary="a variable is read before it has a value",
    why=(
        "It is empty there, without an error. Template expressions are expanded before the run, conditions of stages and jobs are evaluated before an "
        "agent has the job (learn.microsoft.com/azure/devops/pipelines/build/variables, column *Available in templates*; "
        "process/variables, Understand variable syntax). Variables of groups, of matrices and of the portal come with the run, too. The rule asks when each predefined variable gets its value, and for the "
        "`variables` of the file and what its scripts set. It says nothing of variables that the page denies to templates and that are read there in practice."
    ),
    wrong="steps:\n- ${{ if eq(variables['Agent.OS'], 'Linux') }}:\n  - script: sudo apt-get install graphviz\n- script: make docs\n",
    right="steps:\n- script: sudo apt-get install graphviz\n  condition: and(succeeded(), eq(variables['Agent.OS'], 'Linux'))\n- script: make docs\n",
    check=check,
)
