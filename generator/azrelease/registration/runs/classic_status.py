"""The status of a classic release, from its response.

Source: learn.microsoft.com/rest/api/azure/devops/release/releases/get-release (Release, ReleaseEnvironment).
"""

from collections.abc import Iterator, Mapping, Sequence

from azrelease.registration.project import Raw, pipeline_path
from azrelease.registration.runs.status import (
    COMPLETED,
    IN_PROGRESS,
    PENDING,
    ApprovalStatus,
    Approver,
    Failure,
    JobStatus,
    RunStatus,
    StageStatus,
    Wait,
    display_name,
    parse_time,
)

_GOING = ("inProgress", "queued")
_ENDS = {
    "succeeded": "succeeded",
    "partiallySucceeded": "partiallySucceeded",
    "rejected": "failed",
    "canceled": "canceled",
}
"""Final states of a stage (EnvironmentStatus), and the results of a stage of a run."""
_WORST = ("failed", "canceled", "partiallySucceeded")
_BITS = {"succeeded": 4, "canceled": 8, "rejected": 16, "partiallySucceeded": 128}
"""EnvironmentStatus as bits, as in a condition."""
_AFTER_STAGE = "environmentState"
_JOB_STATES = {
    "unknown": PENDING,
    "pending": PENDING,
    "inProgress": IN_PROGRESS,
}
_JOB_RESULTS = {"success": "succeeded", "failure": "failed"}


def release_status(raw: Raw, link: str) -> RunStatus:
    """The status of a classic release.

    Args:
        raw: the response of the service.
        link: its page.
    """
    stages = _environments(raw)
    identifier = int(raw["id"])
    definition = raw.get("releaseDefinition") or {}
    status = RunStatus(
        kind="release",
        id=identifier,
        name=str(raw.get("name") or identifier),
        pipeline=pipeline_path(definition),
        link=link,
        ended=False,
        result=None,
        stages=tuple(_stage(each) for each in stages),
        approvals=tuple(each for each in release_approvals(raw) if each.is_pending),
        decided=tuple(each for each in release_approvals(raw) if not each.is_pending),
        waits=tuple(_waits(stages)),
        failures=tuple(_failures(stages)),
    )
    abandoned = raw.get("status") == "abandoned"
    return as_ended(status, raw) if abandoned or not (is_active(raw) or _continues(stages)) else status


def release_approvals(raw: Raw) -> tuple[ApprovalStatus, ...]:
    """The approvals of a classic release, in the order of its stages, without automatic ones."""
    return tuple(
        ApprovalStatus(
            id=str(each["id"]),
            stage=str(environment.get("name")),
            status=str(each.get("status") or "pending"),
            approvers=(
                Approver(
                    display_name(each.get("approver")),
                    str(each.get("status") or "pending"),
                    display_name(each["approvedBy"]) if each.get("approvedBy") else None,
                    str((each.get("approver") or {}).get("id") or ""),
                    str(each.get("comments") or "").strip(),
                ),
            ),
            needed=1,
            created=parse_time(each.get("createdOn")),
        )
        for environment in _environments(raw)
        for key in ("preDeployApprovals", "postDeployApprovals")
        for each in environment.get(key) or ()
        if not each.get("isAutomated")
    )


def _environments(raw: Raw) -> Sequence[Raw]:
    return sorted(raw.get("environments") or (), key=lambda each: int(each.get("rank") or 0))


def is_active(raw: Raw) -> bool:
    """Whether a stage of a classic release runs, or waits for an approval."""
    going = any(each.get("status") in _GOING for each in raw.get("environments") or ())
    return going or any(each.is_pending for each in release_approvals(raw))


def _continues(stages: Sequence[Raw]) -> bool:
    """Whether a stage that has not started will start automatically."""
    due = {str(each.get("name")) for each in stages if each.get("status") in _GOING}
    by_name = {str(each.get("name")): each for each in stages}
    is_growing = True
    while is_growing:
        is_growing = False
        for each in stages:
            name = str(each.get("name"))
            if name not in due and _is_due(each, by_name, due):
                due.add(name)
                is_growing = True
    return bool(due)


