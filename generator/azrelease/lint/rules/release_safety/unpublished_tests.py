"""AZR602: tests whose results are not published."""

import re

from azrelease.lint.facts.deployments import publishing_steps, pytest_calls
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity
from azrelease.syntax import JobOutline

_ARTIFACT_TASKS = frozenset(("publishpipelineartifact", "publishbuildartifacts"))
_RESULTS = ("--junitxml", "--junit-xml")
_LISTS = re.compile(r"\$\{\w+\[[@*]\]\}|\$[@*]")
"""A list of arguments, which may have the option: `"${arguments[@]}"`, `"$@"`."""


def check(file: LintedFile) -> Findings:
    """Calls of pytest whose report the job does not publish; and those in a deployment that write none."""
    publishing = publishing_steps(file)
    for script in file.scripts:
        job = script.step.job
        if job.is_open or script.step.guards or "py" not in script.text:
            continue
        published = id(job) in publishing or _publishes_otherwise(job, file, bool(publishing))
        for call in pytest_calls(script):
            writes = any(word.text.startswith(_RESULTS) for word in call)
            where = (script, call[0].start, call[0].end)
            if writes and not published:
                message = "the job never publishes the results of these tests"
                hint = "Add PublishTestResults@2 after it, with `condition: succeededOrFailed()`."
                yield file.in_script(RULE.code, message, where, hint)
            elif not writes and job.is_deployment and not any(_LISTS.search(word.text) for word in call):
                message = "these tests of a deployment write no report"
                hint = "Add `--junitxml=test-results.xml`, and PublishTestResults@2 after it."
                yield file.in_script(RULE.code, message, where, hint)


def _publishes_otherwise(job: JobOutline, file: LintedFile, others_publish: bool) -> bool:
    """Whether a job publishes results by a logging command, or as an artifact for a job that publishes them."""
    if any("##vso[results.publish" in script.text for script in file.scripts if script.step.job is job):
        return True
    return others_publish and any(step.action == "publish" or step.task_name in _ARTIFACT_TASKS for step in job.steps)


_STEPS = "steps:\n- script: pytest tests --junitxml=test-results.xml\n"

RULE = Rule(
    code=Code("AZR602", "unpublished-tests", Severity.WARNING),
    summary="test results are never published",
    why="The report is lost with the agent: failures are in the log only, and a test that becomes slow or flaky stays unseen.",
    wrong=_STEPS,
    right=(
        _STEPS
        + "- task: PublishTestResults@2\n  condition: succeededOrFailed()\n  inputs:\n    testResultsFiles: '**/test-results.xml'\n"
    ),
    check=check,
)
