"""A stage of the release as a stage of the pipeline: who has to agree, what is done, who has to agree after it."""

from collections.abc import Iterator, Sequence

from azrelease.lowering.downloads import NOTHING
from azrelease.lowering.jobs import lower_jobs, lower_pool, order_after
from azrelease.lowering.notes import approval_note, checks_note, gates_note, lock_note, secrets_note
from azrelease.lowering.shared_values import SharedValues, task_context
from azrelease.lowering.validations import approval_after_jobs, approval_job, gates_job
from azrelease.pipeline import DeploymentJob, PipelineJob, PipelineStage, PipelineVariables, ServerJob
from azrelease.release import Release, Stage
from azrelease.release.tasks import TaskContext
from azrelease.templating import Templates


def lower_stage(stage: Stage, release: Release, shared: SharedValues, templates: Templates) -> PipelineStage:
    """A stage of a completed release.

    Args:
        stage: the stage.
        release: the completed release it belongs to.
        shared: what the steps of the stage share.
        templates: the templates of scripts.
    """
    context = task_context(stage, release, templates)
    before: tuple[PipelineJob, ...] = ()
    if stage.approval and stage.approval.enforce == "pipeline":
        before = (approval_job(stage.approval, stage),)
    jobs = (*before, *lower_jobs(stage, release, context, after=before))
    if _needs_environment(stage) and not any(_enters(job, stage) for job in jobs):
        jobs = (_entrance(stage), *(job._replace(depends_on=(*job.depends_on, f"enter_{stage.name}")) for job in jobs))
    jobs = (*jobs, *_after(stage, jobs, context))
    own = (*stage.variables.items(), *shared.of_stage_alone(shared.used_by(jobs)))
    return PipelineStage(
        id=stage.name,
        display_name=stage.display_name,
        depends_on=stage.depends_on or (),
        condition=stage.condition,
        pool=lower_pool(stage.agent) if stage.agent and stage.agent != release.agent else None,
        variables=PipelineVariables(stage.variable_groups, own),
        jobs=jobs,
        notes=tuple(_notes(stage)),
        lock_behavior={"sequential": "sequential", "latest": "runLatest"}[stage.lock] if stage.lock else None,
        manual=stage.trigger == "manual",
        group=stage.group,
    )


def _needs_environment(stage: Stage) -> bool:
    """Whether the stage relies on checks of its environment."""
    return bool(stage.environment_check or (stage.gates and stage.gates.enabled) or stage.checks or stage.lock)


def _enters(job: PipelineJob, stage: Stage) -> bool:
    """Whether a job is a deployment to the environment of its stage, so that the checks of that hold for the stage."""
    return isinstance(job, DeploymentJob) and job.environment == (stage.environment or stage.name)


def _entrance(stage: Stage) -> DeploymentJob:
    """A deployment that does nothing: the checks of an environment hold for a stage with a deployment to it."""
    return DeploymentJob(
        id=f"enter_{stage.name}",
        environment=stage.environment or stage.name,
        steps=NOTHING,
        display_name="Pass the checks of the environment",
    )


def _after(stage: Stage, jobs: Sequence[PipelineJob], context: TaskContext) -> Iterator[ServerJob]:
    """What has to hold before the stages that wait for this one begin."""
    names, condition = order_after(jobs)
    if stage.gates_after and stage.gates_after.enabled:
        job = gates_job(stage.gates_after, stage, context)._replace(depends_on=names, condition=condition)
        yield job
        names, condition = (job.id,), None
    if stage.approval_after:
        yield from approval_after_jobs(stage.approval_after, stage, names, condition)


def _notes(stage: Stage) -> Iterator[str]:
    environment = stage.environment or stage.name
    if stage.environment_check and stage.approval:
        yield approval_note(stage.approval, environment)
    if stage.gates and stage.gates.enabled:
        yield gates_note(stage.gates, environment)
    if stage.checks:
        yield checks_note(stage.checks, environment)
    if stage.lock:
        yield lock_note(environment)
    secrets = secrets_note(stage.secrets)
    if secrets:
        yield secrets
