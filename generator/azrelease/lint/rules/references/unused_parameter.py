"""AZR219: parameters that are never used."""

import re
from collections.abc import Set as AbstractSet

from yaml import ScalarNode

from azrelease.lint.facts.expressions import parameter_references
from azrelease.lint.facts.variables import matrix_legs, variables
from azrelease.lint.rule import Code, Diagnostic, Edit, Findings, Fix, LintedFile, Rule, Severity
from azrelease.syntax import Block, Parameter
from azrelease.syntax.embedded import macros

_SET = re.compile(r"task\.setvariable\s[^\]]*?variable=([\w.\-]+)", re.IGNORECASE)


def check(file: LintedFile) -> Findings:
    """Parameters that no expression names, unless one iterates over all of them.

    A parameter written as a variable, `$(name)`, is a warning where nothing in the file sets a variable of that name.
    """
    references = parameter_references(file.all_expressions)
    if references.all_used or file.parameters_open:
        return
    used = {name for name, _, _, _ in references.named}
    unused = {name: found for name, found in file.parameters.items() if name not in used}
    as_variables = _as_variables(file, unused.keys() - _variables(file)) if unused else {}
    for name, parameter in unused.items():
        if name in as_variables:
            yield from (_as_variable(file, parameter, *place) for place in as_variables[name])
        else:
            message = f"the parameter `{parameter.name}` is never used"
            hint = "Setting it has no effect: use it, or remove it."
            yield file.finding(RULE.code, message, parameter.node, hint)


def _as_variables(file: LintedFile, names: AbstractSet[str]) -> dict[str, list[tuple[ScalarNode, re.Match[str]]]]:
    """The places where names, in lower case, are written as `$(name)`."""
    found: dict[str, list[tuple[ScalarNode, re.Match[str]]]] = {}
    for place in file.places if names else ():
        for macro in macros(place.node.value):
            if macro[1].casefold() in names:
                found.setdefault(macro[1].casefold(), []).append((place.node, macro))
    return found


def _variables(file: LintedFile) -> frozenset[str]:
    """The variables, in lower case, that the file sets: with a value, in a matrix, in a script."""
    legs = (
        entry.name.casefold()
        for job in file.outline.jobs
        for leg in matrix_legs(job)
        for entry in (leg.value.entries if isinstance(leg.value, Block) else ())
    )
    scripts = (found[1].casefold() for found in _SET.finditer(file.document.text))
    return frozenset((*(variable.name.casefold() for variable in variables(file)), *legs, *scripts))


def _as_variable(file: LintedFile, parameter: Parameter, node: ScalarNode, macro: re.Match[str]) -> Diagnostic:
    instead = f"${{{{ parameters.{parameter.name} }}}}"
    message = f"`{macro[0]}` does not name a variable; this is a parameter: `{instead}`"
    hint = "`$(name)` is for variables, which a step gets when it runs; without such a variable, it stays this text."
    start = file.document.offset(node, macro.start())
    is_plain = file.document.text[start : start + len(macro[0])] == macro[0]
    fix = Fix((Edit(start, start + len(macro[0]), instead),), safe=False) if is_plain else None
    span = file.document.text_span(node, macro.start(), macro.end())
    return file.finding(RULE.code, message, span, hint, level=Severity.WARNING, fix=fix)


_FILE = "parameters:\n- name: folder\n  type: string\n  default: a\nsteps:\n- script: ls {}\n"

RULE = Rule(
    code=Code("AZR219", "unused-parameter", Severity.INFO),
    summary="a parameter is declared and never used",
    why=(
        "Setting it has no effect. Templates that others use cannot drop a parameter, so this is information; a "
        "parameter that is written as a variable, `$(name)`, is a warning."
    ),
    wrong=_FILE.format("a"),
    right=_FILE.format("${{ parameters.folder }}"),
    check=check,
    of_text=True,
)
