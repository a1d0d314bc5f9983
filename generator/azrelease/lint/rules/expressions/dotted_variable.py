"""AZR315: names with a dot behind a dot."""

from azrelease.catalog.predefined_variables import predefined_variable
from azrelease.lint.facts.variables import variables
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity
from azrelease.syntax.expressions import Index, route

_LEAST_PARTS = 3


def check(file: LintedFile) -> Findings:
    """References such as `variables.Build.Reason`, in all expressions."""
    declared: set[str] | None = None
    for expression in file.expressions:
        if "variables." not in expression.text.casefold():
            continue
        inside: set[int] = set()
        for node in expression.parts:
            parts = route(node) if isinstance(node, Index) and id(node) not in inside else None
            if isinstance(node, Index):
                inside.add(id(node.target))
            if parts is None or len(parts) < _LEAST_PARTS or parts[0].casefold() != "variables":
                continue
            name = ".".join(parts[1:])
            if declared is None:
                declared = {each.casefold() for each, _ in variables(file)}
            if predefined_variable(name) is not None or name.casefold() in declared:
                message = f"this reads `{parts[1]}`, not `{name}`: a dot begins a part of a value"
                where = (expression, node.start, node.end)
                yield file.in_expression(RULE.code, message, where, f"Write `variables['{name}']`.")


RULE = Rule(
    code=Code("AZR315", "dotted-variable", Severity.WARNING),
    summary="the name of a variable has a dot, and is read with dots",
    why=(
        "`variables.Build.Reason` is the part `Reason` of a variable `Build`, which does not exist: it is empty. A name with a dot is read in brackets "
        "(learn.microsoft.com/azure/devops/pipelines/process/expressions, Variables). "
        "The rule asks for the predefined variables and those of the file."
    ),
    wrong="steps:\n- script: make\n  condition: ne(variables.Build.Reason, 'PullRequest')\n",
    right="steps:\n- script: make\n  condition: ne(variables['Build.Reason'], 'PullRequest')\n",
    check=check,
    of_run=True,
)
