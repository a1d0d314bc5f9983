"""The status of a run: the same model for a run of a pipeline and for a classic release."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

SUCCEEDED = "succeeded"
PENDING, IN_PROGRESS, COMPLETED = "pending", "inProgress", "completed"
"""States of a stage or a job: those of TimelineRecordState."""


class JobStatus(NamedTuple):
    """A job.

    Attributes:
        name: its display name.
        state: `pending`, `inProgress` or `completed`.
        result: how it ended; None before.
        task: the task that runs now.
    """

    name: str
    state: str
    result: str | None
    started: datetime | None = None
    finished: datetime | None = None
    task: str | None = None


class StageStatus(NamedTuple):
    """A stage, with its jobs.

    Attributes:
        name: its name in the release.
        title: its display name.
    """

    name: str
    title: str
    state: str
    result: str | None
    started: datetime | None = None
    finished: datetime | None = None
    jobs: tuple[JobStatus, ...] = ()


class Approver(NamedTuple):
    """A user or group that an approval asks.

    Attributes:
        name: their display name.
        status: `pending`, `approved`, `rejected`, ...
        decided_by: who decided; None before.
        id: the id of the user or group.
        comment: the comment of the decision.
    """

    name: str
    status: str
    decided_by: str | None = None
    id: str = ""
    comment: str = ""


class ApprovalStatus(NamedTuple):
    """An approval of a run.

    Attributes:
        id: its id.
        stage: the stage that waits for it.
        status: `pending`, `approved`, `rejected`, `skipped`, `canceled`, `timedOut`.
        approvers: the users and groups that it asks.
        needed: how many of them have to approve; 0 for all of them.
        in_order: whether it asks them one after the other.
        instructions: the instructions for the approvers.
        created: when it became pending.
        until: when it times out, where that is known.
    """

    id: str
    stage: str
    status: str
    approvers: tuple[Approver, ...] = ()
    needed: int = 0
    in_order: bool = False
    instructions: str = ""
    created: datetime | None = None
    until: datetime | None = None

    @property
    def is_pending(self) -> bool:
        """Whether it is undecided."""
        return self.status in ("pending", "uninitiated")


class Decision(NamedTuple):
    """The outcome of approving or rejecting.

    Attributes:
        approval: the approval, as it is now.
        decided_here: whether this decision took effect; otherwise another one came first.
    """

    approval: ApprovalStatus
    decided_here: bool


class Wait(NamedTuple):
    """What else a stage waits for, as an object of `waits for`."""

    stage: str
    what: str


class Failure(NamedTuple):
    """The errors of a task, a job or a stage; `job` and `task` are empty for the stage as a whole."""

    stage: str
    job: str
    task: str
    messages: tuple[str, ...]


class RunStatus(NamedTuple):
    """A run, or a classic release.

    Attributes:
        kind: `run` or `release`.
        id: its id.
        name: its number or name, as shown on its page.
        pipeline: the pipeline or release definition, with its folder.
        link: its page.
        ended: whether it has ended.
        result: how it ended: `succeeded`, `partiallySucceeded`, `failed`, `canceled`; None before.
        stages: the stages, in their order.
        approvals: the pending approvals.
        waits: what else its stages wait for.
        failures: its errors.
        decided: the decided approvals.
    """

    kind: str
    id: int
    name: str
    pipeline: str
    link: str
    ended: bool
    result: str | None
    stages: tuple[StageStatus, ...] = ()
    approvals: tuple[ApprovalStatus, ...] = ()
    waits: tuple[Wait, ...] = ()
    failures: tuple[Failure, ...] = ()
    decided: tuple[ApprovalStatus, ...] = ()

    @property
    def succeeded(self) -> bool:
        """Whether it ended with success."""
        return self.ended and self.result == SUCCEEDED


def parse_time(text: object) -> datetime | None:
    """A time of a response; None if there is none, or it is invalid."""
    try:
        return datetime.fromisoformat(str(text)) if text else None
    except ValueError:
        return None


def display_name(identity: Mapping[str, Any] | None) -> str:
    """The name of a user or group in a response."""
    found = identity or {}
    return str(found.get("displayName") or found.get("uniqueName") or found.get("id") or "somebody")
