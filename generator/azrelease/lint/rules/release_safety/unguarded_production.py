"""AZR601: production that nobody has to approve."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from azrelease.diagnostics import Code, Diagnostic, Severity
from azrelease.lint.facts import dependencies
from azrelease.lint.facts.deployments import (
    DEPLOY_TASKS,
    DeployingStage,
    deploys,
    is_production,
    is_trial,
    last_deployments,
    reachable,
    stages_before,
    waits_for_person,
)
from azrelease.lint.linted_file import LintedFile
from azrelease.lint.linted_release import LintedRelease
from azrelease.lint.rule import Rule
from azrelease.syntax import JobOutline, StageOutline
from azrelease.syntax.embedded import is_computed

if TYPE_CHECKING:
    from azrelease.release.tasks import BaseTask

_DEPLOYING_TASKS = frozenset(("ModelDeploy", "OnlineDeployment", "BatchDeployment"))
_CONNECTION = re.compile("(?:subscription|connection|endpoint)$|connectedservice")


def check(file: LintedFile) -> Iterator[Diagnostic]:
    """Deployments to production without a manual validation before them, or an approval that the release file names."""
    last = _last_stages(file)
    for stage in file.outline.stages:
        is_last = stage.name is not None and stage.name.casefold() in last
        jobs = [job for job in stage.jobs if job.is_deployment and _reaches_users(job.environment, is_last=is_last)]
        bare = (
            not stage.is_open
            and not any(job.is_deployment for job in stage.jobs)
            and (is_last or is_production(stage.name) or is_production(stage.block.text("displayName")))
        )
        if not jobs and not bare:
            continue
        before = stages_before(file.outline.stages, stage)
        if (
            before is None
            or any(waits_for_person(found) for found in before)
            or any(found.block.text("trigger") == "manual" for found in (stage, *before))
        ):
            continue
        for job in jobs:
            if not waits_for_person(stage, job):
                yield from _environment(file, job)
        if bare:
            yield from _no_environment(file, stage)


def _reaches_users(environment: str | None, *, is_last: bool) -> bool:
    return is_production(environment) or (is_last and environment is not None and not is_trial(environment))


def _last_stages(file: LintedFile) -> set[str]:
    """The names, in lower case, of the stages that deploy last; none where the order of the stages cannot be seen.

    Nor where there is a release file: it says more of its stages, and is judged itself.
    """
    if file.approved is not None:
        return set()
    stages = file.outline.stages
    members = dependencies.stages(stages)
    waits = [dependencies.waits_for(members, index, in_order=True) for index in range(len(members))]
    if file.outline.is_open or not all(member.name for member in members):
        return set()
    waits_for = {
        str(member.name).casefold(): set(names)
        for member, names in zip(members, waits, strict=True)
        if names is not None
    }
    if len(waits_for) < len(stages):
        return set()
    return last_deployments([found for stage in stages if (found := _deploying(file, stage))], waits_for)


def _deploying(file: LintedFile, stage: StageOutline) -> DeployingStage | None:
    """A stage as one that deploys, judged by its own names and those of its environments; None when it does not."""
    environments = [job.environment for job in stage.jobs if job.is_deployment and job.environment]
    if stage.name is None or (not environments and deploys(file, stage) is None):
        return None
    trial = is_trial(stage.name) or is_trial(stage.block.text("displayName"))
    return DeployingStage(stage.name.casefold(), trial or any(is_trial(name) for name in environments))


def _environment(file: LintedFile, job: JobOutline) -> Iterator[Diagnostic]:
    """Whether its environment has an approval cannot be seen in YAML, only in a release file that this was rendered from."""
    name = job.environment or ""
    approved = file.approved
    if is_computed(name) or (approved is not None and name.casefold() in approved):
        return
    block = job.block.block("environment")
    node = (block.scalar("name") if block else job.block.scalar("environment")) or job.block
    if approved is None:
        message = f"nothing in this file stops a deployment to `{name}`; whether an approval of the environment does cannot be seen"
        hint = "Check it: Pipelines → Environments → Approvals and checks."
        yield file.finding(RULE.code, message, node, hint, level=Severity.INFO)
    else:
        message = f"nobody has to approve a deployment to `{name}`: the release file names no approval for it"
        hint = "Add `approval:` to the stage in the release file."
        yield file.finding(RULE.code, message, node, hint)


def _no_environment(file: LintedFile, stage: StageOutline) -> Iterator[Diagnostic]:
    """A stage without an environment has no approval of one; its service connection may have."""
    step = deploys(file, stage)
    if step is None or waits_for_person(stage, step.job):
        return
    named = is_production(stage.name) or is_production(stage.block.text("displayName"))
    where = "to production" if named else "last, so to production,"
    hint = "Make it a deployment job with an `environment`, and give that an approval."
    if any(_CONNECTION.search(name) for name in step.inputs):
        message = f"this deploys {where} outside of an environment; whether an approval of its service connection stops it cannot be seen"
        yield file.finding(RULE.code, message, step.head, hint, level=Severity.INFO)
    else:
        message = f"this deploys {where} outside of an environment, and nothing in this file stops it"
        yield file.finding(RULE.code, message, step.head, hint)


def check_release(file: LintedRelease) -> Iterator[Diagnostic]:
    """Production stages without an approval on the way: those with such a name, and those that deploy last."""
    stages, waits_for = file.release.stages, file.waits_for
    names = {
        stage.name: (stage.name, said.environment) for stage, said in zip(stages, file.written.stages, strict=True)
    }
    production = {stage for stage, own in names.items() if any(map(is_production, own))}
    deploying = dict.fromkeys(
        placed.stage.name for placed in file.tasks if placed.task.enabled and _deploys(placed.task)
    )
    last = last_deployments([DeployingStage(name, any(map(is_trial, names[name]))) for name in deploying], waits_for)
    approved = {stage.name for stage in stages if stage.approval is not None or stage.trigger == "manual"}
    approved_after = {stage.name for stage in stages if stage.approval_after is not None}
    for index, stage in enumerate(stages):
        way = reachable(stage.name, waits_for)
        if stage.name not in production | last or way & approved or (way - {stage.name}) & approved_after:
            continue
        where = ", one of those that deploy last" if len(last) > 1 else ", which deploys last"
        message = f"nobody has to approve stage `{stage.name}`{'' if stage.name in production else where}"
        yield file.finding(RULE.code, message, ("stages", index, "name"), "Add `approval:` to it.")


def _deploys(task: "BaseTask") -> bool:
    """Whether a task brings a model into service."""
    return task.task in _DEPLOYING_TASKS or task.task.partition("@")[0].casefold() in DEPLOY_TASKS


RULE = Rule(
    code=Code("AZR601", "unguarded-production", Severity.WARNING),
    summary="production is deployed to and nobody has to approve",
    why=(
        "Production is what is called so; and what is deployed last where several stages deploy, unless its stage or environment "
        "is called a test, a staging or the like. A run that nobody looked at reaches users. Approvals are checks of an environment or a service connection, outside of the YAML: where the release file "
        "is known, it says whether there is one; elsewhere this is only a reminder. A manual validation in the file counts too."
    ),
    wrong=(
        "stages:\n- stage: production\n  jobs:\n  - job: ship\n    steps:\n    - task: AzureWebApp@1\n      inputs:\n"
        "        azureSubscription: azure\n        appType: webAppLinux\n        appName: shop\n"
    ),
    right=(
        "stages:\n- stage: production\n  jobs:\n  - job: approve\n    pool: server\n    steps:\n    - task: ManualValidation@1\n"
        "      inputs:\n        notifyUsers: team@example.com\n  - job: ship\n    dependsOn: approve\n    steps:\n"
        "    - task: AzureWebApp@1\n      inputs:\n        azureSubscription: azure\n        appType: webAppLinux\n"
        "        appName: shop\n"
    ),
    check=check,
    check_release=check_release,
)