def _is_due(stage: Raw, by_name: Mapping[str, Raw], due: set[str]) -> bool:
    if stage.get("status") == "scheduled":
        return True
    conditions = stage.get("conditions") or ()
    if stage.get("status") not in ("notStarted", "undefined", None) or not conditions:
        return False
    for condition in conditions:
        before = by_name.get(str(condition.get("name")))
        if str(condition.get("conditionType")) == _AFTER_STAGE and before is not None:
            bits = str(condition.get("value") or "4")
            allowed = int(bits) if bits.isdecimal() else _BITS["succeeded"]
            met = bool(_BITS.get(str(before.get("status")), 0) & allowed)
            if not met and str(before.get("name")) not in due:
                return False
    return True


def as_ended(status: RunStatus, raw: Raw) -> RunStatus:
    """The status of a classic release that has ended."""
    results = {stage.result for stage in status.stages if stage.result}
    result = next((each for each in _WORST if each in results), "succeeded")
    if raw.get("status") == "abandoned":
        result = "canceled"
    return status._replace(ended=True, result=result, approvals=(), waits=())


def _stage(raw: Raw) -> StageStatus:
    status, name = str(raw.get("status") or "notStarted"), str(raw.get("name"))
    state = IN_PROGRESS if status in _GOING else COMPLETED if status in _ENDS else PENDING
    jobs = [each for phase in _phases(raw) for each in phase.get("deploymentJobs") or ()]
    shown = tuple(_job(each) for each in jobs)
    ends = [job.finished for job in shown]
    return StageStatus(
        name=name,
        title=name,
        state=state,
        result=_ENDS.get(status),
        started=min((job.started for job in shown if job.started), default=None),
        finished=max((end for end in ends if end), default=None) if state == COMPLETED else None,
        jobs=shown,
    )


def _job(raw: Raw) -> JobStatus:
    job = raw.get("job") or {}
    status = str(job.get("status") or "unknown")
    state = _JOB_STATES.get(status, COMPLETED)
    now = next((str(each.get("name")) for each in raw.get("tasks") or () if each.get("status") == "inProgress"), None)
    return JobStatus(
        name=str(job.get("name") or ""),
        state=state,
        result=_JOB_RESULTS.get(status, status) if state == COMPLETED else None,
        started=parse_time(job.get("startTime")),
        finished=parse_time(job.get("finishTime")),
        task=now,
    )


def _phases(environment: Raw) -> Sequence[Raw]:
    """The phases of the last attempt."""
    attempts = sorted(environment.get("deploySteps") or (), key=lambda each: int(each.get("attempt") or 0))
    return (attempts[-1].get("releaseDeployPhases") or ()) if attempts else ()


def _waits(stages: Sequence[Raw]) -> Iterator[Wait]:
    for each in stages:
        attempts = each.get("deploySteps") or ()
        operation = str(attempts[-1].get("operationStatus")) if attempts else ""
        if operation == "manualInterventionPending":
            yield Wait(str(each.get("name")), "an answer to a manual intervention, on the page of the release")
        if operation == "evaluatingGates":
            yield Wait(str(each.get("name")), "its gates")


def _failures(stages: Sequence[Raw]) -> Iterator[Failure]:
    for stage in stages:
        name = str(stage.get("name"))
        for phase in _phases(stage):
            if phase.get("errorLog"):
                yield Failure(name, str(phase.get("name") or ""), "", (str(phase["errorLog"]),))
            for each in phase.get("deploymentJobs") or ():
                job = str((each.get("job") or {}).get("name") or "")
                for task in each.get("tasks") or ():
                    if task.get("status") in ("failure", "failed"):
                        yield Failure(name, job, str(task.get("name") or ""), tuple(_errors(task)))


def _errors(task: Raw) -> Iterator[str]:
    for issue in task.get("issues") or ():
        if str(issue.get("issueType")).casefold() == "error" and issue.get("message"):
            yield str(issue["message"])
