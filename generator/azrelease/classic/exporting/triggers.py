"""The triggers of a release."""

from collections.abc import Sequence

from azrelease.classic.conversion_report import Conversion, ReportRow
from azrelease.classic.exporting import features
from azrelease.classic.json_node import JsonObject
from azrelease.release import ContinuousDeploymentTrigger, Release, Schedule
from azrelease.release.source import ContainerSource, GitSource, JenkinsSource, PipelineSource

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_HOUR, _DAY_HOURS = 60, 24
_NUMBERED = ("sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun")


def triggers_json(release: Release) -> Conversion[list[JsonObject]]:
    """The triggers of a completed release."""
    found: list[JsonObject] = []
    if release.artifact is not None and release.trigger.continuous_deployment is not None:
        found.append((yield from _continuous(release.artifact.alias or "", release.trigger.continuous_deployment)))
    for source in release.sources:
        if isinstance(source, PipelineSource) and source.trigger is not None:
            found.append((yield from _continuous(source.alias or "", source.trigger)))
        elif isinstance(source, GitSource) and source.trigger is not None:
            wanted = source.branch_filter
            filters = [*wanted.include, *(f"-{branch}" for branch in wanted.exclude)]
            found.append({"triggerType": "sourceRepo", "alias": source.alias, "branchFilters": filters})
        elif isinstance(source, ContainerSource) and source.trigger:
            found.append({"triggerType": "containerImage", "alias": source.alias, "tagFilters": []})
        elif isinstance(source, JenkinsSource) and source.trigger:
            kind = {"triggerType": "artifactSource", "artifactAlias": source.alias}
            found.append({**kind, "triggerConditions": []})
    for index, schedule in enumerate(release.trigger.schedules):
        made = yield from _schedule(schedule, index)
        if made is not None:
            found.append({"triggerType": "schedule", "schedule": made})
    return found


def _continuous(alias: str, trigger: ContinuousDeploymentTrigger) -> Conversion[JsonObject]:
    if trigger.stages:
        yield ReportRow(features.TRIGGER_STAGES, ("trigger",), alias)
    tags = list(trigger.tags)
    wanted = trigger.branch_filter
    branches = [*wanted.include, *(f"-{branch}" for branch in wanted.exclude)]
    conditions = [_filter(branch, tags) for branch in branches] or ([_filter("", tags)] if tags else [])
    return {"triggerType": "artifactSource", "artifactAlias": alias, "triggerConditions": conditions}


def _filter(branch: str, tags: Sequence[str]) -> JsonObject:
    return {
        "sourceBranch": branch,
        "tags": list(tags),
        "useBuildDefinitionBranch": False,
        "createReleaseOnBuildTagging": False,
    }


def _schedule(schedule: Schedule, index: int) -> Conversion[JsonObject | None]:
    minute, hour, day, month, week = schedule.cron.split()
    days = _week(week)
    is_time = minute.isdecimal() and hour.isdecimal() and int(minute) < _HOUR and int(hour) < _DAY_HOURS
    if not is_time or (day, month) != ("*", "*") or days is None:
        yield ReportRow(features.CRON_LOST, ("trigger", "schedules", index), schedule.cron)
        return None
    if schedule.display_name or schedule.branches != ("main",):
        yield ReportRow(features.SCHEDULE_BRANCHES, ("trigger", "schedules", index), schedule.display_name or "")
    if not schedule.always:
        yield ReportRow(features.SCHEDULE_CHANGED, ("trigger", "schedules", index))
    return {
        "daysToRelease": "all" if len(days) == len(_DAYS) else ",".join(day for day in _DAYS if day in days),
        "startHours": int(hour),
        "startMinutes": int(minute),
        "timeZoneId": "UTC",
        "scheduleOnlyWithChanges": not schedule.always,
    }


def _week(text: str) -> set[str] | None:
    """The days of the week of a cron line; None where it says more."""
    if text == "*":
        return set(_DAYS)
    found: set[str] = set()
    for part in text.casefold().split(","):
        first, dash, last = part.partition("-")
        start, end = _day(first), _day(last if dash else first)
        if start is None or end is None:
            return None
        if dash and (first, last) == ("0", "7"):
            return set(_DAYS)
        if end < start:
            end += len(_DAYS)  # over the end of the week: `Sat-Mon`, or `0-5`, which begins on Sunday
        found.update(_DAYS[number % len(_DAYS)] for number in range(start, end + 1))
    return found


def _day(text: str) -> int | None:
    """A day of the week by number, short or full name; Monday as 0."""
    if text in ("0", "1", "2", "3", "4", "5", "6", "7"):
        text = _NUMBERED[int(text)]
    return next((number for number, day in enumerate(_DAYS) if text in (day, day[:3])), None)
