"""AZR607: production without a test before it."""

from azrelease.lint.facts.deployments import deploys, is_production, reachable, runs_tests, stages_before
from azrelease.lint.rule import Code, Findings, LintedFile, LintedRelease, Rule, Severity
from azrelease.lint.rules.example_parts import PRODUCTION, STAGING
from azrelease.syntax import StageOutline

_TEST_TASKS = ("test", "invoke", "check", "verify", "validate", "smoke")


def check(file: LintedFile) -> Findings:
    """Production stages after stages that deploy, none of which tests anything."""
    for stage in file.outline.stages:
        if not is_production(stage.name) or deploys(file, stage) is None:
            continue
        before = stages_before(file.outline.stages, stage)
        if before is None or any(found.is_open for found in before):
            continue
        deploying = [found for found in before if deploys(file, found) is not None]
        if deploying and not any(_tests(file, found) for found in before):
            message = f"production follows `{deploying[0].name}`, which nothing tests"
            node = stage.name_node or stage.block
            yield file.finding(RULE.code, message, node, "Test the deployment before the next stage starts.")


def _tests(file: LintedFile, stage: StageOutline) -> bool:
    """Whether anything in a stage may be a test: a script that runs tests, or a step with such a name."""
    if any(runs_tests(script) for script in file.scripts if script.step.job.stage is stage):
        return True
    for step in stage.steps:
        words = f"{step.task_name} {step.block.text('displayName') or ''} {step.name or ''}".casefold()
        script = (step.block.text(step.action) or "") + " ".join(node.value for node in step.inputs.values())
        if any(word in words or word in script.casefold() for word in _TEST_TASKS):
            return True
    return False


_TESTS = frozenset(
    (
        "BatchInvoke",
        "BatchTest",
        "Bash",
        "EndpointTest",
        "EvaluationGate",
        "InvokeEndpoint",
        "PowerShell",
        "Python",
        "Template",
    )
)


def check_release(file: LintedRelease) -> Findings:
    """Production stages after stages of which none has a task that may test."""
    tested = {placed.stage.name for placed in file.tasks if placed.task.task in _TESTS}
    waits_for = file.waits_for
    for index, stage in enumerate(file.release.stages):
        before = stage.depends_on or ()
        if is_production(stage.name) and before and not any(tested & reachable(name, waits_for) for name in before):
            message = f"stage `{stage.name}` follows `{before[0]}` without a test"
            hint = "Add an EndpointTest to the stage before."
            yield file.finding(RULE.code, message, ("stages", index, "name"), hint)


_TEST = (
    "    - bash: pytest tests/integration --junitxml=test-results.xml\n    - task: PublishTestResults@2\n"
    "      condition: succeededOrFailed()\n      inputs:\n        testResultsFiles: test-results.xml\n"
)

RULE = Rule(
    code=Code("AZR607", "untested-release", Severity.WARNING),
    summary="nothing is tested between staging and production",
    why="A staging stage finds mistakes before the users do, if it tests.",
    wrong=STAGING + PRODUCTION.format("churn"),
    right=STAGING + _TEST + PRODUCTION.format("churn"),
    check=check,
    check_release=check_release,
)
