"""AZR502: secrets that every step gets."""

from collections.abc import Iterator

from azrelease.diagnostics import Code, Diagnostic, Severity
from azrelease.lint.facts.variables import variables
from azrelease.lint.linted_file import LintedFile
from azrelease.lint.rule import Rule
from azrelease.redaction import names_secret
from azrelease.syntax.embedded import macros


def check(file: LintedFile) -> Iterator[Diagnostic]:
    """Variables that are given a secret by macro: these reach the environment of every step below."""
    for variable in variables(file):
        text = variable.node.value
        for found in macros(text):
            if names_secret(found[1]) and found[1].casefold() != variable.name.casefold():
                span = file.document.text_span(variable.node, found.start(), found.end())
                message = f"through `{variable.name}` every step gets `{found[1]}`"
                hint = "Give it to the steps that need it, in their `env`."
                yield file.finding(RULE.code, message, span, hint)


RULE = Rule(
    code=Code("AZR502", "spread-secret", Severity.WARNING),
    summary="a secret is handed to every step",
    why=(
        "Secrets are kept out of the environment of steps on purpose; a variable that is given one by macro takes it into the "
        "environment of every step, and of every program that these run "
        "(learn.microsoft.com/azure/devops/pipelines/process/set-secret-variables)."
    ),
    wrong="variables:\n  DB: $(databasePassword)\nsteps:\n- script: ./migrate.sh\n",
    right="steps:\n- script: ./migrate.sh\n  env:\n    DB: $(databasePassword)\n",
    check=check,
)
