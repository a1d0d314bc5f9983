"""AZR317: lists and mappings where a text is expected."""

from azrelease.lint.facts.expressions import TEMPLATE
from azrelease.lint.facts.value_types import parameter_name
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity

_TEXTS = frozenset(("displayName", "bash", "pwsh", "powershell", "script", "workingDirectory"))
_OWN_NAMES = "map string"
"""The kind of blocks whose keys are names of the user's choice, such as `env`."""


def check(file: LintedFile) -> Findings:
    """Parameters of type object whose default is a list or a mapping, as the whole value of an input, variable or script."""
    for expression in file.expressions:
        place = expression.place
        if expression.usage != TEMPLATE or place.is_key or place.key.startswith("${{") or expression.node is None:
            continue
        is_text = (
            place.key in ("env", "inputs")
            if place.kind == _OWN_NAMES
            else place.key in _TEXTS or place.kind == "variables"
        )
        if not is_text:
            continue
        name = parameter_name(expression.node)
        parameter = file.parameters.get((name or "").casefold())
        if (
            parameter is None
            or parameter.type != "object"
            or not parameter.has_default
            or parameter.default is not None
        ):
            continue
        if place.node.value.strip() != f"${{{{{expression.text}}}}}":
            continue
        message = f"`{parameter.name}` is a list or a mapping, and this takes a text"
        hint = f"Write `${{{{ convertToJson(parameters.{parameter.name}) }}}}`."
        yield file.in_expression(RULE.code, message, (expression, expression.node.start, expression.node.end), hint)


_STEPS = "parameters:\n- name: regions\n  type: object\n  default:\n  - westeurope\n  - northeurope\ntrigger: none\nsteps:\n- bash: ./deploy.sh\n  env:\n    REGIONS: ${{{{ {} }}}}\n"

RULE = Rule(
    code=Code("AZR317", "object-as-text", Severity.ERROR),
    summary="a list or mapping where a text is expected",
    why=(
        "The service refuses the file: *A sequence was not expected* (learn.microsoft.com/azure/devops/pipelines/process/expressions, Type casting). "
        "The rule asks for the type and the default of the parameter, and says nothing of one whose default is a text."
    ),
    wrong=_STEPS.format("parameters.regions"),
    right=_STEPS.format("convertToJson(parameters.regions)"),
    check=check,
)
