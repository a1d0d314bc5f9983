"""AZR220: parameters that are used and not declared."""

from collections.abc import Iterator

from azrelease.diagnostics import UNDECLARED_PARAMETER, Diagnostic
from azrelease.lint.facts.parameter_references import parameter_references
from azrelease.lint.linted_file import LintedFile
from azrelease.lint.rule import Rule
from azrelease.suggestions import suggestion


def check(subject: LintedFile) -> Iterator[Diagnostic]:
    """Names behind `parameters.` that the file does not declare.

    Those of webhooks are what the webhook was sent
    (learn.microsoft.com/azure/devops/pipelines/yaml-schema/resources-webhooks-webhook).
    """
    file = subject.file
    if file.parameters_open or file.root.open or not (file.parameters or file.is_pipeline):
        return
    if any(not parameter.type for parameter in file.parameters.values()):
        return  # an old template is given whatever its users like
    payloads = {
        name.casefold()
        for resources, _ in file.root.blocks("resources")
        for webhook, _ in resources.blocks("webhooks")
        if (name := webhook.text("webhook"))
    }
    names = [parameter.name for parameter in file.parameters.values()]
    for name, expression, start, end in parameter_references(subject.expressions).named:
        if name not in file.parameters and name not in payloads:
            written = expression.text[start:end]
            message = f"`{written}` is not declared in `parameters`; it is empty"
            hint = suggestion(name, names, "Declare it in `parameters`.")
            yield subject.in_expression(UNDECLARED_PARAMETER, message, (expression, start, end), hint)


_FILE = (
    "parameters:\n- name: folder\n  type: string\n  default: a\nsteps:\n- script: ls ${{{{ parameters.folder }}}} {}\n"
)

RULE = Rule(
    UNDECLARED_PARAMETER,
    "an expression uses a parameter that the file does not declare",
    "It is empty, without an error.",
    _FILE.format("${{ parameters.fodler }}"),
    _FILE.format("again"),
    check,
)
