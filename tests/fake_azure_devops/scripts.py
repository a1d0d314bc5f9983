"""Runs that go as a test has written them: one timeline after the other, and waits for approvals."""

import copy
import itertools
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fake_azure_devops.clock import now

Record = dict[str, Any]
_NUMBERS = itertools.count(1)


@dataclass
class Snapshot:
    """The records of a timeline at one moment; with `waits_for`, it stays until that approval is decided."""

    records: list[Record]
    waits_for: str | None = None


@dataclass
class Script:
    """The snapshots of a run in their order, its end, and the approvals it waits for.

    `rejected` holds, by approval, the snapshots that follow when it is rejected; the run then fails.
    """

    snapshots: list[Snapshot]
    result: str = "succeeded"
    approvals: dict[str, Record] = field(default_factory=dict)
    rejected: dict[str, list[Snapshot]] = field(default_factory=dict)
    position: int = 0

    @staticmethod
    def of(steps: Iterable["Snapshot | list[Record]"]) -> "Script":
        """A script from its snapshots alone; the worst result of its last records is its own."""
        snapshots = [step if isinstance(step, Snapshot) else Snapshot(step) for step in steps]
        results = {record.get("result") for record in snapshots[-1].records} if snapshots else set()
        result = next((each for each in ("failed", "canceled") if each in results), "succeeded")
        approvals: dict[str, Record] = {each.waits_for: {} for each in snapshots if each.waits_for}
        return Script(snapshots, result, approvals)

    @property
    def present(self) -> Snapshot:
        """The snapshot that is shown now."""
        return self.snapshots[self.position] if self.snapshots else Snapshot([])

    def approval(self, stage: str) -> str:
        """The id of the approval that a stage waits for."""
        return next(key for key, approval in self.approvals.items() if approval.get("stage") == stage)

    def advance(self) -> None:
        """Go on to the next snapshot."""
        self.position = min(self.position + 1, max(len(self.snapshots) - 1, 0))

    def reject(self, approval: str) -> None:
        """Go on as after a rejection."""
        follow = self.rejected.get(approval) or [Snapshot(copy.deepcopy(self.present.records))]
        self.snapshots = [*self.snapshots[: self.position + 1], *follow]
        self.result = "failed"


def _id() -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"record {next(_NUMBERS)}"))


def _record(kind: str, name: str, order: int, parent: str | None = None, **fields: Any) -> Record:
    return {
        "id": _id(),
        "parentId": parent,
        "type": kind,
        "name": name,
        "order": order,
        "state": "pending",
        "result": None,
        "startTime": None,
        "finishTime": None,
        "attempt": 1,
        "previousAttempts": [],
        "identifier": None,
        "percentComplete": None,
        "issues": [],
        "log": None,
        "errorCount": 0,
        "warningCount": 0,
    } | fields


def _set(records: Iterable[Record], state: str, result: str | None = None) -> None:
    for record in records:
        record["state"] = state
        if state == "inProgress":
            record["startTime"] = record["startTime"] or now()
        if state == "completed":
            record |= {"result": result, "finishTime": now(), "percentComplete": 100}
            if result != "skipped":
                record["startTime"] = record["startTime"] or now()


def _stage(name: str, order: int, tasks: Sequence[str]) -> list[Record]:
    stage = _record("Stage", name.replace("_", " ").capitalize(), order, identifier=name)
    phase = _record("Phase", "deploy", 1, stage["id"], identifier=f"{name}.deploy")
    job = _record("Job", "deploy", 1, phase["id"], identifier=f"{name}.deploy.deploy")
    steps = [_record("Task", task, number, job["id"]) for number, task in enumerate(tasks, 1)]
    return [stage, phase, job, *steps]


def scripted(
    stages: Sequence[str],
    approvals: Mapping[str, Sequence[str]] | None = None,
    result: str = "succeeded",
    *,
    failing: str | None = None,
    tasks: Sequence[str] = ("Initialize job", "Deploy", "Finalize Job"),
    issue: str = "The deployment failed.",
) -> Script:
    """A run of stages in a row; a stage with approvers (identity ids) waits for them before it begins.

    With result "failed" or "canceled" the stage `failing`, or else the last, ends so, and those after it are skipped.
    """
    every = {name: _stage(name, order, tasks) for order, name in enumerate(stages, 1)}
    waiting = dict(approvals or {})
    script = Script([], result)
    bad = None if result == "succeeded" else failing or stages[-1]

    def shown() -> list[Record]:
        return copy.deepcopy([record for records in every.values() for record in records])

    script.snapshots.append(Snapshot(shown()))
    for place, name in enumerate(stages):
        records, later = every[name], [record for after in stages[place + 1 :] for record in every[after]]
        if name in waiting:
            checkpoint = _record("Checkpoint", "Checkpoint", 1, records[0]["id"], identifier=name)
            approval = _record("Checkpoint.Approval", "Checkpoint.Approval", 1, checkpoint["id"])
            _set([checkpoint, approval], "inProgress")
            every[name] = [records[0], checkpoint, approval, *records[1:]]
            script.approvals[approval["id"]] = {"stage": name, "approvers": list(waiting[name])}
            script.snapshots.append(Snapshot(shown(), waits_for=approval["id"]))
            before = shown()
            refused = {record["id"]: record for record in before}
            _set([refused[checkpoint["id"]], refused[approval["id"]]], "completed", "failed")
            _set([refused[record["id"]] for record in [*records[1:], *later]], "completed", "skipped")
            _set([refused[records[0]["id"]]], "completed", "failed")
            script.rejected[approval["id"]] = [Snapshot(before)]
            _set([checkpoint, approval], "completed", "succeeded")
        _set(records, "inProgress")
        script.snapshots.append(Snapshot(shown()))
        if name == bad:
            _set(records, "completed", result)
            records[-1]["issues"] = [{"type": "error", "category": "General", "message": issue}]
            records[-1]["errorCount"] = 1
            _set(later, "completed", "skipped")
            script.snapshots.append(Snapshot(shown()))
            return script
        _set(records, "completed", "succeeded")
        script.snapshots.append(Snapshot(shown()))
    return script
