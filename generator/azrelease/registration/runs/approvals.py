"""Approvals of a run: who is asked, and the answer that is given in somebody's name."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from azrelease.catalog.checks import definition
from azrelease.errors import ServiceError
from azrelease.marks import plain
from azrelease.registration import rest_api
from azrelease.registration.failures import RefusedError, UnsureError
from azrelease.registration.project import Project
from azrelease.registration.runs.idempotency import caller, is_of
from azrelease.registration.runs.views import ApprovalStatus, Approver, moment, person

Raw = Mapping[str, Any]

APPROVED, REJECTED = "approved", "rejected"

_IN_ORDER = "inSequence"


class Decision(NamedTuple):
    """What became of an approval that was to be decided.

    Attributes:
        approval: the approval, as it is now.
        ours: whether it was decided here; otherwise somebody was faster.
    """

    approval: ApprovalStatus
    ours: bool


def run_approvals(
    project: Project, stages: Mapping[str, str], limits: Callable[[str], int | None]
) -> tuple[ApprovalStatus, ...]:
    """Approvals of a run, in their order.

    Args:
        project: the project.
        stages: the ids of the approvals, and the stage that each is for: `approval_stages` of the timeline.
        limits: after how many minutes an approval of a stage fails by itself, where that is known.

    Raises:
        ServiceError: the service refuses, or does not answer.
    """
    if not stages:
        return ()
    found = {str(raw.get("id")).lower(): raw for raw in _read(project, stages)}
    return tuple(
        _approval(found[identifier], stage, limits) for identifier, stage in stages.items() if identifier in found
    )


def decide_approval(project: Project, approval: ApprovalStatus, status: str, comment: str) -> Decision:
    """Approve or reject, once; an approval that somebody else has decided meanwhile is left as it is.

    Args:
        project: the project.
        approval: the approval; it waits.
        status: `APPROVED` or `REJECTED`.
        comment: what the others read.

    Raises:
        RefusedError: who asks may not; the message says who may.
        ServiceError: the service does not answer.
    """
    body = [{"approvalId": approval.id, "status": status, "comment": comment}]
    decided_before = sum(each.status == status for each in approval.approvers)
    attempt = 1
    while True:
        try:
            answer = project.connection.send("PATCH", rest_api.APPROVALS, project.route, body)
        except RefusedError as error:
            now = _again(project, approval)
            if not now.waits:
                return Decision(now, ours=False)
            raise RefusedError(f"{error}\n{who_may(approval)}", error.status, error.type_key) from None
        except UnsureError as error:
            project.connection.wait(attempt, error)
            now = _again(project, approval)
            if sum(each.status == status for each in now.approvers) > decided_before and _is_mine(project, now, status):
                return Decision(now, ours=True)
            if not now.waits:
                return Decision(now, ours=False)
            attempt += 1
        else:
            found: Sequence[Raw] = (answer or {}).get("value") or _read(project, [approval.id])
            return Decision(_approval(found[0], approval.stage, _no_limit) if found else approval, ours=True)


def who_may(approval: ApprovalStatus) -> str:
    """Who can decide an approval."""
    names = ", ".join(each.name for each in approval.approvers if each.status in ("pending", "uninitiated"))
    return f"{approval.stage} can be decided by: {names or 'the approvers of its environment'}."


def approval_limits(project: Project, environments: Mapping[str, str]) -> Callable[[str], int | None]:
    """After how many minutes an approval of a stage fails by itself; read when it is first asked for.

    An approval does not say it: it is the timeout of the check on the environment. Where it cannot be read, or there
    are several approvals on the environment, it is not known.

    Args:
        project: the project.
        environments: the environment of each stage, by the name of the stage.
    """
    known: dict[str, int | None] = {}

    def limit(stage: str) -> int | None:
        if stage not in known:
            try:
                known[stage] = _limit(project, environments.get(stage))
            except ServiceError:
                known[stage] = None
        return known[stage]

    return limit


def _limit(project: Project, environment: str | None) -> int | None:
    found = project.environments.find(environment) if environment else None
    if found is None:
        return None
    checks = project.checks(str(found["id"]))
    kind = definition("approval").id
    approvals = [each for each in checks if str((each.get("type") or {}).get("id")).lower() == kind]
    return int(approvals[0].get("timeout") or 0) or None if len(approvals) == 1 else None


def _read(project: Project, identifiers: Iterable[str]) -> Sequence[Raw]:
    query = {"approvalIds": ",".join(identifiers), "$expand": "steps"}
    return project.connection.listed(rest_api.APPROVALS, project.route, query)


def _again(project: Project, approval: ApprovalStatus) -> ApprovalStatus:
    found = _read(project, [approval.id])
    return _approval(found[0], approval.stage, _no_limit) if found else approval


def _is_mine(project: Project, approval: ApprovalStatus, status: str) -> bool:
    """Whether who asks has decided so."""
    me = caller(project.connection)
    return any(
        step.get("status") == status and is_of(step.get("actualApprover"), me)
        for raw in _read(project, [approval.id])
        for step in raw.get("steps") or ()
    )


def _no_limit(_: str) -> None:
    """Of what is decided, the time that was left is of no interest."""


def _approval(raw: Raw, stage: str, limits: Callable[[str], int | None]) -> ApprovalStatus:
    created = moment(raw.get("createdOn"))
    status = str(raw.get("status") or "pending")
    minutes = limits(stage) if status == "pending" else None
    return ApprovalStatus(
        id=str(raw.get("id")).lower(),
        stage=stage,
        status=status,
        approvers=tuple(_approver(step) for step in raw.get("steps") or ()),
        needed=int(raw.get("minRequiredApprovers") or 0),
        in_order=raw.get("executionOrder") == _IN_ORDER,
        instructions=plain(str(raw.get("instructions") or "")).strip(),
        created=created,
        until=_after(created, minutes),
    )


def _approver(step: Raw) -> Approver:
    actual = step.get("actualApprover")
    assigned = step.get("assignedApprover") or {}
    return Approver(
        person(assigned),
        str(step.get("status") or "pending"),
        person(actual) if actual else None,
        str(assigned.get("id") or ""),
        str(step.get("comment") or "").strip(),
    )


def _after(created: datetime | None, minutes: int | None) -> datetime | None:
    return created + timedelta(minutes=minutes) if created is not None and minutes else None
