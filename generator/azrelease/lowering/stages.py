"""A stage of the release as a stage of the pipeline: the approval job where there is one, then the deployment."""

from azrelease.lowering.hooks import lower_tasks
from azrelease.lowering.notes import approval_note, secrets_note
from azrelease.lowering.pools import lower_pool
from azrelease.pipeline import DeploymentJob, DownloadStep, Job, ServerJob, Stage, TaskStep, Variables
from azrelease.release import Approval, Release
from azrelease.release import Stage as ReleaseStage
from azrelease.release.tasks import TaskContext
from azrelease.templating import Templates


def lower_stage(stage: ReleaseStage, release: Release, artifact_root: str, templates: Templates) -> Stage:
    """A stage of a completed release.

    Args:
        stage: the stage.
        release: the completed release it belongs to.
        artifact_root: where the artifact's folder stands on the agent.
        templates: the templates of scripts.
    """
    context = TaskContext(artifact_root, stage.workspace, templates, stage.target, stage.rollout)
    environment = stage.environment or stage.name
    download = DownloadStep(release.artifact.alias or "", release.artifact.name, "Download the artifact")
    hooks = lower_tasks(stage.tasks or (), context)
    approval_jobs: tuple[Job, ...] = ()
    notes: list[str] = []
    if stage.approval and stage.approval.enforce == "pipeline":
        approval_jobs = (_approval_job(stage.approval, stage),)
    elif stage.approval:
        notes.append(approval_note(stage.approval, environment))
    secrets = secrets_note(stage.secrets)
    deployment = DeploymentJob(
        id=f"deploy_{stage.name}",
        display_name=stage.display_name or f"Deploy to {stage.name}",
        depends_on=tuple(job.id for job in approval_jobs),
        environment=environment,
        timeout_in_minutes=stage.timeout,
        steps=(download, *hooks.deploy),
        on_failure=hooks.on_failure,
        on_success=hooks.on_success,
    )
    return Stage(
        id=stage.name,
        display_name=stage.display_name,
        depends_on=stage.depends_on or (),
        condition=stage.condition,
        pool=lower_pool(stage.agent) if stage.agent and stage.agent != release.agent else None,
        variables=Variables(stage.variable_groups, tuple(stage.variables.items())),
        jobs=(*approval_jobs, deployment),
        notes=(*notes, secrets) if secrets else tuple(notes),
    )


def _approval_job(approval: Approval, stage: ReleaseStage) -> ServerJob:
    """A job that waits for a person; it needs no agent, and the deployment depends on it.

    The job is given a little more time than its step, so that it is the step's own time-out that rejects.
    """
    approvers = ", ".join(approval.approvers)
    step = TaskStep(
        task="ManualValidation@1",
        display_name="Approve",
        inputs=(
            ("notifyUsers", approvers),
            ("approvers", approvers),
            ("allowApproversToApproveTheirOwnRuns", approval.requester_may_approve),
            *((("instructions", approval.instructions),) if approval.instructions else ()),
            ("onTimeout", "reject"),
        ),
        timeout_in_minutes=approval.timeout,
    )
    return ServerJob(
        id=f"approve_{stage.name}",
        display_name=f"Approve {stage.name}",
        steps=(step,),
        timeout_in_minutes=approval.timeout + 5,
    )
