"""AZR220: parameters that are used and not declared."""

from collections.abc import Iterator

from azrelease.diagnostics import UNDECLARED_PARAMETER, Diagnostic
from azrelease.lint.references import parameter_references
from azrelease.lint.rule import Rule
from azrelease.lint.subject import Subject
from azrelease.suggestions import suggestion


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Names behind `parameters.` that the file does not declare."""
    file = subject.file
    if file.parameters_open or file.root.open or not (file.parameters or file.is_pipeline):
        return
    if any(not parameter.type for parameter in file.parameters.values()):
        return  # an old template is given whatever its users like
    names = [parameter.name for parameter in file.parameters.values()]
    for name, expression, start, end in parameter_references(subject).named:
        if name not in file.parameters:
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
