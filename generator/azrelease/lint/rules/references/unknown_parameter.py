"""AZR215: parameters that a template does not have."""

from azrelease.diagnostics import UNKNOWN_PARAMETER
from azrelease.lint.facts.template_arguments import uses
from azrelease.lint.facts.templates import weight
from azrelease.lint.rule import Findings, LintedFile, Rule
from azrelease.suggestions import suggestion


def check(file: LintedFile) -> Findings:
    """Templates of the same repository that declare a list of parameters."""
    for use in uses(file):
        for entry in use.given:
            if entry.name.casefold() not in use.file.parameters:
                message = f"`{use.reference.path}` has no parameter `{entry.name}`"
                names = [parameter.name for parameter in use.file.parameters.values()]
                given = {other.name.casefold() for other in use.given}
                missing = [name for name in names if name.casefold() not in given]
                hint = suggestion(entry.name, missing, f"It has: {', '.join(names)}.")
                level = weight(entry.presence)
                yield file.finding(RULE.code, message, entry, hint, level=level)


TEMPLATE = "parameters:\n- name: folder\n  type: string\nsteps:\n- script: ls ${{ parameters.folder }}\n"

RULE = Rule(
    code=UNKNOWN_PARAMETER,
    summary="a template gets a parameter that it does not have",
    why=(
        "The service refuses the pipeline: *Unexpected parameter*. Old templates, whose parameters are a mapping, and templates "
        "without parameters take any."
    ),
    wrong="steps:\n- template: list.yml\n  parameters:\n    folder: a\n    fodler: b\n",
    right="steps:\n- template: list.yml\n  parameters:\n    folder: a\n",
    check=check,
    of_text=True,
    beside=(("list.yml", TEMPLATE),),
)
