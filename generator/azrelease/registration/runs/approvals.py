"""Approvals of a run of a pipeline: read, approved, rejected."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from azrelease.catalog.checks import definition
from azrelease.errors import ServiceError
from azrelease.ownership import untagged
from azrelease.registration import rest_api
from azrelease.registration.connection import Connection
from azrelease.registration.failures import OutcomeUnknownError, RefusedError
from azrelease.registration.project import Project, Raw
from azrelease.registration.runs.protocol import is_identity
from azrelease.registration.runs.status import ApprovalStatus, Approver, Decision, display_name, parse_time

APPROVED, REJECTED = "approved", "rejected"

_IN_ORDER = "inSequence"


def run_approvals(
    project: Project, stages: Mapping[str, str], limits: Callable[[str], int | None]
) -> tuple[ApprovalStatus, ...]:
    """Approvals of a run, in their order.

    Args:
        project: the project.
        stages: the stage of each approval, by the id of the approval: `approval_stages` of the timeline.
        limits: after how many minutes an approval of a stage times out, where that is known.

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
    """Approve or reject, once; see `Runs.decide`."""
    body = [{"approvalId": approval.id, "status": status, "comment": comment}]
    decided_before = sum(each.status == status for each in approval.approvers)

    def send() -> ApprovalStatus | None:
        response = project.connection.send("PATCH", rest_api.APPROVALS, project.route, body) or {}
        found: Sequence[Raw] = response.get("value") or ()
        return _approval(found[0], approval.stage, _no_limit) if found else None

    def current() -> ApprovalStatus:
        found = _read(project, [approval.id])
        return _approval(found[0], approval.stage, _no_limit) if found else approval

    def took_effect(now: ApprovalStatus) -> bool:
        is_new = sum(each.status == status for each in now.approvers) > decided_before
        return is_new and _is_decided_by_caller(project, now, status)

    return decide_once(project.connection, approval, send, current, took_effect)


def decide_once(
    connection: Connection,
    approval: ApprovalStatus,
    send: Callable[[], ApprovalStatus | None],
    current: Callable[[], ApprovalStatus],
    took_effect: Callable[[ApprovalStatus], bool],
) -> Decision:
    """Send a decision until it is known what became of it.

    Args:
        connection: decides how often to try, and how long to wait.
        approval: the pending approval.
        send: sends the decision; returns the approval, if the response has it.
        current: reads the approval.
        took_effect: whether an approval that was read shows that the decision took effect.

    Raises:
        RefusedError: the owner of the token may not decide it; the message names who may.
        ServiceError: the service does not answer.
    """
    attempt = 1
    while True:
        try:
            result = send()
        except RefusedError as error:
            now = current()
            if now.is_pending:
                raise RefusedError(f"{error}\n{_who_may_decide(approval)}", error.status, error.type_key) from None
            return Decision(now, decided_here=attempt > 1 and took_effect(now))
        except OutcomeUnknownError as error:
            connection.wait(attempt, error)
            now = current()
            has_effect = took_effect(now)
            if has_effect or not now.is_pending:
                return Decision(now, decided_here=has_effect)
            attempt += 1
        else:
            return Decision(result or current(), decided_here=True)


def _who_may_decide(approval: ApprovalStatus) -> str:
    names = ", ".join(each.name for each in approval.approvers if each.status in ("pending", "uninitiated"))
    return f"{approval.stage} can be decided by: {names or 'the approvers of its environment'}."


def approval_limits(project: Project, environments: Mapping[str, str]) -> Callable[[str], int | None]:
    """A function that returns after how many minutes an approval of a stage times out, and reads it once.

    An approval does not hold it: it is the timeout of the check on the environment. It is unknown where it cannot be
    read, or where the environment has several approvals.

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


def _is_decided_by_caller(project: Project, approval: ApprovalStatus, status: str) -> bool:
    """Whether the owner of the token has decided so."""
    return any(
        step.get("status") == status and is_identity(step.get("actualApprover"), project.caller)
        for raw in _read(project, [approval.id])
        for step in raw.get("steps") or ()
    )


def _no_limit(_: str) -> None:
    """The limit of a decided approval, which does not matter."""


def _approval(raw: Raw, stage: str, limits: Callable[[str], int | None]) -> ApprovalStatus:
    created = parse_time(raw.get("createdOn"))
    status = str(raw.get("status") or "pending")
    minutes = limits(stage) if status == "pending" else None
    return ApprovalStatus(
        id=str(raw.get("id")).lower(),
        stage=stage,
        status=status,
        approvers=tuple(_approver(step) for step in raw.get("steps") or ()),
        needed=int(raw.get("minRequiredApprovers") or 0),
        in_order=raw.get("executionOrder") == _IN_ORDER,
        instructions=untagged(str(raw.get("instructions") or "")).strip(),
        created=created,
        until=_after(created, minutes),
    )


def _approver(step: Raw) -> Approver:
    actual = step.get("actualApprover")
    assigned = step.get("assignedApprover") or {}
    return Approver(
        display_name(assigned),
        str(step.get("status") or "pending"),
        display_name(actual) if actual else None,
        str(assigned.get("id") or ""),
        str(step.get("comment") or "").strip(),
    )


def _after(created: datetime | None, minutes: int | None) -> datetime | None:
    return created + timedelta(minutes=minutes) if created is not None and minutes else None
