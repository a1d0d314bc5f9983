"""The stages of a definition."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from azrelease.classic import features
from azrelease.classic.conversion_report import Conversion, ReportRow, report_rows, setting_rows
from azrelease.classic.importing.approvals import convert_approval, convert_gates
from azrelease.classic.importing.azure_ml_tasks import command_workspace
from azrelease.classic.importing.conditions import convert_conditions
from azrelease.classic.importing.context import ImportContext
from azrelease.classic.importing.phases import convert_phases
from azrelease.classic.importing.scripts import read_script
from azrelease.classic.importing.stage_index import StageIndex, index_stages
from azrelease.classic.importing.task_conversion import JobContext
from azrelease.classic.importing.variables import convert_variables
from azrelease.classic.json_node import JsonNode, JsonObject, map_texts
from azrelease.release import Workspace
from azrelease.release.tasks import StageDefaults

_PARAMETER = re.compile(r"\$\(Parameters\.([\w.]+)\)", re.IGNORECASE)
_DEFAULT_RETENTION = {"daysToKeep": 30, "releasesToKeep": 3, "retainBuild": True}
_DEFAULT_OPTIONS = {"emailNotificationType": "OnlyOnFailure", "publishDeploymentStatus": True}


class StageWorkspace(NamedTuple):
    """The workspace and the service that the scripts of a stage use, if any."""

    workspace: Workspace | None = None
    service: str | None = None


def convert_stages(definition: JsonNode, context: ImportContext) -> Conversion[JsonObject]:
    """`stages`, and the `agent` and `workspace` that they share."""
    nodes = sorted(definition["environments"].items(), key=lambda stage: stage["rank"].number())
    index = index_stages(nodes, context)
    workspaces = [_workspace(stage, context) for stage in nodes]
    shared = next((each.workspace for each in workspaces if each.workspace), None)
    stages: list[JsonObject] = []
    for name, node, own in zip(index.names, nodes, workspaces, strict=True):
        workspace = own.workspace or shared
        defaults = StageDefaults(name, own.service, workspace=workspace)
        stage = yield from _stage(node, defaults, index, context)
        stages.append(stage | ({"workspace": workspace.model_dump()} if workspace and workspace != shared else {}))
    agent = _most_common_agent(stages)
    return {
        **({"agent": agent} if agent else {}),
        **({"workspace": shared.model_dump()} if shared else {}),
        "stages": [_without_agent(stage, agent) for stage in stages],
    }


def _workspace(stage: JsonNode, context: ImportContext) -> StageWorkspace:
    """The first workspace and service that a script of a stage names."""
    result = StageWorkspace()
    for phase in stage["deployPhases"].items():
        for task in phase["workflowTasks"].items():
            inputs = task["inputs"]
            script = context.macros.to_yaml(inputs["inlineScript"].text())
            command = read_script(script, {key: value.text() for key, value in task["environment"].entries()})
            if command is None:
                continue
            connection = inputs["connectedServiceNameARM"].text()
            connection = context.names.service_connections.get(connection, connection)
            workspace, service = command_workspace(command, connection)
            if result.workspace is None or (result.service is None and workspace == result.workspace):
                result = StageWorkspace(workspace, service)
    return result


def _stage(
    node: JsonNode, defaults: StageDefaults, index: StageIndex, context: ImportContext
) -> Conversion[JsonObject]:
    title = node["name"].text()
    yield from report_rows(features.STAGE, node["name"], detail=title)
    yield from report_rows(
        features.IDENTITY, node["id"], node["badgeUrl"], node["currentRelease"], node["deployStep"]["id"]
    )
    yield from report_rows(features.DEFAULT, node["rank"], node["runOptions"]["EnvironmentOwnerEmailNotificationType"])
    data: JsonObject = {"name": defaults.stage}
    if title != defaults.stage and title.strip():
        data["display_name"] = title
    data |= yield from convert_conditions(node, index, context)
    data |= yield from _approvals_and_gates(node, context, defaults)
    data |= yield from _lock(node["executionPolicy"])
    data |= yield from convert_variables(node, defaults.stage, context)
    if defaults.service:
        data["service"] = defaults.service
    data |= yield from convert_phases(_with_parameters(node), context.of_scope(node["variables"]), defaults)
    yield from _settings(node)
    return data


def _approvals_and_gates(node: JsonNode, context: ImportContext, defaults: StageDefaults) -> Conversion[JsonObject]:
    data: JsonObject = {}
    job = JobContext(defaults, on_server=True)
    for after, gates_key, approvals_key, suffix in (
        (False, "preDeploymentGates", "preDeployApprovals", ""),
        (True, "postDeploymentGates", "postDeployApprovals", "_after"),
    ):
        gates = yield from convert_gates(node[gates_key], context, job, after=after)
        enabled = bool(gates and gates.get("enabled", True))
        approval = yield from convert_approval(node[approvals_key], context, after=after, has_gates=enabled)
        data |= {f"approval{suffix}": approval} if approval else {}
        data |= {f"gates{suffix}": gates} if gates else {}
    return data


def _lock(policy: JsonNode) -> Conversion[JsonObject]:
    count, depth = policy["concurrencyCount"], policy["queueDepthCount"]
    feature = features.LOCK if count.number() == 1 else features.LOCK_MANY
    yield from setting_rows(bool(count.number()), feature, count, depth)
    return {"lock": "latest" if depth.number() == 1 else "sequential"} if count.number() else {}


def _settings(node: JsonNode) -> Iterator[ReportRow]:
    """Rows for settings that do not decide what runs."""
    yield from report_rows(features.IDENTITY, node["owner"])
    for key, value in node["retentionPolicy"].entries():
        yield from setting_rows(value.value != _DEFAULT_RETENTION.get(key), features.RETENTION, value)
    yield from _options(node["environmentOptions"])
    for key, feature in (("environmentTriggers", features.STAGE_REDEPLOY), ("schedules", features.STAGE_SCHEDULE)):
        if node[key]:
            yield from report_rows(feature, node[key])
    for value in node["properties"].leaves():
        on = value.path[-1] == "$value" and value.text().casefold() == "true"
        yield from report_rows(features.STAGE_OPTION if on else features.IDENTITY, value)
    if node["processParameters"]:
        yield ReportRow(features.PROCESS_PARAMETERS, node["processParameters"].path)
        for leaf in node["deployPhases"].leaves():
            if "$(parameters." in leaf.text().casefold():
                yield ReportRow(features.PROCESS_PARAMETERS, leaf.path)


def _options(options: JsonNode) -> Iterator[ReportRow]:
    """Rows for the options of a stage; jobs report those that they have too."""
    for key, value in options.entries():
        if key in ("skipArtifactsDownload", "enableAccessToken", "timeoutInMinutes"):
            if not value.flag() and not value.number():
                yield from report_rows(features.DEFAULT, value)
        elif key in ("emailNotificationType", "emailRecipients"):
            defaults = ("OnlyOnFailure", "release.environment.owner;release.creator", "")
            yield from setting_rows(value.text() not in defaults, features.OWNER, value)
        else:
            is_default = value.value in (False, _DEFAULT_OPTIONS.get(key))
            yield from setting_rows(not is_default, features.STAGE_OPTION, value)


def _with_parameters(node: JsonNode) -> JsonNode:
    """A stage with the values of its process parameters filled in."""
    values = {
        item["name"].text().casefold(): item["defaultValue"].text()
        for item in node["processParameters"]["inputs"].items()
    }
    if not values:
        return node
    phases = map_texts(
        node["deployPhases"].value,
        lambda text: _PARAMETER.sub(lambda match: values.get(match[1].casefold(), match[0]), text),
    )
    return JsonNode({**node.value, "deployPhases": phases}, node.path)


def _most_common_agent(stages: Sequence[JsonObject]) -> JsonObject | None:
    """The agent of most stages; the first one of several that are as common."""
    agents = [stage["agent"] for stage in stages if stage.get("agent")]
    counts = Counter(map(repr, agents))
    return next((agent for agent in agents if counts[repr(agent)] == max(counts.values())), None)


def _without_agent(stage: JsonObject, agent: JsonObject | None) -> JsonObject:
    """A stage without the agent of the release, and its jobs without the agent of the stage."""
    data = {key: value for key, value in stage.items() if key != "agent" or value != agent}
    inherited = data.get("agent") or agent
    if "jobs" in data:
        data["jobs"] = [{k: v for k, v in job.items() if k != "agent" or v != inherited} for job in data["jobs"]]
    return data
