"""What is known of a run at one moment, in the same words for a pipeline and for a classic release."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

SUCCEEDED = "succeeded"
PENDING, IN_PROGRESS, COMPLETED = "pending", "inProgress", "completed"
"""States of a stage or a job: those of TimelineRecordState."""


class JobStatus(NamedTuple):
    """A job.

    Attributes:
        name: what people read.
        state: `pending`, `inProgress` or `completed`.
        result: how it ended; None before.
        task: the task that it is at.
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
        title: what people read.
    """

    name: str
    title: str
    state: str
    result: str | None
    started: datetime | None = None
    finished: datetime | None = None
    jobs: tuple[JobStatus, ...] = ()


class Approver(NamedTuple):
    """A person or group that is asked.

    Attributes:
        name: what people read.
        status: what became of it: `pending`, `approved`, `rejected`, ...
        decided_by: who decided; None before.
        id: the id of the person or group.
        comment: what was said with the decision.
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
        approvers: who is asked.
        needed: how many of them have to agree; all of them where it is 0.
        in_order: they are asked one after the other.
        instructions: what they are told.
        created: when it began to wait.
        until: when it fails by itself, where that is known.
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
    def waits(self) -> bool:
        """Whether nobody has decided yet."""
        return self.status in ("pending", "uninitiated")


class Wait(NamedTuple):
    """What else a stage waits for, in words that follow `waits for`."""

    stage: str
    what: str


class Failure(NamedTuple):
    """What went wrong, and where; `job` and `task` are empty for the stage as a whole."""

    stage: str
    job: str
    task: str
    messages: tuple[str, ...]


class RunStatus(NamedTuple):
    """A run, or a classic release.

    Attributes:
        kind: `run` or `release`.
        id: its id.
        name: its number or name, which people read.
        pipeline: the pipeline or release definition, with its folder.
        link: where people find it.
        ended: whether nothing goes on any more.
        result: how it ended: `succeeded`, `partiallySucceeded`, `failed`, `canceled`; None before.
        stages: the stages, in their order.
        approvals: the approvals that wait.
        decided: the approvals that do not wait any more.
        waits: what else is waited for.
        failures: what went wrong.
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
        """Whether it ended well."""
        return self.ended and self.result == SUCCEEDED


def moment(text: object) -> datetime | None:
    """A time of the service; None where it gives none."""
    try:
        return datetime.fromisoformat(str(text)) if text else None
    except ValueError:
        return None


def person(identity: Mapping[str, Any] | None) -> str:
    """A person or group, as people know it."""
    found = identity or {}
    return str(found.get("displayName") or found.get("uniqueName") or found.get("id") or "somebody")
