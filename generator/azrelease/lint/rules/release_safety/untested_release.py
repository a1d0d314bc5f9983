"""AZR607: releases that go on without a test."""

from collections.abc import Iterator

from azrelease.diagnostics import UNTESTED_RELEASE, Diagnostic
from azrelease.lint.facts.deployments import deploys, is_production, runs_tests, stages_before
from azrelease.lint.linted_file import LintedFile
from azrelease.lint.rule import Rule
from azrelease.syntax import StageOutline

_TEST_TASKS = ("test", "invoke", "check", "verify", "validate", "smoke")


def check(subject: LintedFile) -> Iterator[Diagnostic]:
    """Production stages behind stages that deploy, none of which tests anything."""
    for stage in subject.outline.stages:
        if not is_production(stage.name) or deploys(subject, stage) is None:
            continue
        before = stages_before(subject.outline.stages, stage)
        if before is None or any(found.is_open for found in before):
            continue
        deploying = [found for found in before if deploys(subject, found) is not None]
        if deploying and not any(_tests(subject, found) for found in before):
            message = f"production follows `{deploying[0].name}` without any test of it"
            node = stage.name_node or stage.block
            yield subject.file.finding(
                UNTESTED_RELEASE, message, node, "Test the deployment before the next stage begins."
            )


def _tests(subject: LintedFile, stage: StageOutline) -> bool:
    """Whether anything in a stage may be a test: a script that runs tests, or a step that is named so."""
    if any(runs_tests(script) for script in subject.scripts if script.step.job.stage is stage):
        return True
    for step in stage.steps:
        words = f"{step.task_name} {step.block.text('displayName') or ''} {step.name or ''}".casefold()
        script = (step.block.text(step.action) or "") + " ".join(node.value for node in step.inputs.values())
        if any(word in words or word in script.casefold() for word in _TEST_TASKS):
            return True
    return False


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
    UNTESTED_RELEASE,
    "nothing is tested between staging and production",
    "What a staging stage is for is to find out before the users do.",
    _FILE.format(""),
    _FILE.format("    - bash: pytest tests/integration --junitxml=test-results.xml\n    - task: PublishTestResults@2\n"
                 "      condition: succeededOrFailed()\n      inputs:\n        testResultsFiles: test-results.xml\n"),
    check,
)  # fmt: skip
