"""The status of a run of a pipeline, from its timeline.

Records form a tree by `parentId`: Stage, Phase, Job, Task; below a stage also Checkpoint, which contains what checks
wait for. The id of a record of type `Checkpoint.Approval` is the id of the approval: public clients of the service rely
on that, though its documentation does not state it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from azrelease.registration.project import Raw, pipeline_path
from azrelease.registration.runs.status import (
    COMPLETED,
    IN_PROGRESS,
    PENDING,
    ApprovalStatus,
    Failure,
    JobStatus,
    RunStatus,
    StageStatus,
    Wait,
    parse_time,
)

_STAGE, _JOB, _TASK, _APPROVAL = "Stage", "Job", "Task", "Checkpoint.Approval"
_BAD = ("failed", "canceled", "abandoned")
_WAITS = {
    "Checkpoint.Authorization": "a permission to use a protected resource, on its page, within 7 days",
    "Checkpoint.ExclusiveLock": "the exclusive lock, which another run holds",
    "Checkpoint.TaskCheck": "a check",
    "Checkpoint.ExtendsCheck": "the check of its template",
}
"""What a stage waits for. A first authorization times out after 7 days (release notes of sprint 264, 2025)."""

_MANUAL_VALIDATION = "ManualValidation"


class Timeline:
    """The records of a timeline, by id and by parent."""

    def __init__(self, raw: Raw | None) -> None:
        records = [each for each in (raw or {}).get("records") or () if isinstance(each, Mapping)]
        self.records: Sequence[Raw] = sorted(records, key=lambda each: int(each.get("order") or 0))
        self._by_id = {str(each.get("id")): each for each in self.records}

    def of_type(self, *types: str) -> Iterator[Raw]:
        """The records of these types, in their order."""
        return (each for each in self.records if each.get("type") in types)

    def above(self, record: Raw, kind: str) -> Raw | None:
        """The record of a type that contains a record; None if there is none."""
        seen: set[str] = set()
        found: Raw | None = record
        while found is not None and found.get("type") != kind:
            parent = str(found.get("parentId"))
            if parent in seen:
                return None
            seen.add(parent)
            found = self._by_id.get(parent)
        return found

    def stage(self, record: Raw) -> str:
        """The name of the stage of a record; empty if there is none."""
        found = self.above(record, _STAGE)
        return "" if found is None else _stage_name(found)

    def job(self, record: Raw) -> str:
        """The name of the job of a record; empty if there is none."""
        found = self.above(record, _JOB)
        return "" if found is None else str(found.get("name") or "")


def approval_stages(timeline: Timeline, *, pending: bool = False) -> dict[str, str]:
    """The stage of each approval of a run, by the id of the approval.

    Args:
        timeline: the timeline.
        pending: whether to leave out decided ones.
    """
    return {
        str(each["id"]).lower(): timeline.stage(each)
        for each in timeline.of_type(_APPROVAL)
        if not pending or each.get("state") != COMPLETED
    }


def run_status(build: Raw, timeline: Timeline, approvals: Iterable[ApprovalStatus], link: str) -> RunStatus:
    """The status of a run.

    Args:
        build: the run, read before the timeline: a run that has ended has its last timeline.
        timeline: its timeline.
        approvals: its approvals.
        link: its page.
    """
    ended = build.get("status") == COMPLETED
    known = tuple(approvals)
    identifier = int(build["id"])
    return RunStatus(
        kind="run",
        id=identifier,
        name=str(build.get("buildNumber") or identifier),
        pipeline=pipeline_path(build.get("definition") or {}),
        link=link,
        ended=ended,
        result=str(build.get("result") or "failed") if ended else None,
        stages=tuple(_stage(each, timeline) for each in timeline.of_type(_STAGE)),
        approvals=() if ended else tuple(each for each in known if each.is_pending),
        waits=() if ended else tuple(_waits(timeline)),
        failures=(*_refusals(build), *_failures(timeline)),
        decided=tuple(each for each in known if not each.is_pending),
    )


def _stage_name(record: Raw) -> str:
    return str(record.get("identifier") or record.get("name") or "")


def _stage(record: Raw, timeline: Timeline) -> StageStatus:
    jobs = (each for each in timeline.of_type(_JOB) if timeline.above(each, _STAGE) is record)
    return StageStatus(
        name=_stage_name(record),
        title=str(record.get("name") or record.get("identifier") or ""),
        state=str(record.get("state") or PENDING),
        result=_result(record),
        started=parse_time(record.get("startTime")),
        finished=parse_time(record.get("finishTime")),
        jobs=tuple(_job(each, timeline) for each in jobs),
    )


def _job(record: Raw, timeline: Timeline) -> JobStatus:
    tasks = (each for each in timeline.of_type(_TASK) if timeline.above(each, _JOB) is record)
    now = next((str(each.get("name")) for each in tasks if each.get("state") == IN_PROGRESS), None)
    return JobStatus(
        name=str(record.get("name") or ""),
        state=str(record.get("state") or PENDING),
        result=_result(record),
        started=parse_time(record.get("startTime")),
        finished=parse_time(record.get("finishTime")),
        task=now if record.get("state") == IN_PROGRESS else None,
    )


def _result(record: Raw) -> str | None:
    return str(record["result"]) if record.get("state") == COMPLETED and record.get("result") else None


def _waits(timeline: Timeline) -> Iterator[Wait]:
    for each in timeline.of_type(*_WAITS):
        if each.get("state") == IN_PROGRESS:
            name = str(each.get("name") or "")
            named = f": {name}" if name and name != each.get("type") else ""
            yield Wait(timeline.stage(each), f"{_WAITS[str(each['type'])]}{named}")
    for each in timeline.of_type(_TASK):
        if each.get("state") == IN_PROGRESS and (each.get("task") or {}).get("name") == _MANUAL_VALIDATION:
            yield Wait(timeline.stage(each), f"an answer to `{each.get('name')}`, on the page of the run")


def _refusals(build: Raw) -> Iterator[Failure]:
    """Why the service refused to run it."""
    found = [each for each in build.get("validationResults") or () if each.get("result") == "error"]
    messages = tuple(str(each.get("message")) for each in found if each.get("message"))
    if messages:
        yield Failure("", "", "", messages)


def _failures(timeline: Timeline) -> Iterator[Failure]:
    """Failed tasks, and errors of other records in jobs whose tasks report none."""
    reported: set[tuple[str, str]] = set()
    found: list[Failure] = []
    for each in timeline.records:
        messages = tuple(_errors(each))
        is_task = each.get("type") == _TASK
        if each.get("result") in _BAD and (messages or (is_task and each.get("result") == "failed")):
            name = str(each.get("name") or "") if is_task or str(each.get("type")).startswith("Checkpoint") else ""
            found.append(Failure(timeline.stage(each), timeline.job(each), name, messages))
            if messages:
                reported.add(found[-1][:2])
    yield from (each for each in found if each.messages or each[:2] not in reported)


def _errors(record: Raw) -> Iterator[str]:
    for issue in record.get("issues") or ():
        if issue.get("type") == "error" and issue.get("message"):
            yield str(issue["message"])
