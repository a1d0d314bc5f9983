"""AZR310: comparisons with a value that the other side never has."""

import re
from collections.abc import Iterator

from azrelease.catalog.predefined_variables import predefined_variable
from azrelease.lint.facts.expressions import Expression
from azrelease.lint.facts.value_types import parameter_name, variable_name
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity
from azrelease.suggestions import closest
from azrelease.syntax.expressions import Call, Literal, Node, Opaque, route

_RESULTS = ("Succeeded", "SucceededWithIssues", "Skipped", "Failed", "Canceled")
_REFS = ("refs/heads/", "refs/tags/", "refs/pull/")
_BRANCH, _BRANCH_NAME = "build.sourcebranch", "build.sourcebranchname"
_BRANCHES = frozenset((_BRANCH, _BRANCH_NAME, "system.pullrequest.targetbranch", "system.pullrequest.sourcebranch"))
_REASON = "build.reason"
_SEPARATORS = (",", ";", "|", " ")
_LEAST_RESULT_PARTS = 3


def check(file: LintedFile) -> Findings:
    """Comparisons with literal text, in all expressions; and those of one `and` or `or` that exclude each other."""
    for expression in file.expressions:
        for call in expression.calls:
            name = call.name.casefold()
            if name in ("eq", "ne", "in", "notin"):
                yield from _equality(file, expression, call)
            elif name in ("startswith", "contains", "endswith"):
                yield from _parts(file, expression, call, name)
            elif name in ("and", "or"):
                yield from _exclusive(file, expression, call, name)


def _equality(file: LintedFile, expression: Expression, call: Call) -> Findings:
    """`eq` and `in`: of two sides, either may be the literal one."""
    literals = [argument for argument in call.arguments if isinstance(argument, Literal)]
    others = [argument for argument in call.arguments if not isinstance(argument, Literal)]
    if len(others) == 1 and isinstance(others[0], Opaque):
        yield from _quoted_parameter(file, expression, others[0], literals)
    if len(others) != 1 or not literals:
        return
    for literal in literals:
        if not isinstance(literal.value, str):
            continue
        found = _never_equal(file, others[0], literal.value)
        if found is not None:
            message, hint = found
            yield file.in_expression(RULE.code, message, (expression, literal.start, literal.end), hint)


_QUOTED = re.compile(r"'\s*\$\{\{\s*parameters(?:\.(\w+)|\['(\w+)'\])\s*\}\}\s*'", re.IGNORECASE)
_BOOLEAN_TEXTS = ("True", "False")


def _quoted_parameter(file: LintedFile, expression: Expression, quoted: Opaque, literals: list[Literal]) -> Findings:
    """`eq('${{ parameters.name }}', 'text')`: the text of a parameter, which is expanded before the condition is read."""
    match = _QUOTED.fullmatch(expression.text, quoted.start, quoted.end)
    parameter = file.parameters.get((match[1] or match[2]).casefold()) if match else None
    if parameter is None:
        return
    of_text = parameter.values or () if parameter.type == "string" and not file.is_expanded else ()
    values = _BOOLEAN_TEXTS if parameter.type == "boolean" else of_text
    for literal in literals if values else ():
        if isinstance(literal.value, str) and literal.value.casefold() not in map(str.casefold, values):
            shown = ", ".join(f"`{value}`" for value in values)
            where = (expression, literal.start, literal.end)
            yield file.in_expression(RULE.code, f"this is never `{literal.value}`", where, f"It is one of {shown}.")


def _never_equal(file: LintedFile, other: Node, text: str) -> tuple[str, str | None] | None:
    """Why a value is never that text, and what to write."""
    variable = (variable_name(other) or "").casefold()
    if variable in _BRANCHES and "*" in text:
        return _no_wildcards(text)
    if variable == _REASON and text.casefold() == "buildcompletion":
        return _no_completion(file)
    if variable == _BRANCH and text and not text.startswith(("$/", "${{")):
        return _not_a_ref(text, is_start=False)
    if variable == _BRANCH_NAME and "/" in text:
        return _no_slash(text)
    values = _values(file, other)
    if not values or text.casefold() in map(str.casefold, values):
        return None
    close = closest(text, values)
    shown = ", ".join(f"`{value}`" for value in values)
    hint = f"Did you mean `{close}`?" if close else f"It is one of {shown}."
    return f"this is never `{text}`", hint


