"""AZR607: releases that go on without a test."""

from collections.abc import Iterator

from azrelease.diagnostics import Code, Diagnostic, Severity
from azrelease.lint.facts.deployments import deploys, is_production, reachable, runs_tests, stages_before
from azrelease.lint.linted_file import LintedFile
from azrelease.lint.linted_release import LintedRelease
from azrelease.lint.rule import Rule
from azrelease.syntax import StageOutline

_TEST_TASKS = ("test", "invoke", "check", "verify", "validate", "smoke")


def check(file: LintedFile) -> Iterator[Diagnostic]:
    """Production stages behind stages that deploy, none of which tests anything."""
    for stage in file.outline.stages:
        if not is_production(stage.name) or deploys(file, stage) is None:
            continue
        before = stages_before(file.outline.stages, stage)
        if before is None or any(found.is_open for found in before):
            continue
        deploying = [found for found in before if deploys(file, found) is not None]
        if deploying and not any(_tests(file, found) for found in before):
            message = f"production follows `{deploying[0].name}` without any test of it"
            node = stage.name_node or stage.block
            yield file.finding(RULE.code, message, node, "Test the deployment before the next stage begins.")


def _tests(file: LintedFile, stage: StageOutline) -> bool:
    """Whether anything in a stage may be a test: a script that runs tests, or a step that is named so."""
    if any(runs_tests(script) for script in file.scripts if script.step.job.stage is stage):
        return True
    for step in stage.steps:
        words = f"{step.task_name} {step.block.text('displayName') or ''} {step.name or ''}".casefold()
        script = (step.block.text(step.action) or "") + " ".join(node.value for node in step.inputs.values())
        if any(word in words or word in script.casefold() for word in _TEST_TASKS):
            return True
    return False


_TESTS = frozenset(
    ("EndpointTest", "InvokeEndpoint", "BatchInvoke", "BatchTest", "EvaluationGate", "Python", "Bash", "PowerShell")
)


def check_release(file: LintedRelease) -> Iterator[Diagnostic]:
    """Production stages behind stages of which none has a task that may test."""
    tested = {placed.stage.name for placed in file.tasks if placed.task.task in _TESTS}
    waits_for = file.waits_for
    for index, stage in enumerate(file.release.stages):
        before = stage.depends_on or ()
        if is_production(stage.name) and before and not any(tested & reachable(name, waits_for) for name in before):
            message = f"stage `{stage.name}` follows `{before[0]}` without any test"
            hint = "Add an EndpointTest to the stage before."
            yield file.finding(RULE.code, message, ("stages", index, "name"), hint)


_FILE = """\
stages:
- stage: staging
  jobs:
  - job: ship
    steps:
    - bash: az ml model deploy --name churn-staging
{}- stage: production
  jobs:
  - deployment: ship
    environment: churn
    strategy:
      runOnce:
        deploy:
          steps:
          - bash: az ml model deploy --name churn
"""

RULE = Rule(
    code=Code("AZR607", "untested-release", Severity.WARNING),
    summary="nothing is tested between staging and production",
    why="What a staging stage is for is to find out before the users do.",
    wrong=_FILE.format(""),
    right=_FILE.format("    - bash: pytest tests/integration --junitxml=test-results.xml\n    - task: PublishTestResults@2\n"
                 "      condition: succeededOrFailed()\n      inputs:\n        testResultsFiles: test-results.xml\n"),
    check=check,
    check_release=check_release,
)  # fmt: skip
