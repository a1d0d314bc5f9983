"""AZR610: deployments that run after a failure."""

from collections.abc import Iterator

from azrelease.lint.facts.expressions import Expression
from azrelease.lint.facts.outward_steps import goes_outward
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity
from azrelease.lint.rules.example_parts import DEPLOYMENT
from azrelease.syntax import Block, StageOutline
from azrelease.syntax.expressions import STATUS_FUNCTIONS, Literal, route


def check(file: LintedFile) -> Findings:
    """Deployment jobs, and stages, jobs and steps that deploy or publish, whose condition does not check what ran before."""
    for what, block, waits in (*_holders(file), *_outward(file)):
        condition = file.condition(block)
        if not waits or condition is None or not condition.is_whole or isinstance(condition.node, Literal):
            continue
        if _checks_what_ran_before(condition):
            if _only_excludes_failure(condition):
                message = f"this {what} also runs when what it depends on is cancelled or skipped: a result may be more than `Failed`"
                hint = "Write `in(…result, 'Succeeded', 'SucceededWithIssues')`."
                yield file.finding(RULE.code, message, condition.place.node, hint)
            continue
        before = "a step before it fails" if what == "step" else "what it depends on fails"
        message = f"this {what} also runs when {before}: its condition replaces `succeeded()`"
        text = " ".join(condition.text.split())
        yield file.finding(RULE.code, message, condition.place.node, f"Write `and(succeeded(), {text})`.")


def _checks_what_ran_before(condition: Expression) -> bool:
    is_status = any(call.name.casefold() in STATUS_FUNCTIONS for call in condition.calls)
    text = condition.text.casefold()
    return is_status or "result" in text or "jobstatus" in text


def _only_excludes_failure(condition: Expression) -> bool:
    """Whether all that a condition says of what ran before is that its result is not `Failed`."""
    if any(call.name.casefold() in STATUS_FUNCTIONS for call in condition.calls):
        return False
    compared = [
        call
        for call in condition.calls
        if any((route(part) or ("",))[-1].casefold() == "result" for part in call.arguments)
    ]
    return bool(compared) and all(
        call.name.casefold() == "ne"
        and any(isinstance(part, Literal) and part.value == "Failed" for part in call.arguments)
        for call in compared
    )


def _holders(file: LintedFile) -> Iterator[tuple[str, Block, bool]]:
    """Stages and jobs that deploy, each with whether it depends on another."""
    for index, stage in enumerate(file.outline.stages):
        if any(job.is_deployment for job in stage.jobs) and not stage.is_implicit:
            yield "stage", stage.block, _waits(stage, index)
        for job in stage.jobs:
            if job.is_deployment:
                yield "deployment", job.block, _names_any(job.block)


def _outward(file: LintedFile) -> Iterator[tuple[str, Block, bool]]:
    """Steps that deploy or publish, after another one; jobs and stages with such steps."""
    for index, stage in enumerate(file.outline.stages):
        for job in stage.jobs:
            if job.is_deployment:
                continue
            has_condition = job.block.entry("condition") or stage.block.entry("condition")
            for number, step in enumerate(job.steps):
                works_before = any(other.action not in ("checkout", "download") for other in job.steps[:number])
                if step.block.entry("condition") and works_before and goes_outward(file, step):
                    yield "step", step.block, True
            if has_condition and any(goes_outward(file, step) for step in job.steps):
                if job.block is not stage.block:
                    yield "job", job.block, _names_any(job.block)
                if not stage.is_implicit and not any(other.is_deployment for other in stage.jobs):
                    yield "stage", stage.block, _waits(stage, index)


def _waits(stage: StageOutline, index: int) -> bool:
    return index > 0 if stage.block.entry("dependsOn") is None else _names_any(stage.block)


def _names_any(block: Block) -> bool:
    return any(node.value for node in block.texts("dependsOn"))


_FILE = "jobs:\n- job: test\n  steps:\n  - script: make test\n" + DEPLOYMENT.format(
    "  dependsOn: test\n  condition: {}\n"
)

RULE = Rule(
    code=Code("AZR610", "deploys-after-failure", Severity.WARNING),
    summary="a deployment runs although what was before it failed",
    why=(
        "A condition replaces the usual one, which is `succeeded()`: a condition that only compares the branch is also true after a failed "
        "test (learn.microsoft.com/azure/devops/pipelines/process/conditions). So is the condition of a step that deploys, pushes or publishes. "
        "The rule asks for the conditions, and for what the tasks and commands of a step do; it says nothing of a condition that names a status, such as `always()`."
    ),
    wrong=_FILE.format("eq(variables['Build.SourceBranch'], 'refs/heads/main')"),
    right=_FILE.format("and(succeeded(), eq(variables['Build.SourceBranch'], 'refs/heads/main'))"),
    check=check,
)
