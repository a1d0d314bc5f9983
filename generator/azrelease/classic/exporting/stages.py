"""The stages of a release as the environments of a definition."""

from collections.abc import Mapping, Sequence

from azrelease.classic.conversion_report import Conversion, ReportRow
from azrelease.classic.exporting import features
from azrelease.classic.exporting.approvals import approvals_json, gates_json
from azrelease.classic.exporting.conditions import EnvironmentIndex, conditions_json, index_environments
from azrelease.classic.exporting.context import ExportContext
from azrelease.classic.exporting.phases import phases_json
from azrelease.classic.json_node import JsonObject, JsonPath
from azrelease.release import Stage
from azrelease.release.stage import usual_environment


def environments_json(context: ExportContext) -> Conversion[list[JsonObject]]:
    """The environments of a release."""
    index = index_environments(context.release)
    environments: list[JsonObject] = []
    for rank, stage in enumerate(context.release.stages, 1):
        environments.append((yield from _environment(stage, context, index, rank)))
    return environments


def _environment(stage: Stage, context: ExportContext, index: EnvironmentIndex, rank: int) -> Conversion[JsonObject]:
    path: JsonPath = ("stages", rank - 1)
    release = context.release.name
    conditions, of_jobs = yield from conditions_json(stage, context, index, path)
    if stage.environment != usual_environment(release, stage.name):
        yield ReportRow(features.SHARED_LOCK if stage.lock else features.ENVIRONMENT, path, stage.environment or "")
    if stage.gates_after is not None:
        yield ReportRow(features.GATES_SAMPLED, (*path, "gates_after"))
    if stage.group is not None:
        yield ReportRow(features.STAGE_GROUP, (*path, "group"), stage.group)
    if stage.checks is not None:
        yield ReportRow(features.CHECKS_LOST, (*path, "checks"))
    phases, matrix = yield from phases_json(stage, context, path, of_jobs)
    variables = variables_json(stage.variables, stage.secrets, (), context)
    # An import puts the secrets of a stage into this group; a definition has them as variables of the stage.
    secrets_group = f"{release}-{stage.name}" if stage.secrets else None
    groups = yield from groups_json([name for name in stage.variable_groups if name != secrets_group], context, path)
    before = yield from approvals_json(stage.approval, context, (*path, "approval"), after=False)
    after = yield from approvals_json(stage.approval_after, context, (*path, "approval_after"), after=True)
    gates = yield from gates_json(stage.gates, context, (*path, "gates"))
    gates_after = yield from gates_json(stage.gates_after, context, (*path, "gates_after"))
    return {
        "id": rank,
        "name": index.names[stage.name],
        "rank": rank,
        "variables": variables | {name: {"value": value} for name, value in matrix.items()},
        "variableGroups": groups,
        "preDeployApprovals": before,
        "deployStep": {"id": 0},
        "postDeployApprovals": after,
        "deployPhases": phases,
        "environmentOptions": {
            "emailNotificationType": "OnlyOnFailure",
            "emailRecipients": "release.environment.owner;release.creator",
            "skipArtifactsDownload": False,
            "timeoutInMinutes": 0,
            "enableAccessToken": False,
            "publishDeploymentStatus": True,
            "badgeEnabled": False,
            "autoLinkWorkItems": False,
            "pullRequestDeploymentEnabled": False,
        },
        "demands": [],
        "conditions": conditions,
        "executionPolicy": {
            "concurrencyCount": 1 if stage.lock else 0,
            "queueDepthCount": 1 if stage.lock == "latest" else 0,
        },
        "schedules": [],
        "retentionPolicy": {"daysToKeep": 30, "releasesToKeep": 3, "retainBuild": True},
        "processParameters": {},
        "properties": {},
        "preDeploymentGates": gates,
        "postDeploymentGates": gates_after,
        "environmentTriggers": [],
    }


def variables_json(
    values: Mapping[str, str], secrets: Sequence[str], settable: Sequence[str], context: ExportContext
) -> JsonObject:
    """The variables of a release or stage; secrets without values."""
    variables: JsonObject = {name: {"value": context.text(value)} for name, value in values.items()}
    variables |= {name: {"value": None, "isSecret": True} for name in secrets}
    folded = {name.casefold() for name in settable}
    return {
        name: {**variable, **({"allowOverride": True} if name.casefold() in folded else {})}
        for name, variable in variables.items()
    }


def groups_json(names: Sequence[str], context: ExportContext, path: JsonPath) -> Conversion[list[int]]:
    """Variable groups by id."""
    ids: list[int] = []
    for name in names:
        text = context.ids.variable_groups.get(name) or name.removeprefix("variable group ")
        if text.isdecimal():
            ids.append(int(text))
        else:
            yield ReportRow(features.GROUP_ID, path, name)
    return ids
