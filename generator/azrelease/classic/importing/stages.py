"""Stages of a definition."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from azrelease.classic.constructs import (
    IDENTITY,
    LOCK,
    LOCK_MANY,
    OWNER,
    PROCESS_PARAMETERS,
    RETENTION,
    STAGE,
    STAGE_OPTION,
    STAGE_REDEPLOY,
    STAGE_SCHEDULE,
    USUAL,
)
from azrelease.classic.conversion_report import Reading, ReportRow, report_rows
from azrelease.classic.importing.approvals import approval_of, gates_of
from azrelease.classic.importing.conditions import Others, conditions_of
from azrelease.classic.importing.context import ImportContext
from azrelease.classic.importing.phases import phases_of
from azrelease.classic.importing.scripts import read_script
from azrelease.classic.importing.tasks import TaskPosition
from azrelease.classic.importing.typed import Typing, workspace_of
from azrelease.classic.importing.variables import Scope, variables_of
from azrelease.classic.node import Node
from azrelease.release import Workspace
from azrelease.release.tasks import StageDefaults

Data = dict[str, Any]

_PARAMETER = re.compile(r"\$\(Parameters\.([\w.]+)\)", re.IGNORECASE)
_USUAL_RETENTION = {"daysToKeep": 30, "releasesToKeep": 3, "retainBuild": True}
_USUAL_OPTIONS = {"emailNotificationType": "OnlyOnFailure", "publishDeploymentStatus": True}


class Works(NamedTuple):
    """The workspace and the service that scripts of a stage work on, if any."""

    workspace: Workspace | None = None
    service: str | None = None


def stage_names(nodes: Sequence[Node]) -> tuple[str, ...]:
    """The name of each stage in the release: what a stage can be called, and what no other is."""
    found: list[str] = []
    for number, node in enumerate(nodes, 1):
        new = re.sub(r"[^A-Za-z0-9_]+", "_", node["name"].text()).strip("_") or f"stage_{number}"
        new = new if re.match(r"[A-Za-z_]", new) else f"stage_{new}"
        while new.casefold() in map(str.casefold, found):
            new = f"{new}_{number}"
        found.append(new)
    return tuple(found)


def with_issues(node: Node, context: ImportContext) -> bool:
    """Whether a stage can end with issues: a task or a job of it goes on after an error."""
    tasks = [*node["deployStep"]["tasks"].items()]
    for phase in node["deployPhases"].items():
        if phase["deploymentInput"]["parallelExecution"]["continueOnError"].flag():
            return True
        tasks.extend(phase["workflowTasks"].items())
    return any(_goes_on(task, context, frozenset()) for task in tasks if task["enabled"].flag(default=True))


def _goes_on(task: Node, context: ImportContext, above: frozenset[str]) -> bool:
    """Whether a task, or one of its group, goes on after an error."""
    if task["continueOnError"].flag():
        return True
    group = context.group(task)
    name = str(group.get("id")) if group is not None else ""
    if group is None or name in above:
        return False
    return any(
        _goes_on(inner, context, above | {name})
        for inner in Node(group)["tasks"].items()
        if inner["enabled"].flag(default=True)
    )


def waits_of(node: Node, others: Others) -> dict[str, int]:
    """The stages that a stage waits for, with the results that let it begin."""
    return {
        name: condition["value"].number()
        for condition in node["conditions"].items()
        if condition["conditionType"].choice("ConditionType") == "environmentState"
        and (name := others.name(condition["name"].text())) is not None
    }


def works_on(node: Node, context: ImportContext) -> Works:
    """What the scripts of a stage work on: the first workspace and service that one of them names."""
    found = Works()
    for phase in node["deployPhases"].items():
        for task in phase["workflowTasks"].items():
            inputs = task["inputs"]
            script = context.texts.to_yaml(inputs["inlineScript"].text())
            command = read_script(script, {key: value.text() for key, value in task["environment"].entries()})
            if command is None:
                continue
            connection = inputs["connectedServiceNameARM"].text()
            connection = context.names.service_connections.get(connection, connection)
            workspace, service = workspace_of(command, connection)
            if found.workspace is None or (found.service is None and workspace == found.workspace):
                found = Works(workspace, service)
    return found


def stage_of(
    node: Node, name: str, others: Others, context: ImportContext, works: Works, scope: Scope, today: date
) -> Reading[Data]:
    """A stage as the data of a release file, with its own agent and workspace."""
    yield from report_rows(STAGE, node["name"], detail=node["name"].text())
    yield from report_rows(IDENTITY, node["id"], node["badgeUrl"], node["currentRelease"], node["deployStep"]["id"])
    yield from report_rows(USUAL, node["rank"], node["runOptions"]["EnvironmentOwnerEmailNotificationType"])
    data: Data = {"name": name}
    if node["name"].text() != name and node["name"].text().strip():
        data["display_name"] = node["name"].text()
    data |= yield from conditions_of(list(node["conditions"].items()), others, context, node.path)
    typing = Typing(StageDefaults(name, works.service, workspace=works.workspace), context.templates)
    data |= yield from _consent(node, context, typing)
    data |= yield from _lock(node["executionPolicy"])
    data |= yield from variables_of(node["variables"], node["variableGroups"], scope, context)
    if works.service:
        data["service"] = works.service
    inlined = _with_parameters(node)
    data |= yield from phases_of(inlined, context.of_stage(node["variables"]), typing, today)
    yield from _settings(node)
    return data


def _consent(node: Node, context: ImportContext, typing: Typing) -> Reading[Data]:
    """Approvals and gates of both sides."""
    data: Data = {}
    place = TaskPosition(typing, on_server=True)
    for after, gates_key, approvals_key, suffix in (
        (False, "preDeploymentGates", "preDeployApprovals", ""),
        (True, "postDeploymentGates", "postDeployApprovals", "_after"),
    ):
        gates = yield from gates_of(node[gates_key], context, place, after=after)
        enabled = bool(gates and gates.get("enabled", True))
        approval = yield from approval_of(node[approvals_key], context, after=after, gates=enabled)
        data |= {f"approval{suffix}": approval} if approval else {}
        data |= {f"gates{suffix}": gates} if gates else {}
    return data


def _lock(node: Node) -> Reading[Data]:
    """How many deployments of a stage run at once."""
    count, depth = node["concurrencyCount"], node["queueDepthCount"]
    if not count.number():
        yield from report_rows(USUAL, count, depth)
        return {}
    yield from report_rows(LOCK if count.number() == 1 else LOCK_MANY, count, depth)
    return {"lock": "latest" if depth.number() == 1 else "sequential"}


def _settings(node: Node) -> Iterator[ReportRow]:
    """What a stage has that does not decide what runs."""
    yield from report_rows(IDENTITY, node["owner"])
    for key, value in node["retentionPolicy"].entries():
        yield from report_rows(USUAL if value.value == _USUAL_RETENTION.get(key) else RETENTION, value)
    yield from _options(node["environmentOptions"])
    if node["environmentTriggers"]:
        yield from report_rows(STAGE_REDEPLOY, node["environmentTriggers"])
    if node["schedules"]:
        yield from report_rows(STAGE_SCHEDULE, node["schedules"])
    for value in node["properties"].leaves():
        on = value.path[-1] == "$value" and value.text().casefold() == "true"
        yield from report_rows(STAGE_OPTION if on else IDENTITY, value) if value.value is not None else ()
    if node["processParameters"]:
        yield ReportRow(PROCESS_PARAMETERS, node["processParameters"].path)
        for leaf in node["deployPhases"].leaves():
            if "$(parameters." in leaf.text().casefold():
                yield ReportRow(PROCESS_PARAMETERS, leaf.path)


def _options(node: Node) -> Iterator[ReportRow]:
    """The options of a stage; those that a job has too are told of there."""
    for key, value in node.entries():
        if key in ("skipArtifactsDownload", "enableAccessToken", "timeoutInMinutes"):
            yield from report_rows(USUAL, value) if not value.flag() and not value.number() else ()
        elif key in ("emailNotificationType", "emailRecipients"):
            usual = value.text() in ("OnlyOnFailure", "release.environment.owner;release.creator", "")
            yield from report_rows(USUAL if usual else OWNER, value)
        else:
            usual = value.value in (False, _USUAL_OPTIONS.get(key))
            yield from report_rows(USUAL if usual else STAGE_OPTION, value)


def _with_parameters(node: Node) -> Node:
    """A stage with the values of its process parameters where they are used."""
    values = {
        item["name"].text().casefold(): item["defaultValue"].text()
        for item in node["processParameters"]["inputs"].items()
    }
    if not values:
        return node

    def bound(value: Any) -> Any:  # noqa: ANN401  (any JSON)
        if isinstance(value, str):
            return _PARAMETER.sub(lambda found: values.get(found[1].casefold(), found[0]), value)
        if isinstance(value, list):
            return [bound(item) for item in value]
        return {key: bound(item) for key, item in value.items()} if isinstance(value, Mapping) else value

    return Node({**node.value, "deployPhases": bound(node["deployPhases"].value)}, node.path)


def common_agent(stages: Sequence[Data]) -> Data | None:
    """The agent that most stages have; the first of these where several are as common."""
    agents = [stage["agent"] for stage in stages if stage.get("agent")]
    counts = Counter(map(repr, agents))
    return next((agent for agent in agents if counts[repr(agent)] == max(counts.values())), None)


def without_common(stage: Data, agent: Data | None) -> Data:
    """A stage without the agent that it shares with the release."""
    data = {key: value for key, value in stage.items() if key != "agent" or value != agent}
    if "jobs" in data:
        jobs = [
            {k: v for k, v in job.items() if k != "agent" or v != (data.get("agent") or agent)} for job in data["jobs"]
        ]
        data["jobs"] = jobs
    return data
