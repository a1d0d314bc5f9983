"""Approvals and gates of a stage."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from azrelease.classic.constructs import (
    APPROVAL,
    APPROVAL_AFTER,
    APPROVAL_AFTER_SOME,
    APPROVAL_GATE_ORDER,
    APPROVAL_MAIL,
    APPROVAL_ORDER,
    APPROVAL_ORDER_KEPT,
    APPROVAL_REVALIDATE,
    APPROVAL_SKIP,
    APPROVAL_TIMEOUT,
    APPROVAL_TIMEOUT_CUT,
    APPROVER,
    APPROVER_ID,
    APPROVER_LOST,
    APPROVER_TWICE,
    GATE_DELAY,
    GATE_SAMPLING,
    GATE_STEADY,
    GATES,
    GATES_AFTER,
    IDENTITY,
    USUAL,
)
from azrelease.classic.conversion_report import Reading, ReportRow, report_rows
from azrelease.classic.importing.context import ImportContext
from azrelease.classic.importing.tasks import TaskPosition, tasks_of
from azrelease.classic.node import Node
from azrelease.release.approval import LONGEST_TIMEOUT
from azrelease.release.fields import minutes_text
from azrelease.release.gates import USUAL_INTERVAL, USUAL_TIMEOUT

Data = dict[str, Any]


def approval_of(node: Node, context: ImportContext, *, after: bool, gates: bool) -> Reading[Data | None]:
    """The approval before or after a stage, as the data of a release file; None where nobody has to agree.

    Args:
        node: the approvals of that side.
        context: the definition.
        after: whether they come after the deployment.
        gates: whether there are gates on that side, so that the order of the two counts.
    """
    people: list[_Person] = []
    for step in node["approvals"].items():
        yield from report_rows(IDENTITY, step["id"])
        if step["isAutomated"].flag():
            yield from report_rows(USUAL, step["isAutomated"], step["rank"], step["isNotificationOn"], step["approver"])
            continue
        yield from report_rows(APPROVAL_AFTER if after else APPROVAL, step["isAutomated"])
        yield from report_rows(APPROVAL_ORDER, step["rank"])
        yield from report_rows(APPROVAL_MAIL if step["isNotificationOn"].flag() else USUAL, step["isNotificationOn"])
        name = yield from _approver(step, context)
        if name:
            people.append(_Person(step, name, step["approver"]["id"].text()))
    options = node["approvalOptions"]
    if not people:
        yield from report_rows(USUAL, options)
        return None
    names = yield from _names(sorted(people, key=lambda person: person.step["rank"].number()))
    ranked = len({person.step["rank"].number() for person in people}) > 1
    return (yield from _approval(names, ranked, options, after=after, gates=gates))


class _Person(NamedTuple):
    """An approver: the entry in the definition, a name, and an id where there is one."""

    step: Node
    name: str
    identifier: str


def _names(people: Sequence[_Person]) -> Reading[list[str]]:
    """The approvers by name, each once. Several of one name are told apart by their ids."""
    names: list[str] = []
    first: dict[str, str] = {}
    seen: set[str] = set()
    for person in people:
        key = person.name.casefold()
        known = first.setdefault(key, person.identifier)
        is_other = bool(known and person.identifier and known != person.identifier)
        name = person.identifier if is_other else person.name
        if name.casefold() in seen:
            yield ReportRow(APPROVER_TWICE, person.step.path, person.name)
            continue
        seen.add(name.casefold())
        names.append(name)
    return names


def _approver(step: Node, context: ImportContext) -> Reading[str | None]:
    """The approver by a name that can be found again: groups by theirs, users by e-mail."""
    approver = step["approver"]
    unique, title = approver["uniqueName"].text().strip(), approver["displayName"].text().strip()
    identifier = approver["id"].text()
    is_group = approver["isContainer"].flag() or title.startswith("[") or unique.startswith("vstfs:")
    name = context.names.identities.get(identifier) or (title if is_group or not unique else unique)
    if not name and not identifier:
        yield ReportRow(APPROVER_LOST, step.path)
        return None
    if not name:
        yield from report_rows(APPROVER_ID, approver["id"])
        name = identifier
    for key, value in approver.entries():
        if key == "id" and name == identifier:
            continue
        yield from report_rows(
            APPROVER if key in ("displayName", "uniqueName") and value.text() == name else IDENTITY, value
        )
    return name


def _approval(names: list[str], ranked: bool, options: Node, *, after: bool, gates: bool) -> Reading[Data]:
    count = len(names)
    required = options["requiredApproverCount"].number()
    data: Data = {"approvers": names}
    construct = APPROVAL_ORDER
    if ranked and count > 1 and required in (0, count):
        data["order"] = "sequence"
    elif ranked and count > 1:
        # The order among some of several: nothing weaker than all of them, one after the other.
        data["order"] = "sequence"
        construct = APPROVAL_ORDER_KEPT
    elif 0 < required < count:
        data["minimum"] = required
        if after and required != 1:
            construct = APPROVAL_AFTER_SOME
            data["minimum"] = count
    yield from report_rows(USUAL if required >= count else construct, options["requiredApproverCount"])
    if options["releaseCreatorCanBeApprover"].flag():
        data["requester_may_approve"] = True
    yield from report_rows(APPROVAL_ORDER, options["releaseCreatorCanBeApprover"])
    timeout = options["timeoutInMinutes"].number()
    too_long = timeout > LONGEST_TIMEOUT
    whole = timeout == LONGEST_TIMEOUT
    yield from report_rows(
        APPROVAL_TIMEOUT_CUT if too_long else USUAL if whole else APPROVAL_TIMEOUT, options["timeoutInMinutes"]
    )
    if 0 < timeout < LONGEST_TIMEOUT:
        data["timeout"] = minutes_text(timeout)
    for key, construct in (
        ("enforceIdentityRevalidation", APPROVAL_REVALIDATE),
        ("autoTriggeredAndPreviousEnvironmentApprovedCanBeSkipped", APPROVAL_SKIP),
    ):
        yield from report_rows(construct if options[key].flag() else USUAL, options[key])
    usual = ("beforeGates", "afterSuccessfulGates")[after]
    ordered = options["executionOrder"].choice("ApprovalExecutionOrder")
    yield from report_rows(APPROVAL_GATE_ORDER if gates and ordered != usual else USUAL, options["executionOrder"])
    return data


def gates_of(node: Node, context: ImportContext, place: TaskPosition, *, after: bool) -> Reading[Data | None]:
    """The gates before or after a stage; None where there are none."""
    yield from report_rows(IDENTITY, node["id"])
    options = node["gatesOptions"]
    tasks = [task for gate in node["gates"].items() for task in gate["tasks"].items()]
    if not tasks:
        yield from report_rows(USUAL, options)
        return None
    found = yield from tasks_of(tasks, context, place)
    if not found:
        return None
    construct = GATES_AFTER if after else GATES
    for task in tasks:
        yield ReportRow(construct, (*task.path, "taskId"), task["name"].text())
    data: Data = {"tasks": list(found)}
    enabled = options["isEnabled"].flag(default=True)
    yield from report_rows(construct, options["isEnabled"])
    if not enabled:
        data["enabled"] = False
    sampling = GATES_AFTER if after else GATE_SAMPLING
    interval, timeout = options["samplingInterval"].number(), options["timeout"].number()
    yield from report_rows(sampling, options["samplingInterval"], options["timeout"])
    if interval and interval != USUAL_INTERVAL:
        data["interval"] = minutes_text(interval)
    if timeout and timeout != USUAL_TIMEOUT:
        data["timeout"] = minutes_text(timeout)
    delay, steady = options["stabilizationTime"], options["minimumSuccessDuration"]
    yield from report_rows(GATE_DELAY if delay.number() and enabled else USUAL, delay)
    yield from report_rows(GATE_STEADY if steady.number() and enabled else USUAL, steady)
    return data
