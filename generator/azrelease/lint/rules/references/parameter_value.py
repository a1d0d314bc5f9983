"""AZR218: parameters with a value that is not allowed."""

from yaml import ScalarNode

from azrelease.diagnostics import PARAMETER_VALUE
from azrelease.lint.facts.template_arguments import macro_hint, uses
from azrelease.lint.facts.templates import weight
from azrelease.lint.rule import Findings, LintedFile, Rule
from azrelease.redaction import names_secret
from azrelease.suggestions import suggestion
from azrelease.syntax.embedded import is_computed


def check(file: LintedFile) -> Findings:
    """Literal values given to templates. How the service treats other defaults is not documented."""
    for use in uses(file):
        for entry in use.given:
            parameter = use.file.parameters.get(entry.name.casefold())
            value = entry.value
            if parameter is None or parameter.values is None or not isinstance(value, ScalarNode):
                continue
            if "${{" in value.value or any(is_computed(allowed) for allowed in parameter.values):
                continue
            if value.value.casefold() not in {allowed.casefold() for allowed in parameter.values}:
                shown = "***" if names_secret(entry.name) else value.value
                message = f"the parameter `{entry.name}` of `{use.reference.path}` cannot be `{shown}`"
                hint = suggestion(value.value, parameter.values, f"One of: {', '.join(parameter.values)}.")
                hint = macro_hint(value) or hint
                yield file.finding(RULE.code, message, value, hint, level=weight(entry.presence))


RULE = Rule(
    code=PARAMETER_VALUE,
    summary="a parameter gets a value that it does not allow",
    why="The service refuses the pipeline.",
    wrong="steps:\n- template: build.yml\n  parameters:\n    level: hihg\n",
    right="steps:\n- template: build.yml\n  parameters:\n    level: high\n",
    check=check,
    of_text=True,
    beside=(
        (
            "build.yml",
            "parameters:\n- name: level\n  type: string\n  values: [low, high]\nsteps:\n- script: make ${{ parameters.level }}\n",
        ),
    ),
)
