"""AZR606: stages that never run."""

from azrelease.lint.facts import dependencies
from azrelease.lint.facts.expressions import needs_success
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity
from azrelease.syntax.expressions import STATUS_FUNCTIONS, EvaluationError, evaluate, to_boolean


def check(file: LintedFile) -> Findings:
    """Stages that depend on one that never runs, without a condition that lets them run anyway."""
    members = dependencies.stages(file.outline.stages)
    places = {member.name.casefold(): index for index, member in enumerate(members) if member.name}
    never = {index for index, member in enumerate(members) if _is_false(file, member)}
    for index, member in enumerate(members):
        waits = dependencies.waits_for(members, index, in_order=True)
        skipped = [name for name in waits or () if places.get(name) in never]
        if skipped and index not in never and _needs_success(file, member):
            name = members[places[skipped[0]]].name
            message = f"this stage never runs: it depends on `{name}`, which never runs"
            hint = "Change `dependsOn`, or give it a condition such as `in(dependencies.X.result, 'Succeeded', 'Skipped')`."
            yield file.finding(RULE.code, message, member.node, hint)
            never.add(index)


def _is_false(file: LintedFile, member: dependencies.Member) -> bool:
    """Whether the condition of a stage is always false."""
    condition = file.condition(member.block)
    if condition is None or condition.node is None or member.guards or len(list(member.block.all("condition"))) > 1:
        return False
    if not file.is_written(condition.place.node.value):
        return False
    try:
        return to_boolean(evaluate(condition.node, {})) is False
    except EvaluationError:
        return False


def _needs_success(file: LintedFile, member: dependencies.Member) -> bool:
    """Whether a stage runs only after what it depends on has succeeded."""
    if member.block.entry("condition") is None:
        return not member.block.open
    condition = file.condition(member.block)
    if condition is None or not condition.is_whole:
        return False
    named = {call.name.casefold() for call in condition.calls} & STATUS_FUNCTIONS
    return named == {"succeeded"} and needs_success(condition.text)


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
        "A stage runs when what it depends on has succeeded; a skipped stage has not. Without `dependsOn`, a stage depends on the one "
        "above it."
    ),
    wrong=_FILE.format(""),
    right=_FILE.format("  dependsOn: build\n"),
    check=check,
)
