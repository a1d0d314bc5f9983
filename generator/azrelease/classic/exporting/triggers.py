"""The triggers of a release."""

import re

from azrelease.classic.conditions import stage_filter
from azrelease.classic.conversion_report import Conversion, ReportRow
from azrelease.classic.exporting import features
from azrelease.classic.json_node import JsonObject, JsonPath
from azrelease.release import BranchFilter, ContinuousDeploymentTrigger, Release, Schedule
from azrelease.release.source import ContainerSource, GitSource, JenkinsSource, PipelineSource

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_TIME = re.compile(r"(?P<minute>0*[0-5]?\d) (?P<hour>0*(?:1?\d|2[0-3])) \* \* (?P<week>\S+)")


def triggers_json(release: Release) -> Conversion[list[JsonObject]]:
    """The triggers of a completed release."""
    triggers: list[JsonObject] = []
    if release.artifact is not None and release.trigger.continuous_deployment is not None:
        triggers.append((yield from _continuous(release.artifact.alias or "", release.trigger.continuous_deployment)))
    for source in release.sources:
        if isinstance(source, PipelineSource) and source.trigger is not None:
            triggers.append((yield from _continuous(source.alias or "", source.trigger)))
        elif isinstance(source, GitSource) and source.trigger is not None:
            branches = _branches(source.branch_filter)
            triggers.append({"triggerType": "sourceRepo", "alias": source.alias, "branchFilters": branches})
        elif isinstance(source, ContainerSource) and source.trigger:
            triggers.append({"triggerType": "containerImage", "alias": source.alias, "tagFilters": []})
        elif isinstance(source, JenkinsSource) and source.trigger:
            triggers.append(_artifact_trigger(source.alias, []))
    for index, schedule in enumerate(release.trigger.schedules):
        converted = yield from _schedule(schedule, ("trigger", "schedules", index))
        triggers += [{"triggerType": "schedule", "schedule": converted}] if converted else []
    return triggers


def _continuous(alias: str, trigger: ContinuousDeploymentTrigger) -> Conversion[JsonObject]:
    if trigger.stages:
        yield ReportRow(features.TRIGGER_STAGES, ("trigger",), alias)
    branches = _branches(trigger.branch_filter) or ([""] if trigger.tags else [])
    return _artifact_trigger(alias, [stage_filter(branch) | {"tags": list(trigger.tags)} for branch in branches])


def _branches(branches: BranchFilter) -> list[str]:
    return [*branches.include, *(f"-{branch}" for branch in branches.exclude)]


def _artifact_trigger(alias: str | None, conditions: list[JsonObject]) -> JsonObject:
    return {"triggerType": "artifactSource", "artifactAlias": alias, "triggerConditions": conditions}


def _schedule(schedule: Schedule, path: JsonPath) -> Conversion[JsonObject | None]:
    time = _TIME.fullmatch(" ".join(schedule.cron.split()))
    days = _week(time["week"]) if time else None
    if time is None or days is None:
        yield ReportRow(features.CRON_LOST, path, schedule.cron)
        return None
    if schedule.display_name or schedule.branches != ("main",):
        yield ReportRow(features.SCHEDULE_BRANCHES, path, schedule.display_name or "")
    if not schedule.always:
        yield ReportRow(features.SCHEDULE_CHANGED, path)
    return {
        "daysToRelease": "all" if len(days) == len(_DAYS) else ",".join(day for day in _DAYS if day in days),
        "startHours": int(time["hour"]),
        "startMinutes": int(time["minute"]),
        "timeZoneId": "UTC",
        "scheduleOnlyWithChanges": not schedule.always,
    }


def _week(text: str) -> set[str] | None:
    """The days of the week of a cron line; None for a step or a nonexistent day."""
    days: set[str] = set()
    for part in text.replace("*", "0-6").casefold().split(","):
        first, dash, last = part.partition("-")
        start, end = _day(first), _day(last if dash else first)
        if start is None or end is None:
            return None
        # A range may cross the end of the week, such as `Sat-Mon`.
        numbers = range(start, end + 1 + (len(_DAYS) if end < start else 0))
        days.update(_DAYS[(number - 1) % len(_DAYS)] for number in numbers)
    return days


def _day(text: str) -> int | None:
    """A day of the week by number (Sunday is 0 or 7), short or full name."""
    if text in ("0", "1", "2", "3", "4", "5", "6", "7"):
        return int(text)
    numbered = ((number % len(_DAYS), day) for number, day in enumerate(_DAYS, 1))
    return next((number for number, day in numbered if text in (day, day[:3])), None)
