"""AZR312: expressions without the signs that have them evaluated."""

import re
from collections.abc import Iterator

from yaml import ScalarNode

from azrelease.catalog.predefined_variables import predefined_variable
from azrelease.diagnostics import Span
from azrelease.lint.facts.environment_names import environment_name
from azrelease.lint.facts.expressions import TEMPLATE
from azrelease.lint.facts.variables import variables
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity
from azrelease.syntax.embedded import is_computed, template_expressions
from azrelease.syntax.expressions import FUNCTIONS, Call, ExpressionError, Index, Name, Opaque, parse, walk

_CONTEXTS = frozenset(("variables", "dependencies", "stagedependencies", "parameters"))
_BARE = re.compile(r"\s*(?:stageDependencies|dependencies|variables)\s*[.\[]|\s*[A-Za-z]+\s*\(")
_MACRO = re.compile(
    r"\$\((?P<name>(?:parameters|variables)\s*(?:\.\s*[A-Za-z_]\w*|\[\s*'[^']*'\s*\])|(?:stageD|d)ependencies\.[^()\n]*)\)"
)
_OF_POWERSHELL = re.compile(r"\$\(env:(?P<name>[A-Za-z_]\w*)\)", re.IGNORECASE)
_OF_SHELLS = re.compile(r"(?<![$\\])\$(?:\{(?P<braces>[A-Z_][A-Z0-9_]*)\}|(?P<name>[A-Z_][A-Z0-9_]*))")
_READ_BY_SHELLS = re.compile(
    r"arg|script|command|option|flag|param|value|inline|extra|custom|setting|content", re.IGNORECASE
)
_BRACES = re.compile(
    r"(?:(?<![${])\{\{|\$\{(?!\{))\s*(?P<context>parameters|variables)\.(?P<name>[A-Za-z_]\w*)\s*\}\}?"
)


def check(file: LintedFile) -> Findings:
    """Values of variables that are an expression; references between other signs, in the texts of the file."""
    for name, node in variables(file):
        if _is_expression(str(node.value)):
            message = f"`{name}` gets this text itself: a value is an expression only in `$[ ]` or `${{{{ }}}}`"
            yield file.finding(RULE.code, message, node, f"Write `{name}: $[ {node.value.strip()} ]`.")
    yield from _in_inputs(file)
    yield from _nested(file)
    has_macros, has_braces = "$(" in file.document.text, _BRACES.search(file.document.text) is not None
    if not has_macros and not has_braces:
        return
    names = {"parameters": set(file.parameters), "variables": {name.casefold() for name, _ in variables(file)}}
    for node in _texts(file):
        text = str(node.value)
        for match in _MACRO.finditer(text) if has_macros else ():
            message = f"`{match[0]}` is a macro of a variable with that name, not a reference"
            yield file.finding(RULE.code, message, _span(file, node, match), _instead(match["name"]))
        for match in _BRACES.finditer(text) if has_braces else ():
            if match["name"].casefold() in names[match["context"]]:
                message = f"`{match[0]}` stays text: a template expression has the signs `${{{{ }}}}`"
                hint = f"Write `${{{{ {match['context']}.{match['name']} }}}}`."
                yield file.finding(RULE.code, message, _span(file, node, match), hint)

        for match in _OF_POWERSHELL.finditer(text) if has_macros else ():
            message = f"`{match[0]}` is a macro of a variable with that name: a macro has the name alone"
            yield file.finding(RULE.code, message, _span(file, node, match), f"Write `$({match['name']})`.")


def _nested(file: LintedFile) -> Findings:
    """Texts with signs inside of a template expression."""
    for expression in file.expressions:
        if expression.usage != TEMPLATE or "${{" not in expression.text:
            continue
        for part in expression.parts:
            if isinstance(part, Opaque):
                written = expression.text[part.start : part.end]
                inner = next(iter(template_expressions(written)), None)
                message = f"inside of `${{{{ }}}}` this is the text {written}, signs and all"
                hint = f"Write `{(inner.text or '').strip()}`." if inner is not None else None
                yield file.in_expression(RULE.code, message, (expression, part.start, part.end), hint)


def _in_inputs(file: LintedFile) -> Findings:
    """Environment variables in inputs that no shell reads."""
    for known in file.known_tasks:
        names: dict[str, str] | None = None
        for entry, definition in known.given:
            node = entry.value
            if not isinstance(node, ScalarNode) or "$" not in node.value or _READ_BY_SHELLS.search(entry.name):
                continue
            if definition is None or definition.type not in ("filepath", "string"):
                continue
            for match in _OF_SHELLS.finditer(node.value):
                if names is None:
                    variables_of_job = file.run_variables.of(known.step.job).variables
                    names = {environment_name(each.name): each.name for each in variables_of_job}
                name = match["braces"] or match["name"]
                predefined = predefined_variable(name.replace("_", "."))
                variable = names.get(name) or (predefined.name if predefined is not None and "_" in name else None)
                if variable is not None:
                    message = f"`{match[0]}` stays text: no shell reads this input"
                    span = file.document.text_span(node, match.start(), match.end())
                    yield file.finding(RULE.code, message, span, f"Write `$({variable})`.")


def _texts(file: LintedFile) -> Iterator[ScalarNode]:
    """The scripts, inputs, environment variables and variables of a file."""
    seen: set[int] = set()
    scripts = (script.node for script in file.scripts)
    for node in (*scripts, *(node for _, node in file.settings), *(place.node for place in file.places)):
        if id(node) not in seen:
            seen.add(id(node))
            yield node


def _span(file: LintedFile, node: ScalarNode, match: re.Match[str]) -> Span:
    return file.document.text_span(node, match.start(), match.end())


def _is_expression(text: str) -> bool:
    """Whether a text is an expression that reads something of the run, and nothing else."""
    if is_computed(text) or not _BARE.match(text):
        return False
    try:
        node = parse(text.strip())
    except ExpressionError:
        return False
    if not isinstance(node, Call | Index):
        return False
    calls = [part for part in walk(node) if isinstance(part, Call)]
    names = {part.name.casefold() for part in walk(node) if isinstance(part, Name)}
    return bool(names) and names <= _CONTEXTS and all(call.name.casefold() in FUNCTIONS for call in calls)


def _instead(name: str) -> str:
    if name.startswith("parameters"):
        return f"Write `${{{{ {name} }}}}`."
    if name.startswith("variables"):
        inner = name.removeprefix("variables").strip(".[]' ")
        return f"Write `$({inner})`."
    return f"Give a variable of the job the value `$[ {name} ]`, and read that variable."


RULE = Rule(
    code=Code("AZR312", "unmarked-expression", Severity.WARNING),
    summary="an expression without the signs that have it evaluated",
    why=(
        "The text itself is used: only `${{ }}`, `$[ ]` and `$(name)` are replaced, each by its own rules "
        "(learn.microsoft.com/azure/devops/pipelines/process/variables, Understand variable syntax). "
        "A value counts when it can be parsed and reads a context; other signs count around the name of a parameter or variable that the file declares."
    ),
    wrong=(
        "variables:\n  isMain: eq(variables['Build.SourceBranch'], 'refs/heads/main')\nsteps:\n- script: ./publish.sh $(isMain)\n"
    ),
    right=(
        "variables:\n  isMain: $[ eq(variables['Build.SourceBranch'], 'refs/heads/main') ]\nsteps:\n- script: ./publish.sh $(isMain)\n"
    ),
    check=check,
    of_run=True,
)
