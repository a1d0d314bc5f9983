"""Approvals and gates of a stage, as those of an environment of a definition."""

import re

from azrelease.classic.conversion_report import Conversion, ReportRow
from azrelease.classic.exporting import features
from azrelease.classic.exporting.context import ExportContext
from azrelease.classic.exporting.tasks import tasks_json
from azrelease.classic.json_node import GUID, JsonObject, JsonPath
from azrelease.release.approval import LONGEST_TIMEOUT, Approvers
from azrelease.release.gates import Gates
from azrelease.release.tasks import TaskContext


def approvals_json(
    approval: Approvers | None, context: ExportContext, path: JsonPath, *, after: bool
) -> Conversion[JsonObject]:
    """The approvals of one side; an automatic one where nobody has to agree."""
    people = approval.approvers if approval else ()
    steps: list[JsonObject] = []
    for number, name in enumerate(people, 1):
        ranked = approval is not None and approval.order == "sequence"
        identity = yield from _identity(name, context, path)
        step = {"rank": number if ranked else 1, "isAutomated": False, "isNotificationOn": False}
        steps.append({**step, "approver": identity, "id": 0})
    if approval is not None and approval.instructions:
        yield ReportRow(features.INSTRUCTIONS, path)
    timeout = approval.timeout if approval else 0
    return {
        "approvals": steps or [{"rank": 1, "isAutomated": True, "isNotificationOn": False, "id": 0}],
        "approvalOptions": {
            "requiredApproverCount": (approval.minimum or 0) if approval else 0,
            "releaseCreatorCanBeApprover": approval.requester_may_approve if approval else False,
            "autoTriggeredAndPreviousEnvironmentApprovedCanBeSkipped": False,
            "enforceIdentityRevalidation": False,
            "timeoutInMinutes": 0 if timeout == LONGEST_TIMEOUT else timeout,
            "executionOrder": "afterSuccessfulGates" if after else "beforeGates",
        },
    }


def _identity(name: str, context: ExportContext, path: JsonPath) -> Conversion[JsonObject]:
    """An approver by name, and by id where that is known."""
    if re.fullmatch(GUID, name):
        return {"id": name}
    identifier = context.ids.identities.get(name, "")
    if not identifier:
        yield ReportRow(features.IDENTITY_ID, path, name)
    identity: JsonObject = {"displayName": name, "id": identifier}
    return identity | ({"isContainer": True} if name.startswith("[") else {"uniqueName": name})


def gates_json(gates: Gates | None, context: ExportContext, path: JsonPath) -> Conversion[JsonObject]:
    """The gates of one side."""
    if gates is None:
        return {"id": 0, "gatesOptions": None, "gates": []}
    where = TaskContext(context.root, None, context.templates)
    steps = [step for task in gates.tasks for step in task.steps(where)]
    tasks = yield from tasks_json(steps, context, path)
    options = {
        "isEnabled": gates.enabled,
        "timeout": gates.timeout,
        "samplingInterval": gates.interval,
        "stabilizationTime": 0,
        "minimumSuccessDuration": 0,
    }
    return {"id": 0, "gatesOptions": options, "gates": [{"tasks": [task]} for task in tasks]}
