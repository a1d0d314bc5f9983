"""AZR617: tests whose failure nothing notices before a deployment."""

from azrelease.lint.facts import dependencies
from azrelease.lint.facts.deployments import runs_tests
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity
from azrelease.syntax import StageOutline


def check(file: LintedFile) -> Findings:
    """Steps with tests and `continueOnError: true`, in a stage or job that a deployment job depends on."""
    if not any(job.is_deployment for job in file.outline.jobs):
        return
    tests = {id(script.step) for script in file.scripts if runs_tests(script)}
    for stage in file.outline.stages:
        for step in stage.steps:
            entry = step.block.entry("continueOnError")
            is_on = (step.block.text("continueOnError") or "").casefold() == "true"
            if entry is None or not is_on or id(step) not in tests or not _is_followed(file, stage):
                continue
            message = "what is deployed after this job is deployed when these tests fail, too"
            yield file.finding(
                RULE.code, message, entry, "Remove it, and publish results with `condition: succeededOrFailed()`."
            )


def _is_followed(file: LintedFile, stage: StageOutline) -> bool:
    """Whether a deployment job is in a stage, or in one that depends on it."""
    if any(job.is_deployment for job in stage.jobs):
        return True
    members = dependencies.stages(file.outline.stages)
    for other in file.outline.stages:
        if other is stage or not any(job.is_deployment for job in other.jobs):
            continue
        way = dependencies.way_to(members, other.block, in_order=True)
        if any(members[index].block is stage.block for index, _ in way):
            return True
    return False


_FILE = (
    "stages:\n- stage: test\n  jobs:\n  - job: test\n    steps:\n    - script: pytest --junitxml=results.xml\n{}    - task: PublishTestResults@2\n      condition: succeededOrFailed()\n"
    "      inputs:\n        testResultsFiles: results.xml\n- stage: deploy\n  jobs:\n  - deployment: web\n    environment: qa\n    strategy:\n      runOnce:\n        deploy:\n          steps:\n          - script: echo deploy\n"
)

RULE = Rule(
    code=Code("AZR617", "ignored-tests", Severity.WARNING),
    summary="a deployment follows tests whose failure does not count",
    why=(
        "`continueOnError: true` makes a failure a warning, and the job *SucceededWithIssues*, which counts as success for what depends on it "
        "(learn.microsoft.com/azure/devops/pipelines/process/tasks, Task control options). The rule asks for the steps that run tests, and for the stages that depend on them."
    ),
    wrong=_FILE.format("      continueOnError: true\n"),
    right=_FILE.format(""),
    check=check,
)
