"""AZR602: tests whose results nobody sees."""

from collections.abc import Iterator

from azrelease.diagnostics import Code, Diagnostic, Severity
from azrelease.lint.facts.deployments import publishing_steps, pytest_calls
from azrelease.lint.linted_file import LintedFile
from azrelease.lint.rule import Rule
from azrelease.syntax import JobOutline

_ARTIFACT_TASKS = frozenset(("publishpipelineartifact", "publishbuildartifacts"))
_RESULTS = ("--junitxml", "--junit-xml")


def check(file: LintedFile) -> Iterator[Diagnostic]:
    """Calls of pytest that write a report which its job does not publish; and those in a deployment that write none."""
    publishing = publishing_steps(file)
    for script in file.scripts:
        job = script.step.job
        if job.is_open or script.step.guards or "py" not in script.text:
            continue
        published = id(job) in publishing or _hands_on(job, file, bool(publishing))
        for call in pytest_calls(script):
            writes = any(word.text.startswith(_RESULTS) for word in call)
            where = (script, call[0].start, call[0].end)
            if writes and not published:
                message = "the results of these tests are written, but the job never publishes them"
                hint = "Add PublishTestResults@2 behind it, with `condition: succeededOrFailed()`."
                yield file.in_script(RULE.code, message, where, hint)
            elif not writes and job.is_deployment:
                message = "these tests of a deployment leave no report"
                hint = "Add `--junitxml=test-results.xml`, and PublishTestResults@2 behind it."
                yield file.in_script(RULE.code, message, where, hint)


def _hands_on(job: JobOutline, file: LintedFile, others_publish: bool) -> bool:
    """Whether a job publishes results by a logging command, or as an artifact of which another job may publish them."""
    if any("##vso[results.publish" in script.text for script in file.scripts if script.step.job is job):
        return True
    return others_publish and any(step.action == "publish" or step.task_name in _ARTIFACT_TASKS for step in job.steps)


_STEPS = "steps:\n- script: pytest tests --junitxml=test-results.xml\n"

RULE = Rule(
    code=Code("AZR602", "unpublished-tests", Severity.WARNING),
    summary="test results are never published",
    why="The report is gone with the agent: what failed stands in the log only, and nobody sees a test that becomes slow or flaky.",
    wrong=_STEPS,
    right=(
        _STEPS
        + "- task: PublishTestResults@2\n  condition: succeededOrFailed()\n  inputs:\n    testResultsFiles: '**/test-results.xml'\n"
    ),
    check=check,
)
