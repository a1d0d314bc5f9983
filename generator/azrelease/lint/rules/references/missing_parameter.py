"""AZR216: required parameters of a template that are missing."""

from azrelease.diagnostics import MISSING_PARAMETER
from azrelease.lint.facts.template_arguments import uses
from azrelease.lint.facts.templates import weight
from azrelease.lint.rule import Findings, LintedFile, Rule, Severity


def check(file: LintedFile) -> Findings:
    """Parameters without a default that are not given, where all given ones can be seen."""
    for use in uses(file):
        given = {entry.name.casefold() for entry in use.given}
        for name, parameter in use.file.parameters.items():
            if use.is_complete and not parameter.has_default and name not in given:
                message = f"`{use.reference.path}` needs the parameter `{parameter.name}`"
                hint = (
                    f"It is declared without a default, on line {parameter.node.start_mark.line + 1} of the template."
                )
                # The documentation also says that the first of the values is the default.
                is_warning = parameter.values or parameter.type == "boolean"
                level = Severity.WARNING if is_warning else weight(use.reference.block.presence)
                yield file.finding(RULE.code, message, use.reference.node, hint, level=level)


RULE = Rule(
    code=MISSING_PARAMETER,
    summary="a required parameter of a template is missing",
    why="The service refuses the pipeline: *A value for the parameter must be provided*.",
    wrong="steps:\n- template: list.yml\n",
    right="steps:\n- template: list.yml\n  parameters:\n    folder: a\n",
    check=check,
    of_text=True,
    beside=(
        ("list.yml", "parameters:\n- name: folder\n  type: string\nsteps:\n- script: ls ${{ parameters.folder }}\n"),
    ),
)
