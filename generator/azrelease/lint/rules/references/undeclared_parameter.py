"""AZR220: parameters that are used but not declared."""

from azrelease.lint.facts.expressions import parameter_references
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity
from azrelease.suggestions import suggestion


def check(file: LintedFile) -> Findings:
    """Names after `parameters.` that the file does not declare.

    The name of a webhook is the payload that it received
    (learn.microsoft.com/azure/devops/pipelines/yaml-schema/resources-webhooks-webhook).
    """
    if file.parameters_open or file.root.open or not (file.parameters or file.is_pipeline):
        return
    if any(not parameter.type for parameter in file.parameters.values()):
        return  # an old template takes any parameter
    payloads = {
        name.casefold()
        for resources, _ in file.root.blocks("resources")
        for webhook, _ in resources.blocks("webhooks")
        if (name := webhook.text("webhook"))
    }
    names = [parameter.name for parameter in file.parameters.values()]
    for name, expression, start, end in parameter_references(file.expressions).named:
        if name not in file.parameters and name not in payloads:
            written = expression.text[start:end]
            message = f"`{written}` is not declared in `parameters`; it is empty"
            hint = suggestion(name, names, "Declare it in `parameters`.")
            yield file.in_expression(RULE.code, message, (expression, start, end), hint)


_FILE = (
    "parameters:\n- name: folder\n  type: string\n  default: a\nsteps:\n- script: ls ${{{{ parameters.folder }}}} {}\n"
)

RULE = Rule(
    code=Code("AZR220", "undeclared-parameter", Severity.WARNING),
    summary="an expression uses a parameter that the file does not declare",
    why="It is empty, without an error.",
    wrong=_FILE.format("${{ parameters.fodler }}"),
    right=_FILE.format("again"),
    check=check,
    of_text=True,
)