def _values(file: LintedFile, node: Node) -> tuple[str, ...]:
    """All texts that a value can be; none where that is not known."""
    variable = variable_name(node)
    if variable is not None:
        known = predefined_variable(variable)
        return known.values if known is not None else ()
    parameter = file.parameters.get((parameter_name(node) or "").casefold())
    if parameter is not None:
        # An expanded file is a template for one caller; it is written for the others as well.
        is_known = parameter.type == "string" and not file.is_expanded
        return parameter.values or () if is_known else ()
    parts = route(node) or ()
    is_result = len(parts) >= _LEAST_RESULT_PARTS and parts[-1].casefold() == "result"
    return _RESULTS if is_result and parts[0].casefold() in ("dependencies", "stagedependencies") else ()


def _parts(file: LintedFile, expression: Expression, call: Call, name: str) -> Findings:
    """`startsWith`, `endsWith` and `contains`, of which the first argument is the text to search."""
    if len(call.arguments) != 2:  # noqa: PLR2004
        return
    text, part = call.arguments
    where = (expression, call.start, call.close)
    variable = (variable_name(part) or "").casefold()
    if isinstance(text, Literal) and isinstance(text.value, str) and variable:
        # A list in one text, such as 'refs/heads/a;refs/heads/b', is searched on purpose.
        if name != "contains" or (variable in (_BRANCH, "build.reason") and not _is_list(text.value)):
            shown = expression.text[part.start : part.end]
            message = f"this searches `{text.value}` for `{shown}`: the first argument is the text that is searched"
            hint = f"Write `{call.name}({shown}, '{text.value}')`."
            yield file.in_expression(RULE.code, message, where, hint)
        return
    searched = (variable_name(text) or "").casefold()
    if not isinstance(part, Literal) or not isinstance(part.value, str):
        return
    found = None
    if searched in _BRANCHES and "*" in part.value:
        found = _no_wildcards(part.value)
    elif searched == _BRANCH and name == "startswith" and part.value and not part.value.startswith(("$/", "${{")):
        found = _not_a_ref(part.value, is_start=True)
    elif searched == _BRANCH_NAME and "/" in part.value:
        found = _no_slash(part.value)
    if found is not None:
        message, hint = found
        yield file.in_expression(RULE.code, message, (expression, part.start, part.end), hint)


def _is_list(text: str) -> bool:
    return any(separator in text for separator in _SEPARATORS)


def _not_a_ref(text: str, *, is_start: bool) -> tuple[str, str] | None:
    folded = text.casefold()
    if any(folded.startswith(ref) or (is_start and ref.startswith(folded)) for ref in _REFS):
        return None
    name = text.rpartition("refs/")[2].partition("/")[2] if "refs/" in folded else text.lstrip("/")
    name = name.removeprefix("heads/")
    message = f"`Build.SourceBranch` never {'begins with' if is_start else 'is'} `{text}`: it is a full ref"
    return message, f"Write `'refs/heads/{name}'`."


def _no_wildcards(text: str) -> tuple[str, str]:
    start = text.partition("*")[0]
    return f"no branch has a `*` in its name: functions compare `{text}` as it is", f"Write `startsWith(…, '{start}')`."


def _no_completion(file: LintedFile) -> tuple[str, str] | None:
    """The reason of runs that a pipeline resource starts. A trigger of the portal has the other one."""
    if not any(each.block.entry("trigger") for each in file.resources("pipelines").values()):
        return None
    return "a run that a pipeline resource starts never has this reason", "Write `'ResourceTrigger'`."


def _no_slash(text: str) -> tuple[str, str]:
    message = f"`Build.SourceBranchName` is only the last part of a branch, so it never has the `/` of `{text}`"
    return message, f"Compare `variables['Build.SourceBranch']` with `'refs/heads/{text.removeprefix('refs/heads/')}'`."


