"""AZR502: secrets that all steps get."""

from azrelease.lint.facts.variables import variables
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity
from azrelease.redaction import names_secret
from azrelease.syntax.embedded import macros


def check(file: LintedFile) -> Findings:
    """Variables with a secret as a macro in their value: they are in the environment of every step below."""
    for variable in variables(file):
        text = variable.node.value
        for macro in macros(text):
            if names_secret(macro[1]) and macro[1].casefold() != variable.name.casefold():
                span = file.document.text_span(variable.node, macro.start(), macro.end())
                message = f"every step gets `{macro[1]}` through `{variable.name}`"
                hint = "Pass it to the steps that need it, in their `env`."
                yield file.finding(RULE.code, message, span, hint)


RULE = Rule(
    code=Code("AZR502", "spread-secret", Severity.WARNING),
    summary="a secret that every step gets",
    why=(
        "Secret variables are not in the environment of steps on purpose. A variable with the secret as its value puts it into the "
        "environment of every step, and of every program that these run "
        "(learn.microsoft.com/azure/devops/pipelines/process/set-secret-variables)."
    ),
    wrong="variables:\n  DB: $(databasePassword)\nsteps:\n- script: ./migrate.sh\n",
    right="steps:\n- script: ./migrate.sh\n  env:\n    DB: $(databasePassword)\n",
    check=check,
)
