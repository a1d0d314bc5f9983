"""The jobs of a stage: the deployment that its tasks are, or its jobs one after the other."""

import re
from collections.abc import Iterator, Sequence

from azrelease.lowering.downloads import lower_downloads
from azrelease.lowering.functions import with_functions
from azrelease.pipeline import (
    AgentJob,
    Copies,
    DeploymentJob,
    LifecycleHooks,
    PipelineJob,
    Pool,
    ServerJob,
    Step,
    TaskStep,
    VirtualMachines,
)
from azrelease.release import Agent, Release, Stage
from azrelease.release.job import Job
from azrelease.release.tasks import BaseTask, TaskContext


def lower_jobs(
    stage: Stage, release: Release, context: TaskContext, *, after: Sequence[PipelineJob]
) -> Iterator[PipelineJob]:
    """The jobs of a stage of a completed release, the first of them after some others."""
    if stage.jobs is None:
        yield _deployment(stage, release, context, tuple(job.id for job in after))
        return
    before = list(after)
    for job in stage.jobs:
        names, condition = order_after(before, job.condition)
        lowered = _job(job, stage, release, context)._replace(depends_on=names, condition=condition)
        yield lowered
        before.append(lowered)


NOTHING_FAILED = "not(or(failed(), canceled()))"
"""What `succeeded()` asks for, without the demand that the jobs before were run."""


def order_after(before: Sequence[PipelineJob], condition: str | None = None) -> tuple[tuple[str, ...], str | None]:
    """What a job depends on to come after others, and its condition.

    A job with a condition may be skipped, and in Azure Pipelines whatever depends on a skipped job is skipped too
    (learn.microsoft.com/azure/devops/pipelines/process/conditions): an approval after it would then be passed by. So
    what follows looks at all jobs before it, and asks that none has failed.
    """
    if not any(job.condition for job in before):
        return tuple(job.id for job in before[-1:]), condition
    after = (
        NOTHING_FAILED
        if condition is None
        else re.sub(r"\bsucceeded\(\s*\)", NOTHING_FAILED, condition, flags=re.IGNORECASE)
    )
    return tuple(job.id for job in before), after


def lower_tasks(tasks: Sequence[BaseTask], context: TaskContext) -> LifecycleHooks:
    """The steps of completed tasks, and of the rollout if the context has one."""
    if context.rollout is None:
        return LifecycleHooks(tuple(step for task in tasks for step in task.steps(context)))
    from azrelease.lowering.rollouts import lower_rollout

    return lower_rollout(tasks, context)


def _deployment(stage: Stage, release: Release, context: TaskContext, names: tuple[str, ...]) -> DeploymentJob:
    hooks = lower_tasks(stage.tasks or (), context)
    return DeploymentJob(
        id=f"deploy_{stage.name}",
        display_name=stage.display_name or f"Deploy to {stage.name}",
        depends_on=names,
        environment=stage.environment or stage.name,
        timeout_in_minutes=stage.timeout,
        steps=with_functions((*lower_downloads(release, None, deployment=True), *hooks.deploy), context.templates),
        on_failure=with_functions(hooks.on_failure, context.templates),
        on_success=with_functions(hooks.on_success, context.templates),
    )


def _job(job: Job, stage: Stage, release: Release, context: TaskContext) -> PipelineJob:
    steps = tuple(step for task in job.tasks for step in task.steps(context))
    copies = _copies(job)
    lowered: PipelineJob
    if job.runs_on == "server":
        lowered = ServerJob(job.name, tuple(step for step in steps if isinstance(step, TaskStep)), copies=copies)
    elif copies is not None:
        lowered = AgentJob(
            job.name,
            with_functions((*_downloads(job, release, deployment=False), *steps), context.templates),
            copies,
            pool=_pool(job, stage),
        )
    else:
        machines = job.machines
        lowered = DeploymentJob(
            id=job.name,
            environment=machines.environment if machines else stage.environment or stage.name,
            steps=with_functions((*_downloads(job, release, deployment=True), *steps), context.templates),
            pool=None if machines else _pool(job, stage),
            machines=VirtualMachines(machines.tags, machines.at_once) if machines else None,
        )
    return lowered._replace(
        display_name=job.display_name,
        timeout_in_minutes=job.timeout,
        cancel_timeout_in_minutes=job.cancel_timeout,
        continue_on_error=job.continue_on_error,
    )


def _downloads(job: Job, release: Release, *, deployment: bool) -> tuple[Step, ...]:
    return lower_downloads(release, job.download, deployment=deployment)


def _pool(job: Job, stage: Stage) -> Pool | None:
    return lower_pool(job.agent) if job.agent and job.agent != stage.agent else None


def _copies(job: Job) -> Copies | None:
    if job.parallel:
        return Copies(parallel=job.parallel)
    if not job.matrix:
        return None
    entries = [(tuple(values.items()), "_".join(values.values())) for values in job.copies()]
    names = [re.sub(r"\W+", "_", name, flags=re.ASCII).strip("_") or "copy" for _, name in entries]
    folded = [name.casefold() for name in names]
    unique = [
        name if folded.count(name.casefold()) == 1 and name[0].isalpha() else f"copy_{i}"
        for i, name in enumerate(names, 1)
    ]
    return Copies(tuple(zip(unique, (values for values, _ in entries), strict=True)), job.at_once)


def lower_pool(agent: Agent) -> Pool:
    """The pool of a completed agent."""
    return Pool(vm_image=agent.image, name=agent.pool, demands=agent.demands)