def _exclusive(file: LintedFile, expression: Expression, call: Call, name: str) -> Findings:
    """`and(eq(x, 'a'), eq(x, 'b'))` and `or(ne(x, 'a'), ne(x, 'b'))`."""
    if name == "and":
        yield from _pull_request_of_branch(file, expression, call)
    wanted = "eq" if name == "and" else "ne"
    seen: dict[tuple[str, ...], str] = {}
    for inner in _flat(call, name):
        pair = _compared(inner, wanted)
        if pair is None:
            continue
        parts, value = pair
        first = seen.setdefault(parts, value)
        if first.casefold() != value.casefold():
            message = f"this is always {'false' if name == 'and' else 'true'}: the same value is compared with `{first}` and `{value}`"
            other = f"Write `{'or' if name == 'and' else 'and'}(…)` if one of them is enough."
            yield file.in_expression(RULE.code, message, (expression, call.start, call.close), other)
            return


def _pull_request_of_branch(file: LintedFile, expression: Expression, call: Call) -> Findings:
    """The reason is a pull request, and the branch one that no pull request has: theirs is `refs/pull/N/merge`."""
    inner = list(_flat(call, "and"))
    compared = dict(pair for pair in (_compared(each, "eq") for each in inner) if pair is not None)
    if (compared.get(("variables", _REASON)) or "").casefold() != "pullrequest":
        return
    for each in inner:
        name = each.name.casefold() if isinstance(each, Call) else ""
        pair = _compared(each, name) if name in ("eq", "startswith") else None
        if pair is None or len(pair[0]) != 2 or not pair[1]:  # noqa: PLR2004
            continue
        (_, variable), value = pair
        folded = value.casefold()
        is_branch = variable == _BRANCH and not "refs/pull/".startswith(folded) and not folded.startswith("refs/pull/")
        if is_branch or (variable == _BRANCH_NAME and folded != "merge"):
            assert isinstance(each, Call)
            message = (
                f"this is false in every run for a pull request: its branch is `refs/pull/NUMBER/merge`, not `{value}`"
            )
            hint = "Compare `variables['System.PullRequest.TargetBranch']` for the branch that it goes to."
            yield file.in_expression(RULE.code, message, (expression, each.start, each.close), hint)


def _flat(call: Call, name: str) -> Iterator[Node]:
    for argument in call.arguments:
        if isinstance(argument, Call) and argument.name.casefold() == name:
            yield from _flat(argument, name)
        else:
            yield argument


def _compared(node: Node, name: str) -> tuple[tuple[str, ...], str] | None:
    """The reference and the text of a comparison of these."""
    if not isinstance(node, Call) or node.name.casefold() != name or len(node.arguments) != 2:  # noqa: PLR2004
        return None
    left, right = node.arguments
    if isinstance(left, Literal):
        left, right = right, left
    parts = route(left)
    if parts is None or not isinstance(right, Literal) or not isinstance(right.value, str) or "${{" in right.value:
        return None
    return tuple(map(str.casefold, parts)), right.value


RULE = Rule(
    code=Code("AZR310", "impossible-comparison", Severity.WARNING),
    summary="a comparison with a value that never occurs",
    why=(
        "What it guards never runs, or always does. `Build.SourceBranch` is a full ref such as `refs/heads/main`, `Build.SourceBranchName` its last "
        "part, `Build.Reason`, `Agent.OS` and results have a few values (learn.microsoft.com/azure/devops/pipelines/build/variables), a parameter "
        "with `values` has only those. The rule asks for the values that a side can have, and says nothing where these are not known."
    ),
    wrong="steps:\n- script: make publish\n  condition: and(succeeded(), eq(variables['Build.SourceBranch'], 'main'))\n",
    right="steps:\n- script: make publish\n  condition: and(succeeded(), eq(variables['Build.SourceBranch'], 'refs/heads/main'))\n",
    check=check,
    of_run=True,
)
