"""Approvals and gates of a stage."""

from collections.abc import Sequence
from typing import NamedTuple

from azrelease.classic import features
from azrelease.classic.conversion_report import Conversion, ReportRow, report_rows, setting_rows
from azrelease.classic.importing.context import ImportContext
from azrelease.classic.importing.task_conversion import JobContext
from azrelease.classic.importing.tasks import convert_tasks
from azrelease.classic.json_node import JsonNode, JsonObject
from azrelease.release.approval import LONGEST_TIMEOUT
from azrelease.release.fields import minutes_text
from azrelease.release.gates import USUAL_INTERVAL, USUAL_TIMEOUT


class _Approver(NamedTuple):
    """An approver: the approval in the definition, the name, and the id if there is one."""

    approval: JsonNode
    name: str
    identifier: str


def convert_approval(
    node: JsonNode, context: ImportContext, *, after: bool, has_gates: bool
) -> Conversion[JsonObject | None]:
    """The approval before or after a stage; None for an automatic one.

    Args:
        node: the approvals on that side.
        context: the definition.
        after: whether they come after the deployment.
        has_gates: whether there are gates on that side, so that the order of approvals and gates matters.
    """
    approvers: list[_Approver] = []
    for approval in node["approvals"].items():
        yield from report_rows(features.IDENTITY, approval["id"])
        if approval["isAutomated"].flag():
            settings = ("isAutomated", "rank", "isNotificationOn", "approver")
            yield from report_rows(features.DEFAULT, *(approval[key] for key in settings))
            continue
        yield from report_rows(features.APPROVAL_AFTER if after else features.APPROVAL, approval["isAutomated"])
        yield from report_rows(features.APPROVAL_ORDER, approval["rank"])
        notifies = approval["isNotificationOn"]
        yield from setting_rows(notifies.flag(), features.APPROVAL_MAIL, notifies)
        name = yield from _name(approval, context)
        if name:
            approvers.append(_Approver(approval, name, approval["approver"]["id"].text()))
    options = node["approvalOptions"]
    if not approvers:
        yield from report_rows(features.DEFAULT, options)
        return None
    names = yield from _unique_names(sorted(approvers, key=lambda each: each.approval["rank"].number()))
    ranked = len({approver.approval["rank"].number() for approver in approvers}) > 1
    data = yield from _rules(names, ranked, options, after=after)
    usual = ("beforeGates", "afterSuccessfulGates")[after]
    order = options["executionOrder"]
    is_other = has_gates and order.choice("ApprovalExecutionOrder") != usual
    yield from setting_rows(is_other, features.APPROVAL_GATE_ORDER, order)
    return data


def _unique_names(approvers: Sequence[_Approver]) -> Conversion[list[str]]:
    """The approvers by name, each once; of several with the same name, the others by id."""
    names: list[str] = []
    first: dict[str, str] = {}
    seen: set[str] = set()
    for approver in approvers:
        known = first.setdefault(approver.name.casefold(), approver.identifier)
        is_other = bool(known and approver.identifier and known != approver.identifier)
        name = approver.identifier if is_other else approver.name
        if name.casefold() in seen:
            yield ReportRow(features.APPROVER_TWICE, approver.approval.path, approver.name)
            continue
        seen.add(name.casefold())
        names.append(name)
    return names


def _name(approval: JsonNode, context: ImportContext) -> Conversion[str | None]:
    """The name that finds an approver again: that of a group, the e-mail address of a user."""
    approver = approval["approver"]
    unique, title = approver["uniqueName"].text().strip(), approver["displayName"].text().strip()
    identifier = approver["id"].text()
    is_group = approver["isContainer"].flag() or title.startswith("[") or unique.startswith("vstfs:")
    name = context.names.identities.get(identifier) or (title if is_group or not unique else unique)
    if not name and not identifier:
        yield ReportRow(features.APPROVER_LOST, approval.path)
        return None
    if not name:
        yield from report_rows(features.APPROVER_ID, approver["id"])
        name = identifier
    for key, value in approver.entries():
        if key != "id" or name != identifier:
            is_name = key in ("displayName", "uniqueName") and value.text() == name
            yield from report_rows(features.APPROVER if is_name else features.IDENTITY, value)
    return name


def _rules(names: list[str], ranked: bool, options: JsonNode, *, after: bool) -> Conversion[JsonObject]:
    count = len(names)
    required = options["requiredApproverCount"].number()
    data: JsonObject = {"approvers": names}
    feature = features.APPROVAL_ORDER
    if ranked and count > 1:
        data["order"] = "sequence"
        if required not in (0, count):
            # Some of several in an order: all of them, one after the other, is the weakest rule that is as strict.
            feature = features.APPROVAL_ORDER_KEPT
    elif 0 < required < count:
        data["minimum"] = required
        if after and required != 1:
            feature = features.APPROVAL_AFTER_SOME
            data["minimum"] = count
    yield from setting_rows(required < count, feature, options["requiredApproverCount"])
    if options["releaseCreatorCanBeApprover"].flag():
        data["requester_may_approve"] = True
    yield from report_rows(features.APPROVAL_ORDER, options["releaseCreatorCanBeApprover"])
    timeout = options["timeoutInMinutes"]
    minutes = timeout.number()
    feature = features.APPROVAL_TIMEOUT_CUT if minutes > LONGEST_TIMEOUT else features.APPROVAL_TIMEOUT
    yield from setting_rows(minutes != LONGEST_TIMEOUT, feature, timeout)
    if 0 < minutes < LONGEST_TIMEOUT:
        data["timeout"] = minutes_text(minutes)
    for key, feature in (
        ("enforceIdentityRevalidation", features.APPROVAL_REVALIDATE),
        ("autoTriggeredAndPreviousEnvironmentApprovedCanBeSkipped", features.APPROVAL_SKIP),
    ):
        yield from setting_rows(options[key].flag(), feature, options[key])
    return data


def convert_gates(
    node: JsonNode, context: ImportContext, job: JobContext, *, after: bool
) -> Conversion[JsonObject | None]:
    """The gates before or after a stage; None where there are none."""
    yield from report_rows(features.IDENTITY, node["id"])
    options = node["gatesOptions"]
    nodes = [task for gate in node["gates"].items() for task in gate["tasks"].items()]
    if not nodes:
        yield from report_rows(features.DEFAULT, options)
        return None
    tasks = yield from convert_tasks(nodes, context, job)
    if not tasks:
        return None
    feature = features.GATES_AFTER if after else features.GATES
    for task in nodes:
        yield ReportRow(feature, (*task.path, "taskId"), task["name"].text())
    data: JsonObject = {"tasks": tasks}
    enabled = options["isEnabled"].flag(default=True)
    yield from report_rows(feature, options["isEnabled"])
    if not enabled:
        data["enabled"] = False
    interval, timeout = options["samplingInterval"], options["timeout"]
    yield from report_rows(features.GATES_AFTER if after else features.GATE_SAMPLING, interval, timeout)
    if interval.number() not in (0, USUAL_INTERVAL):
        data["interval"] = minutes_text(interval.number())
    if timeout.number() not in (0, USUAL_TIMEOUT):
        data["timeout"] = minutes_text(timeout.number())
    delay, steady = options["stabilizationTime"], options["minimumSuccessDuration"]
    yield from setting_rows(bool(delay.number()) and enabled, features.GATE_DELAY, delay)
    yield from setting_rows(bool(steady.number()) and enabled, features.GATE_STEADY, steady)
    return data
