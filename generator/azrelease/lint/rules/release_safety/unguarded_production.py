"""AZR601: production without an approval."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from azrelease.lint.facts import dependencies
from azrelease.lint.facts.deployments import (
    DEPLOY_TASKS,
    deploys,
    is_production,
    is_trial,
    last_deployments,
    reachable,
    stages_before,
    waits_for_person,
)
from azrelease.lint.rule import Code, Findings, LintedFile, LintedRelease, Rule, Severity
from azrelease.syntax import JobOutline, StageOutline
from azrelease.syntax.embedded import is_computed

if TYPE_CHECKING:
    from azrelease.release.tasks import BaseTask

_DEPLOYING_TASKS = frozenset(("ModelDeploy", "OnlineDeployment", "BatchDeployment"))
_CONNECTION = re.compile("(?:subscription|connection|endpoint)$|connectedservice")


def check(file: LintedFile) -> Findings:
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

    None in a pipeline that is rendered from a release file, which has findings of its own.
    """
    if file.approved is not None:
        return set()
    stages = file.outline.stages
    members = dependencies.stages(stages)
    if file.outline.is_open or not all(member.name for member in members):
        return set()
    waits = (dependencies.waits_for(members, index, in_order=True) for index in range(len(members)))
    waits_for = {
        str(member.name).casefold(): set(names)
        for member, names in zip(members, waits, strict=True)
        if names is not None
    }
    if len(waits_for) < len(stages):
        return set()
    return last_deployments(dict(_deploying(file)), waits_for)


def _deploying(file: LintedFile) -> Iterator[tuple[str, tuple[str | None, ...]]]:
    """The stages that deploy, in lower case, each with its names and those of its environments."""
    for stage in file.outline.stages:
        environments = [job.environment for job in stage.jobs if job.is_deployment and job.environment]
        if stage.name is not None and (environments or deploys(file, stage) is not None):
            yield stage.name.casefold(), (stage.name, stage.block.text("displayName"), *environments)


def _environment(file: LintedFile, job: JobOutline) -> Findings:
    """The environment of a job: the YAML does not show its approvals, only the release file that it is rendered from."""
    name = job.environment or ""
    approved = file.approved
    if is_computed(name) or (approved is not None and name.casefold() in approved):
        return
    block = job.block.block("environment")
    node = (block.scalar("name") if block else job.block.scalar("environment")) or job.block
    if approved is None:
        message = f"nothing in this file stops a deployment to `{name}`; an approval of the environment may"
        hint = "Check it: Pipelines → Environments → Approvals and checks."
        yield file.finding(RULE.code, message, node, hint, level=Severity.INFO)
    else:
        message = f"the deployment to `{name}` has no approval: the release file names none for it"
        hint = "Add `approval:` to the stage in the release file."
        yield file.finding(RULE.code, message, node, hint)


def _no_environment(file: LintedFile, stage: StageOutline) -> Findings:
    """A stage without an environment; its service connection may have an approval."""
    step = deploys(file, stage)
    if step is None or waits_for_person(stage, step.job):
        return
    named = is_production(stage.name) or is_production(stage.block.text("displayName"))
    where = "to production" if named else "last, so to production,"
    hint = "Make it a deployment job with an `environment`, and give that an approval."
    if any(_CONNECTION.search(name) for name in step.inputs):
        message = (
            f"this deploys {where} outside of an environment; only an approval of its service connection may stop it"
        )
        yield file.finding(RULE.code, message, step.head, hint, level=Severity.INFO)
    else:
        message = f"this deploys {where} outside of an environment, without an approval"
        yield file.finding(RULE.code, message, step.head, hint)


def check_release(file: LintedRelease) -> Findings:
    """Production stages without an approval on the way: those with such a name, and those that deploy last."""
    stages, waits_for = file.release.stages, file.waits_for
    names = {
        stage.name: (stage.name, written.environment)
        for stage, written in zip(stages, file.written.stages, strict=True)
    }
    production = {stage for stage, own in names.items() if any(map(is_production, own))}
    deploying = {task.stage.name: names[task.stage.name] for task in file.tasks if _deploys(task.task)}
    last = last_deployments(deploying, waits_for)
    approved = {stage.name for stage in stages if stage.approval is not None or stage.trigger == "manual"}
    approved_after = {stage.name for stage in stages if stage.approval_after is not None}
    for index, stage in enumerate(stages):
        way = reachable(stage.name, waits_for)
        if stage.name not in production | last or way & approved or (way - {stage.name}) & approved_after:
            continue
        where = ", one of those that deploy last," if len(last) > 1 else ", which deploys last,"
        message = f"stage `{stage.name}`{'' if stage.name in production else where} has no approval"
        yield file.finding(RULE.code, message, ("stages", index, "name"), "Add `approval:` to it.")


def _deploys(task: "BaseTask") -> bool:
    """Whether a task brings a model into service."""
    return task.enabled and (task.task in _DEPLOYING_TASKS or task.task.partition("@")[0].casefold() in DEPLOY_TASKS)


RULE = Rule(
    code=Code("AZR601", "unguarded-production", Severity.WARNING),
    summary="a deployment to production without an approval",
    why=(
        "A run reaches users without a review. Production is what has such a name; and, where several stages deploy, the last one, unless its stage or environment "
        "is named as a test, a staging or the like. Approvals are checks of an environment or a service connection, outside of the YAML: a release file "
        "says whether there is one; elsewhere this finding is information. A manual validation in the file counts as an approval."
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
