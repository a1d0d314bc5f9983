"""AZR505: pull requests that deploy."""

import re
from collections.abc import Container

from azrelease.lint.facts.deployments import deploys_by_task, is_conditional
from azrelease.lint.facts.publishing import publishing_commands, publishing_task, tries_out
from azrelease.lint.rule import Code, Findings, LintedFile, Rule, Severity
from azrelease.lint.rules.example_parts import DEPLOYMENT
from azrelease.syntax import StepOutline

_STATUS = re.compile(r"\s*(?:succeeded|succeededOrFailed|always|failed)\(\)\s*", re.IGNORECASE)


def check(file: LintedFile) -> Findings:
    """Deployment jobs, and steps that deploy or publish, without any condition, in a file that pull requests run."""
    if not file.runs_for_pull_requests:
        return
    jobs = [job for job in file.outline.jobs if not is_conditional(file, job)]
    for job in jobs:
        if job.is_deployment:
            message = "every pull request runs this deployment, with the code of its author"
            yield file.finding(RULE.code, message, job.name_node or job.block, _HINT)
        for step in () if job.is_deployment else job.steps:
            task = step.task if deploys_by_task(step) else publishing_task(step)
            if task is not None and not _is_conditional(step):
                yield file.finding(RULE.code, _MESSAGE.format(task), step.head, _HINT)
    if not tries_out(file.document.text):
        yield from _in_scripts(file, {id(job) for job in jobs if not job.is_deployment})


def _in_scripts(file: LintedFile, jobs: Container[int]) -> Findings:
    for script in file.scripts:
        if id(script.step.job) in jobs and not _is_conditional(script.step):
            for command, start, end in publishing_commands(script):
                yield file.in_script(RULE.code, _MESSAGE.format(command), (script, start, end), _HINT)


_HINT = "Add a condition: `and(succeeded(), eq(variables['Build.SourceBranch'], 'refs/heads/main'))`."
_MESSAGE = "every pull request runs `{}`: it publishes or deploys what its author wrote, unreviewed"


def _is_conditional(step: StepOutline) -> bool:
    condition = step.block.entry("condition")
    if condition is None:
        return bool(step.guards)
    text = step.block.text("condition")
    return text is None or not _STATUS.fullmatch(text)


_FILE = "pr: [main]\njobs:\n" + DEPLOYMENT

RULE = Rule(
    code=Code("AZR505", "pull-request-deploys", Severity.WARNING),
    summary="a pull request deploys",
    why=(
        "The pipeline says that pull requests run it, and nothing stops them before the deployment: it deploys unreviewed code, "
        "with the service connections of the pipeline, or pushes an image, a package or a commit (CICD-SEC-4). It asks for `pr` in the file, for deployment jobs, "
        "for tasks and commands that are known to deploy or publish, and for conditions. Scripts that decide by themselves, and clusters and registries on the agent, are not reported."
    ),
    wrong=_FILE.format(""),
    right=_FILE.format("  condition: and(succeeded(), ne(variables['Build.Reason'], 'PullRequest'))\n"),
    check=check,
)
