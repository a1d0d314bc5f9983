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
    """The approvals before or after a stage; an automatic one where nothing has to be approved."""
    approvals: list[JsonObject] = []
    for number, name in enumerate(approval.approvers if approval else (), 1):
        rank = number if approval is not None and approval.order == "sequence" else 1
        approver = yield from _approver(name, context, path)
        approvals.append({"rank": rank, "isAutomated": False, "isNotificationOn": False, "approver": approver, "id": 0})
    if approval is not None and approval.instructions:
        yield ReportRow(features.INSTRUCTIONS, path)
    timeout = approval.timeout if approval else 0
    return {
        "approvals": approvals or [{"rank": 1, "isAutomated": True, "isNotificationOn": False, "id": 0}],
        "approvalOptions": {
            "requiredApproverCount": (approval.minimum or 0) if approval else 0,
            "releaseCreatorCanBeApprover": approval.requester_may_approve if approval else False,
            "autoTriggeredAndPreviousEnvironmentApprovedCanBeSkipped": False,
            "enforceIdentityRevalidation": False,
            "timeoutInMinutes": 0 if timeout == LONGEST_TIMEOUT else timeout,
            "executionOrder": "afterSuccessfulGates" if after else "beforeGates",
        },
    }


def _approver(name: str, context: ExportContext, path: JsonPath) -> Conversion[JsonObject]:
    if re.fullmatch(GUID, name):
        return {"id": name}
    identifier = yield from context.find_id(context.ids.identities, name, features.IDENTITY_ID, path)
    kind: JsonObject = {"isContainer": True} if name.startswith("[") else {"uniqueName": name}
    return {"displayName": name, "id": identifier, **kind}


def gates_json(gates: Gates | None, context: ExportContext, path: JsonPath) -> Conversion[JsonObject]:
    """The gates before or after a stage."""
    if gates is None:
        return {"id": 0, "gatesOptions": None, "gates": []}
    task_context = TaskContext(context.root, None, context.templates)
    tasks = yield from tasks_json((step for task in gates.tasks for step in task.steps(task_context)), context, path)
    options = {
        "isEnabled": gates.enabled,
        "timeout": gates.timeout,
        "samplingInterval": gates.interval,
        "stabilizationTime": 0,
        "minimumSuccessDuration": 0,
    }
    return {"id": 0, "gatesOptions": options, "gates": [{"tasks": [task]} for task in tasks]}
