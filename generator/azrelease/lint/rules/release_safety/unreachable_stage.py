"""AZR606: stages that never run."""

from collections.abc import Iterator

from azrelease.diagnostics import Code, Diagnostic, Severity
from azrelease.lint.facts import dependencies
from azrelease.lint.facts.expressions import CONDITION
from azrelease.lint.linted_file import LintedFile
from azrelease.lint.rule import Rule
from azrelease.syntax.expressions import STATUS_FUNCTIONS, EvaluationError, evaluate
from azrelease.syntax.expressions.evaluator import to_boolean


def check(file: LintedFile) -> Iterator[Diagnostic]:
    """Stages that wait for one which never runs, without a condition that lets them run all the same."""
    members = dependencies.stages(file.outline.stages)
    places = {member.name.casefold(): index for index, member in enumerate(members) if member.name}
    never = {index for index, member in enumerate(members) if _is_false(file, member)}
    for index, member in enumerate(members):
        waits = dependencies.waits_for(members, index, in_order=True)
        skipped = [name for name in waits or () if places.get(name) in never]
        if skipped and index not in never and _needs_success(file, member):
            name = members[places[skipped[0]]].name
            message = f"this stage never runs: it waits for `{name}`, which never does"
            hint = "Change `dependsOn`, or give it a condition such as `in(dependencies.X.result, 'Succeeded', 'Skipped')`."
            yield file.finding(RULE.code, message, member.node, hint)
            never.add(index)


def _is_false(file: LintedFile, member: dependencies.Member) -> bool:
    """Whether the condition of a stage never holds."""
    node = member.block.scalar("condition")
    if node is None or member.guards or sum(1 for _ in member.block.all("condition")) > 1:
        return False
    for expression in file.expressions:
        if expression.place.node is node and expression.usage == CONDITION and expression.node is not None:
            try:
                return to_boolean(evaluate(expression.node, {})) is False
            except EvaluationError:
                return False
    return False


def _needs_success(file: LintedFile, member: dependencies.Member) -> bool:
    """Whether a stage runs only after what it waits for has succeeded."""
    node = member.block.scalar("condition")
    if node is None:
        return not member.block.open
    for expression in file.expressions:
        if expression.place.node is node and expression.node is not None and expression.is_whole:
            named = {call.name.casefold() for call in expression.calls} & STATUS_FUNCTIONS
            return named == {"succeeded"} and expression.text.replace(" ", "").startswith(
                ("succeeded()", "and(succeeded()")
            )
    return False


_FILE = """\
stages:
- stage: build
  jobs:
  - job: run
    steps:
    - script: echo one
- stage: test
  condition: false
  jobs:
  - job: run
    steps:
    - script: echo two
- stage: ship
{}  jobs:
  - job: run
    steps:
    - script: echo three
"""

RULE = Rule(
    code=Code("AZR606", "unreachable-stage", Severity.WARNING),
    summary="a stage that can never run",
    why=(
        "A stage runs when what it depends on has succeeded; one that is skipped has not. Without `dependsOn`, a stage depends on the one "
        "above it."
    ),
    wrong=_FILE.format(""),
    right=_FILE.format("  dependsOn: build\n"),
    check=check,
)
