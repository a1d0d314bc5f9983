"""AZR314: macros in arguments that a template compares."""

from collections.abc import Iterator
from functools import lru_cache

from yaml import ScalarNode

from azrelease.lint.facts.expressions import TEMPLATE, Expression, expressions
from azrelease.lint.facts.template_arguments import uses
from azrelease.lint.facts.templates import Reach
from azrelease.lint.facts.value_types import parameter_name, variable_name
from azrelease.lint.facts.variables import variables
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity
from azrelease.syntax import PipelineFile
from azrelease.syntax.embedded import directive, macros
from azrelease.syntax.expressions import Call, Literal, Node

_COMPARING = frozenset(
    ("eq", "ne", "in", "notin", "contains", "startswith", "endswith", "gt", "ge", "lt", "le", "length", "split")
)


def check(file: LintedFile) -> Findings:
    """What template expressions compare: arguments with a macro, and variables whose value the run makes."""
    yield from _arguments(file)
    yield from _variables(file)


def _variables(file: LintedFile) -> Findings:
    """Variables of the file, and of its templates, with a macro or a runtime expression as their value."""
    values: dict[str, list[str]] | None = None
    for expression in file.expressions:
        if expression.usage != TEMPLATE or "variables" not in expression.text.casefold():
            continue
        for call in expression.calls:
            if call.name.casefold() not in _COMPARING or _compares_with_nothing(call):
                continue
            for argument in call.arguments:
                name = variable_name(argument)
                if name is None:
                    continue
                if values is None:
                    values = _values(file)
                given = values.get(name.casefold(), [])
                if given and all("$(" in value or value.strip().startswith("$[") for value in given):
                    message = f"`{name}` is the text `{given[0].strip()}` here: its value is made in the run"
                    where = (expression, argument.start, argument.end)
                    yield file.in_expression(
                        RULE.code, message, where, "Compare it in a `condition`, or what it is made of."
                    )


def _values(file: LintedFile) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    files: list[PipelineFile] = [file]
    for reference, reach, path in file.template_uses:
        template = file.context.templates.read(path) if reach is Reach.FOUND and path else None
        if reference.place == "variables" and template is not None:
            files.append(template)
    for each in files:
        for name, node in variables(each):
            found.setdefault(name.casefold(), []).append(str(node.value))
    return found


def _arguments(file: LintedFile) -> Findings:
    for use in uses(file):
        given = [entry for entry in use.given if isinstance(entry.value, ScalarNode) and "$(" in entry.value.value]
        compared = _compared(use.file) if given else frozenset[str]()
        for entry in given:
            assert isinstance(entry.value, ScalarNode)
            macro = next(macros(entry.value.value), None)
            if macro is None or entry.name.casefold() not in compared:
                continue
            message = f"the template compares `{entry.name}` before `{macro[0]}` has a value: it compares the text `{macro[0]}`"
            hint = f"Write `${{{{ variables['{macro[1]}'] }}}}` for a variable of the file, or a parameter."
            yield file.finding(RULE.code, message, entry.value, hint)


@lru_cache(maxsize=64)
def _compared(file: PipelineFile) -> frozenset[str]:
    """The parameters, in lower case, whose value decides something in the template expressions of a file."""
    found = (name for expression in expressions(file.places) for name in _decisive(expression))
    return frozenset(name.casefold() for name in found)


def _decisive(expression: Expression) -> Iterator[str]:
    if expression.usage != TEMPLATE or expression.node is None:
        return
    for call in expression.calls:
        if call.name.casefold() in _COMPARING and not _compares_with_nothing(call):
            yield from _names(call.arguments)
    key = directive(expression.place.node.value) if expression.place.is_key else None
    if key is not None and key.name == "each":
        yield from _names((expression.node,))


def _compares_with_nothing(call: Call) -> bool:
    """Whether a comparison only tests that there is a value, which a macro is."""
    return any(isinstance(argument, Literal) and argument.value == "" for argument in call.arguments)


def _names(nodes: tuple[Node, ...]) -> Iterator[str]:
    for node in nodes:
        name = parameter_name(node)
        if name is not None:
            yield name


RULE = Rule(
    code=Code("AZR314", "macro-as-value", Severity.WARNING),
    summary="a template expression compares the text of a macro",
    why=(
        "Templates are expanded before the run: a parameter gets `$(name)` itself, which equals nothing that the template compares it with "
        "(learn.microsoft.com/azure/devops/pipelines/process/variables, Understand variable syntax). "
        "So it is with a variable whose value is a macro or a runtime expression. The rule asks for the expressions of the template, and for the values of the variables. It says nothing where the template only pastes the parameter or tests that there is one."
    ),
    wrong="variables:\n  tier: prod\nsteps:\n- template: deploy.yml\n  parameters:\n    tier: $(tier)\n",
    right="variables:\n  tier: prod\nsteps:\n- template: deploy.yml\n  parameters:\n    tier: ${{ variables.tier }}\n",
    beside=(
        (
            "deploy.yml",
            "parameters:\n- name: tier\n  type: string\nsteps:\n- ${{ if eq(parameters.tier, 'prod') }}:\n  - script: ./release.sh\n",
        ),
    ),
    of_text=True,
    check=check,
)
