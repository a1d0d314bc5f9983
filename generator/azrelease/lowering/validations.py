"""Agentless jobs that wait for approvers or for gates."""

from collections.abc import Iterator

from azrelease.pipeline import ServerJob, TaskStep
from azrelease.release import Approval, Stage
from azrelease.release.approval import ApprovalAfter, Approvers
from azrelease.release.gates import Gates
from azrelease.release.tasks import TaskContext

_MARGIN = 5
"""Minutes that a job has more than its step, so that it is the step's own time-out that rejects."""


def approval_job(approval: Approval, stage: Stage) -> ServerJob:
    """An agentless job that waits for an approver; the deployment depends on it."""
    return ServerJob(
        id=f"approve_{stage.name}",
        display_name=f"Approve {stage.name}",
        steps=(_validation(approval, ", ".join(approval.approvers)),),
        timeout_in_minutes=approval.timeout + _MARGIN,
    )


def approval_after_jobs(
    approval: ApprovalAfter, stage: Stage, names: tuple[str, ...], condition: str | None
) -> Iterator[ServerJob]:
    """Jobs that wait for the approvers after others: one for each where all have to approve.

    Args:
        approval: who approves.
        stage: the stage.
        names: the jobs that they come after.
        condition: the condition of the first of them.
    """
    groups = approval.approvers if approval.everyone else (", ".join(approval.approvers),)
    for number, approvers in enumerate(groups, 1):
        suffix = f"_{number}" if len(groups) > 1 else ""
        job = ServerJob(
            id=f"approve_after_{stage.name}{suffix}",
            display_name=f"Approve what {stage.name} deployed",
            depends_on=names,
            condition=condition,
            steps=(_validation(approval, approvers),),
            timeout_in_minutes=approval.timeout + _MARGIN,
        )
        yield job
        if approval.order == "sequence":
            names, condition = (job.id,), None


def gates_job(gates: Gates, stage: Stage, context: TaskContext) -> ServerJob:
    """A job that runs the gates once."""
    steps = tuple(step for task in gates.tasks for step in task.steps(context) if isinstance(step, TaskStep))
    return ServerJob(
        id=f"gates_{stage.name}",
        display_name=f"Gates after {stage.name}",
        steps=steps,
        timeout_in_minutes=gates.timeout,
    )


def _validation(approval: Approvers, approvers: str) -> TaskStep:
    return TaskStep(
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
