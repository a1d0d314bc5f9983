"""AZR603: test results that are published only when the tests pass."""

from azrelease.lint.facts.deployments import fails_with_tests, publishes
from azrelease.lint.facts.expressions import needs_success
from azrelease.lint.rule import Code, Edit, Findings, Fix, LintedFile, LintedRelease, Route, Rule, Severity
from azrelease.syntax import StepOutline
from azrelease.syntax.expressions import STATUS_FUNCTIONS
from azrelease.yaml_document import split_lines

_ALSO_AFTER_FAILURE = STATUS_FUNCTIONS - {"succeeded"}
_BETTER = "condition: succeededOrFailed()"
_MESSAGE = "the results are published only when the tests pass"


def check(file: LintedFile) -> Findings:
    """PublishTestResults after a script that fails with its tests, with a condition that is then false."""
    tests = {id(script.step) for script in file.scripts if _fails(script.step) and fails_with_tests(script)}
    for job in file.outline.jobs:
        tested = False
        for step in job.steps:
            tested = tested or id(step) in tests
            if not tested or not publishes(step):
                continue
            condition = step.block.scalar("condition")
            text = condition.value.casefold().replace(" ", "") if condition is not None else "succeeded()"
            if "${{" in text or any(name in text for name in _ALSO_AFTER_FAILURE):
                continue
            if condition is not None and not needs_success(text):
                continue
            hint = f"Add `{_BETTER}`."
            node = step.block.scalar("task") if condition is None else condition
            yield file.finding(RULE.code, _MESSAGE, node or step.head, hint, fix=_fix(file, step))


def _fails(step: StepOutline) -> bool:
    return (step.block.text("continueOnError") or "false").casefold() == "false" and step.block.text(
        "enabled"
    ) != "false"


def _fix(file: LintedFile, step: StepOutline) -> Fix | None:
    condition = step.block.scalar("condition")
    if file.is_expanded:
        return None
    if condition is not None:
        if condition.value.replace(" ", "") != "succeeded()" or condition.style:
            return None
        return Fix((Edit(condition.start_mark.index, condition.end_mark.index, "succeededOrFailed()"),))
    first = step.block.entries[0].key
    if step.block.node.flow_style or first.start_mark.line != step.head.start_mark.line:
        return None
    text = file.document.text
    end = text.find("\n", step.head.end_mark.index)
    newline = "\r\n" if end > 0 and text[end - 1] == "\r" else "\n"
    end = len(text) if end < 0 else end - (newline == "\r\n")
    before = split_lines(text)[first.start_mark.line][: first.start_mark.column]
    return None if before.strip(" -") else Fix((Edit(end, end, f"{newline}{' ' * len(before)}{_BETTER}"),))


def check_release(file: LintedRelease) -> Findings:
    """PublishTestResults after a test, with a condition that is true only when the test passes."""
    tested: set[Route] = set()
    for placed in file.tasks:
        task, tasks = placed.task, placed.route[:-1]
        if task.task in ("BatchTest", "EndpointTest") and task.enabled and not task.continue_on_error:
            tested.add(tasks)
        if task.task == "PublishTestResults" and tasks in tested and needs_success(task.condition or "succeeded()"):
            hint = "Remove the condition: `succeededOrFailed()` is the usual one."
            yield file.finding(RULE.code, _MESSAGE, (*placed.route, "condition"), hint)


_STEPS = "steps:\n- script: pytest --junitxml=test-results.xml\n- task: PublishTestResults@2\n{}  inputs:\n    testResultsFiles: '**/test-results.xml'\n"

RULE = Rule(
    code=Code("AZR603", "publish-on-success", Severity.WARNING),
    summary="test results are published only when the tests pass",
    why="By default a step runs only when nothing before it failed: the report is missing exactly when it is needed.",
    wrong=_STEPS.format(""),
    right=_STEPS.format("  condition: succeededOrFailed()\n"),
    check=check,
    check_release=check_release,
)
