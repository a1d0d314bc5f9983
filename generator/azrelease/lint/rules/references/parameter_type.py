"""AZR217: parameters of the wrong type."""

from yaml import ScalarNode

from azrelease.diagnostics import PARAMETER_TYPE
from azrelease.lint.facts.template_arguments import macro_hint, type_problem, uses
from azrelease.lint.facts.templates import weight
from azrelease.lint.rule import Findings, LintedFile, Rule, Severity
from azrelease.syntax import Block, MappingEntry, Value


def check(file: LintedFile) -> Findings:
    """Literal values given to templates, and defaults."""
    for use in uses(file):
        for entry in use.given:
            parameter = use.file.parameters.get(entry.name.casefold())
            problem = type_problem(parameter, entry.value) if parameter else None
            if problem is not None:
                message = f"the parameter `{entry.name}` of `{use.reference.path}` {problem}, but gets another value"
                at, hint = _place(entry.value, entry), macro_hint(entry.value)
                yield file.finding(RULE.code, message, at, hint, level=weight(entry.presence))
    for block, _ in file.root.blocks("parameters"):
        name, default = block.scalar("name"), block.entry("default")
        parameter = file.parameters.get(name.value.casefold()) if name is not None else None
        if parameter is None or default is None or block.kind != "parameters.parameter":
            continue
        problem = type_problem(parameter, default.value)
        if problem is not None and not (parameter.type != "string" and _is_empty(default.value)):
            message = f"the parameter `{parameter.name}` {problem}, but its default is another value"
            # A list or mapping as the default of a text counts only where no caller gives a value.
            level = Severity.WARNING if not isinstance(default.value, ScalarNode) else None
            at = _place(default.value, default)
            yield file.finding(RULE.code, message, at, macro_hint(default.value), level=level)


def _place(value: Value, entry: MappingEntry) -> ScalarNode | Block | MappingEntry:
    return value if isinstance(value, ScalarNode | Block) else entry


def _is_empty(value: Value) -> bool:
    return isinstance(value, ScalarNode) and not value.value


RULE = Rule(
    code=PARAMETER_TYPE,
    summary="a parameter gets a value of another type",
    why="The service refuses the pipeline: *The value provided for the parameter is not a valid Boolean*, for example.",
    wrong="steps:\n- template: list.yml\n  parameters:\n    all: everything\n",
    right="steps:\n- template: list.yml\n  parameters:\n    all: true\n",
    check=check,
    of_text=True,
    beside=(
        (
            "list.yml",
            "parameters:\n- name: all\n  type: boolean\nsteps:\n- ${{ if parameters.all }}:\n  - script: ls -a\n",
        ),
    ),
)
