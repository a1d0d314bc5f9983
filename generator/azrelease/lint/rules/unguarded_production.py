"""AZR601: production that nobody has to approve."""

import re
from collections.abc import Iterator

from azrelease.diagnostics import UNGUARDED_PRODUCTION, Diagnostic, Severity
from azrelease.lint.release_stages import deploys, is_production, stages_before, waits_for_person
from azrelease.lint.rule import Rule
from azrelease.lint.subject import Subject
from azrelease.syntax import Job, Stage
from azrelease.syntax.embedded import is_computed

_CONNECTION = re.compile("(?:subscription|connection|endpoint)$|connectedservice")


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Deployments to production without a manual validation before them, or an approval that the release file names."""
    for stage in subject.outline.stages:
        jobs = [job for job in stage.jobs if job.is_deployment and is_production(job.environment)]
        bare = not stage.is_open and not any(job.is_deployment for job in stage.jobs) and _is_production(stage)
        if not jobs and not bare:
            continue
        before = stages_before(subject.outline.stages, stage)
        if (
            before is None
            or any(waits_for_person(found) for found in before)
            or stage.block.text("trigger") == "manual"
        ):
            continue
        for job in jobs:
            if not waits_for_person(stage, job):
                yield from _environment(subject, job)
        if bare:
            yield from _no_environment(subject, stage)


def _is_production(stage: Stage) -> bool:
    return is_production(stage.name) or is_production(stage.block.text("displayName"))


def _environment(subject: Subject, job: Job) -> Iterator[Diagnostic]:
    """Whether its environment has an approval cannot be seen in YAML, only in a release file that this was rendered from."""
    name = job.environment or ""
    approved = subject.around.approved
    if is_computed(name) or (approved is not None and name.casefold() in approved):
        return
    block = job.block.block("environment")
    node = (block.scalar("name") if block else job.block.scalar("environment")) or job.block
    if approved is None:
        message = f"nothing in this file stops a deployment to `{name}`; whether an approval of the environment does cannot be seen"
        hint = "Check it: Pipelines → Environments → Approvals and checks."
        yield subject.file.finding(UNGUARDED_PRODUCTION, message, node, hint, level=Severity.INFO)
    else:
        message = f"nobody has to approve a deployment to `{name}`: the release file names no approval for it"
        hint = "Add `approval:` to the stage in the release file."
        yield subject.file.finding(UNGUARDED_PRODUCTION, message, node, hint)


def _no_environment(subject: Subject, stage: Stage) -> Iterator[Diagnostic]:
    """A stage without an environment has no approval of one; its service connection may have."""
    step = deploys(subject, stage)
    if step is None or waits_for_person(stage, step.job):
        return
    hint = "Make it a deployment job with an `environment`, and give that an approval."
    if any(_CONNECTION.search(name) for name in step.inputs):
        message = "this deploys to production outside of an environment; whether an approval of its service connection stops it cannot be seen"
        yield subject.file.finding(UNGUARDED_PRODUCTION, message, step.head, hint, level=Severity.INFO)
    else:
        message = "this deploys to production outside of an environment, and nothing in this file stops it"
        yield subject.file.finding(UNGUARDED_PRODUCTION, message, step.head, hint)


RULE = Rule(
    UNGUARDED_PRODUCTION,
    "production is deployed to and nobody has to approve",
    "A run that nobody looked at reaches users. Approvals are checks of an environment or a service connection, outside of the YAML: where the release file "
    "is known, it says whether there is one; elsewhere this is only a reminder. A manual validation in the file counts too.",
    "stages:\n- stage: production\n  jobs:\n  - job: ship\n    steps:\n    - task: AzureWebApp@1\n      inputs:\n"
    "        azureSubscription: azure\n        appType: webAppLinux\n        appName: shop\n",
    "stages:\n- stage: production\n  jobs:\n  - job: approve\n    pool: server\n    steps:\n    - task: ManualValidation@1\n"
    "      inputs:\n        notifyUsers: team@example.com\n  - job: ship\n    dependsOn: approve\n    steps:\n"
    "    - task: AzureWebApp@1\n      inputs:\n        azureSubscription: azure\n        appType: webAppLinux\n"
    "        appName: shop\n",
    check,
)
