"""AZR610: deployments that run after a failure."""

from collections.abc import Iterator

from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity
from azrelease.lint.rules.example_parts import DEPLOYMENT
from azrelease.syntax import Block, JobOutline, StageOutline
from azrelease.syntax.expressions import STATUS_FUNCTIONS, Literal


def check(file: LintedFile) -> Findings:
    """Deployment jobs, and stages with one, whose condition does not check what ran before."""
    for holder, waits in _holders(file):
        condition = file.condition(holder.block)
        if not waits or condition is None or not condition.is_whole or isinstance(condition.node, Literal):
            continue
        checks = any(call.name.casefold() in STATUS_FUNCTIONS for call in condition.calls)
        if not checks and "result" not in condition.text.casefold():
            what = "stage" if isinstance(holder, StageOutline) else "deployment"
            message = f"this {what} also runs when what it depends on fails: its condition replaces `succeeded()`"
            hint = f"Write `and(succeeded(), {condition.text.strip()})`."
            yield file.finding(RULE.code, message, condition.place.node, hint)


def _holders(file: LintedFile) -> Iterator[tuple[StageOutline | JobOutline, bool]]:
    """Stages and jobs that deploy, each with whether it depends on another."""
    for index, stage in enumerate(file.outline.stages):
        if any(job.is_deployment for job in stage.jobs) and not stage.is_implicit:
            entry = stage.block.entry("dependsOn")
            yield stage, index > 0 if entry is None else _names_any(stage.block)
        for job in stage.jobs:
            if job.is_deployment:
                yield job, _names_any(job.block)


def _names_any(block: Block) -> bool:
    return any(node.value for node in block.texts("dependsOn"))


_FILE = "jobs:\n- job: test\n  steps:\n  - script: make test\n" + DEPLOYMENT.format(
    "  dependsOn: test\n  condition: {}\n"
)

RULE = Rule(
    code=Code("AZR610", "deploys-after-failure", Severity.WARNING),
    summary="a deployment runs although what it depends on failed",
    why=(
        "A condition replaces the usual one, which is `succeeded()`: a condition that only compares the branch is also true after a failed "
        "test (learn.microsoft.com/azure/devops/pipelines/process/conditions)."
    ),
    wrong=_FILE.format("eq(variables['Build.SourceBranch'], 'refs/heads/main')"),
    right=_FILE.format("and(succeeded(), eq(variables['Build.SourceBranch'], 'refs/heads/main'))"),
    check=check,
)
