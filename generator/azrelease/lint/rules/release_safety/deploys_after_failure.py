"""AZR610: deployments that run although something failed before them."""

from collections.abc import Iterator

from azrelease.diagnostics import Code, Diagnostic, Severity
from azrelease.lint.facts.expressions import CONDITION
from azrelease.lint.linted_file import LintedFile
from azrelease.lint.rule import Rule
from azrelease.syntax import Block, JobOutline, StageOutline
from azrelease.syntax.expressions import STATUS_FUNCTIONS, Literal


def check(file: LintedFile) -> Iterator[Diagnostic]:
    """Deployment jobs, and stages with one, whose condition asks for no result of what ran before."""
    by_node = {
        id(e.place.node): e for e in file.expressions if e.usage == CONDITION and e.node is not None and e.is_whole
    }
    for holder, waits in _holders(file):
        node = holder.block.scalar("condition")
        expression = by_node.get(id(node)) if node is not None else None
        if not waits or node is None or expression is None or expression.node is None:
            continue
        asks = any(call.name.casefold() in STATUS_FUNCTIONS for call in expression.calls)
        if asks or "result" in expression.text.casefold() or isinstance(expression.node, Literal):
            continue
        what = "stage" if isinstance(holder, StageOutline) else "deployment"
        message = f"this {what} also runs when what it waits for has failed: its condition replaces `succeeded()`"
        hint = f"Write `and(succeeded(), {expression.text.strip()})`."
        yield file.finding(RULE.code, message, node, hint)


def _holders(file: LintedFile) -> Iterator[tuple[StageOutline | JobOutline, bool]]:
    """Stages and jobs that deploy, each with whether it waits for another."""
    for index, stage in enumerate(file.outline.stages):
        if any(job.is_deployment for job in stage.jobs) and not stage.is_implicit:
            entry = stage.block.entry("dependsOn")
            yield stage, index > 0 if entry is None else _names_any(stage.block)
        for job in stage.jobs:
            if job.is_deployment:
                yield job, _names_any(job.block)


def _names_any(block: Block) -> bool:
    return any(node.value for node in block.texts("dependsOn"))


_FILE = """\
jobs:
- job: test
  steps:
  - script: make test
- deployment: ship
  dependsOn: test
  condition: {}
  environment: staging
  strategy:
    runOnce:
      deploy:
        steps:
        - script: ./ship.sh
"""

RULE = Rule(
    code=Code("AZR610", "deploys-after-failure", Severity.WARNING),
    summary="a deployment runs although what it waits for has failed",
    why=(
        "A condition takes the place of the usual one, which is `succeeded()`: one that only asks for a branch holds after a failed test as "
        "well (learn.microsoft.com/azure/devops/pipelines/process/conditions)."
    ),
    wrong=_FILE.format("eq(variables['Build.SourceBranch'], 'refs/heads/main')"),
    right=_FILE.format("and(succeeded(), eq(variables['Build.SourceBranch'], 'refs/heads/main'))"),
    check=check,
)
