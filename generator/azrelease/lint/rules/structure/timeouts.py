"""AZR116: timeouts that another one cuts."""

from yaml import ScalarNode

from azrelease.lint.facts.pools import image_node, is_server
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity
from azrelease.syntax import Block, JobOutline

_DEFAULT = 60
_MOST_HOSTED = 360


def check(file: LintedFile) -> Findings:
    """`timeoutInMinutes` of steps beside that of their job, and of jobs on hosted agents."""
    for job in file.outline.jobs:
        node = _node(job.block)
        limit = _minutes(node)
        is_hosted = bool(job.steps) and image_node(job.steps[0], file.root) is not None
        if node is not None and limit is not None and limit > _MOST_HOSTED and is_hosted:
            message = f"a job on a Microsoft-hosted agent ends after {_MOST_HOSTED} minutes at most"
            yield file.finding(RULE.code, message, node, f"Write {_MOST_HOSTED} or less, or use an agent of your own.")
        yield from _of_steps(file, job, node, limit)


def _of_steps(file: LintedFile, job: JobOutline, node: ScalarNode | None, limit: int | None) -> Findings:
    if job.block.open or (node is not None and limit in (None, 0)):
        return
    most = _DEFAULT if limit is None else limit
    for step in job.steps:
        own = _node(step.block)
        minutes = _minutes(own)
        if own is None or minutes is None or minutes <= most:
            continue
        what = "its job without an agent" if is_server(step, file.root) else "its job"
        reason = f"{what} ends after {most} minutes" + (", since it says no other time" if limit is None else "")
        yield file.finding(
            RULE.code, f"this has no effect: {reason}", own, f"Give the job `timeoutInMinutes: {minutes + 10}`."
        )


def _node(block: Block) -> ScalarNode | None:
    return block.scalar("timeoutInMinutes")


def _minutes(node: ScalarNode | None) -> int | None:
    text = node.value.strip() if node is not None else ""
    return int(text) if text.isdecimal() else None


RULE = Rule(
    code=Code("AZR116", "cut-timeout", Severity.WARNING),
    summary="a timeout that another one cuts",
    why=(
        "A job ends after 60 minutes unless it says another time, and with it its steps; on a Microsoft-hosted agent it ends after 360 minutes whatever it says "
        "(learn.microsoft.com/azure/devops/pipelines/process/phases, Timeouts). The rule asks for the times of a job and its steps, and for its pool."
    ),
    wrong="pool:\n  vmImage: ubuntu-24.04\njobs:\n- job: train\n  steps:\n  - script: make model\n    timeoutInMinutes: 120\n",
    right="pool:\n  vmImage: ubuntu-24.04\njobs:\n- job: train\n  timeoutInMinutes: 130\n  steps:\n  - script: make model\n    timeoutInMinutes: 120\n",
    check=check,
    of_run=True,
)
