"""The stages of a release as the environments of a definition."""

import json
import re
from collections.abc import Mapping, Sequence

from azrelease.classic.conditions import (
    StageDependency,
    StageResults,
    after_failure,
    dependency_bits,
    parse_condition,
    stage_filter,
)
from azrelease.classic.conversion_report import Conversion, ReportRow
from azrelease.classic.exporting import features
from azrelease.classic.exporting.approvals import approvals_json, gates_json
from azrelease.classic.exporting.context import ExportContext
from azrelease.classic.exporting.phases import phases_json
from azrelease.classic.json_node import JsonObject, JsonPath
from azrelease.release import Release, Stage
from azrelease.release.stage import usual_environment


def environments_json(release: Release, context: ExportContext) -> Conversion[list[JsonObject]]:
    """The environments of a completed release."""
    titles = [stage.display_name or stage.name for stage in release.stages]
    names = {stage.name.casefold() for stage in release.stages}
    folded = [title.casefold() for title in titles]
    # Conditions name environments, so that each needs a name that no other has.
    unique = {
        stage.name: title
        if folded.count(title.casefold()) == 1 and (title == stage.name or title.casefold() not in names)
        else stage.name
        for stage, title in zip(release.stages, titles, strict=True)
    }
    issues = frozenset(stage.name for stage in release.stages if _ends_with_issues(stage))
    by_fold = {stage.name.casefold(): stage.name for stage in release.stages}
    waits = {
        stage.name: {
            by_fold[name.casefold()]: dependency_bits(stage.condition).get(by_fold[name.casefold()], 0)
            for name in stage.depends_on or ()
        }
        for stage in release.stages
    }
    results = StageResults(issues, after_failure(waits))
    found: list[JsonObject] = []
    for rank, stage in enumerate(release.stages, 1):
        found.append((yield from _environment(stage, release, context, unique, results, rank)))
    return found


def _environment(
    stage: Stage, release: Release, context: ExportContext, names: Mapping[str, str], results: StageResults, rank: int
) -> Conversion[JsonObject]:
    path: JsonPath = ("stages", rank - 1)
    conditions, rest = yield from _conditions(stage, release, context, names, results, path)
    usual_name = usual_environment(release.name, stage.name)
    if stage.environment != usual_name:
        yield ReportRow(features.SHARED_LOCK if stage.lock else features.ENVIRONMENT, path, stage.environment or "")
    if stage.gates_after is not None:
        yield ReportRow(features.GATES_SAMPLED, (*path, "gates_after"))
    if stage.group is not None:
        yield ReportRow(features.STAGE_GROUP, (*path, "group"), stage.group)
    if stage.checks is not None:
        yield ReportRow(features.CHECKS_LOST, (*path, "checks"))
    phases, variables = yield from phases_json(stage, release, context, path, rest)
    own = variables_json(stage.variables, stage.secrets, (), context)
    # The group that an import puts the secrets of a stage into: here they are variables of the stage.
    own_group = f"{release.name}-{stage.name}" if stage.secrets else None
    groups = yield from groups_json([name for name in stage.variable_groups if name != own_group], context, path)
    before = yield from approvals_json(stage.approval, context, (*path, "approval"), after=False)
    after = yield from approvals_json(stage.approval_after, context, (*path, "approval_after"), after=True)
    gates = yield from gates_json(stage.gates, context, (*path, "gates"))
    gates_after = yield from gates_json(stage.gates_after, context, (*path, "gates_after"))
    return {
        "id": rank,
        "name": names[stage.name],
        "rank": rank,
        "variables": {**own, **{name: {"value": value} for name, value in variables.items()}},
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


_STATUS = re.compile(r"\b(?:always|canceled|failed|succeededOrFailed|dependencies|stageDependencies)\b", re.IGNORECASE)


def _is_for_jobs(condition: str, *, waits: bool) -> bool:
    """Whether the jobs of a stage can ask for what the stage asks for: nothing about how other stages ended."""
    if _STATUS.search(condition) or re.search(r"not\(\s*succeeded\(", condition, re.IGNORECASE):
        return False
    # Without `succeeded()` a stage of YAML runs also after a failure, where one of a definition does not.
    return (
        not waits or re.match(r"\s*(?:succeeded\(\s*\)|and\(\s*succeeded\(\s*\))", condition, re.IGNORECASE) is not None
    )


def _ends_with_issues(stage: Stage) -> bool:
    """Whether a stage can end with issues: something of it goes on after an error."""
    goes_on = any(task.continue_on_error and task.enabled for _, task in stage.placed_tasks)
    return goes_on or stage.rollout is not None or any(job.continue_on_error for job in stage.jobs or ())


def _conditions(
    stage: Stage,
    release: Release,
    context: ExportContext,
    names: Mapping[str, str],
    results: StageResults,
    path: JsonPath,
) -> Conversion[tuple[list[JsonObject], str | None]]:
    """What a stage waits for, and what its jobs have to ask for instead."""
    by_fold = {name.casefold(): name for name in names}
    waited_for = [by_fold[name.casefold()] for name in stage.depends_on or ()]
    known = parse_condition(stage.condition, waited_for, results)
    rest: str | None = None
    if known is None:
        usual = parse_condition(None, waited_for, results)
        assert usual is not None
        known = usual
        followed = any(stage.name.casefold() in map(str.casefold, s.depends_on or ()) for s in release.stages)
        if followed or not _is_for_jobs(stage.condition or "", waits=bool(waited_for)):
            yield ReportRow(features.CONDITION_LOST, path, stage.condition or "")
        else:
            yield ReportRow(features.CONDITION_JOBS, path, stage.condition or "")
            rest = stage.condition
    waiting, filters = known
    if stage.trigger == "manual" and waiting:
        yield ReportRow(features.MANUAL_ORDER, path, stage.name)
    manual = stage.trigger == "manual"
    found = [] if manual else [_dependency(other, names) for other in waiting]
    if not manual and not waiting:
        found.append({"conditionType": "event", "name": "ReleaseStarted", "value": ""})
    for alias, branch in filters:
        old = next((key for key, new in context.macros.aliases.items() if new == alias), alias)
        found.append({"conditionType": "artifact", "name": old, "value": json.dumps(stage_filter(branch))})
    return found, rest


def _dependency(other: StageDependency, names: Mapping[str, str]) -> JsonObject:
    return {"conditionType": "environmentState", "name": names[other.stage], "value": str(other.bits)}


def variables_json(
    values: Mapping[str, str], secrets: Sequence[str], settable: Sequence[str], context: ExportContext
) -> JsonObject:
    """Variables of a scope; secrets have no value."""
    found: JsonObject = {name: {"value": context.text(value)} for name, value in values.items()}
    found |= {name: {"value": None, "isSecret": True} for name in secrets}
    changeable = {name.casefold() for name in settable}
    return {n: {**v, "allowOverride": True} if n.casefold() in changeable else v for n, v in found.items()}


def groups_json(names: Sequence[str], context: ExportContext, path: JsonPath) -> Conversion[list[int]]:
    """Variable groups by id."""
    found: list[int] = []
    for name in names:
        text = context.ids.variable_groups.get(name) or name.removeprefix("variable group ")
        if text.isdecimal():
            found.append(int(text))
        else:
            yield ReportRow(features.GROUP_ID, path, name)
    return found
