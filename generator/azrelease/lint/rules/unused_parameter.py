"""AZR219: parameters that nothing uses."""

from collections.abc import Iterator

from azrelease.diagnostics import UNUSED_PARAMETER, Diagnostic
from azrelease.lint.references import parameter_references
from azrelease.lint.rule import Rule
from azrelease.lint.subject import Subject


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Parameters that no expression names, unless one goes through all of them."""
    references = parameter_references(subject.all_expressions)
    if references.all_used or subject.file.parameters_open:
        return
    used = {name for name, _, _, _ in references.named}
    for name, parameter in subject.file.parameters.items():
        if name not in used:
            message = f"the parameter `{parameter.name}` is never used"
            hint = "Whoever sets it expects something of it: use it, or remove it."
            yield subject.file.finding(UNUSED_PARAMETER, message, parameter.node, hint)


_FILE = "parameters:\n- name: folder\n  type: string\n  default: a\nsteps:\n- script: ls {}\n"

RULE = Rule(
    UNUSED_PARAMETER,
    "a parameter is declared and never used",
    "Whoever sets it is led to believe that it changes something.",
    _FILE.format("a"),
    _FILE.format("${{ parameters.folder }}"),
    check,
)
