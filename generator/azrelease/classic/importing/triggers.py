"""Triggers of a definition."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from azrelease.catalog import classic
from azrelease.classic.constructs import (
    ALIAS_CHANGED,
    CD_BUILD_BRANCH,
    CD_FILTER,
    CD_MIXED,
    CD_TAG_PATTERN,
    CD_TAGGING,
    CD_TRIGGER,
    CONTAINER_FILTER,
    CONTAINER_TRIGGER,
    IDENTITY,
    REPOSITORY_TRIGGER,
    SCHEDULE,
    SCHEDULE_CHANGES,
    SCHEDULE_LOST,
    SCHEDULE_MOVED,
    SCHEDULE_ZONE,
    TRIGGER_LOST,
    USUAL,
    Construct,
)
from azrelease.classic.conversion_report import Reading, ReportRow, report_rows
from azrelease.classic.importing.artifacts import ClassicArtifact
from azrelease.classic.names import NO_NAMES, Names
from azrelease.classic.node import Node

Data = dict[str, Any]

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_CRON_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_DAY = 24 * 60


def triggers_of(
    nodes: Sequence[Node], sources: Sequence[ClassicArtifact], names: Names
) -> Reading[tuple[Mapping[str, Any], tuple[Data, ...]]]:
    """The trigger of each source by its alias, and the schedules."""
    started: dict[str, Any] = {}
    schedules: list[Data] = []
    by_source: dict[str, list[Node]] = {}
    for node in nodes:
        kind = node["triggerType"].choice("ReleaseTriggerType")
        alias = node["artifactAlias"].text() or node["alias"].text()
        source = next((found for found in sources if found.node["alias"].text() == alias), None)
        if kind == "schedule":
            found = yield from schedule_of(node["schedule"])
            yield from report_rows(SCHEDULE, node["triggerType"])
            schedules.extend([found] if found else [])
        elif source is not None and source.type in _STARTED_BY.get(kind or "", ()):
            by_source.setdefault(source.alias, []).append(node)
            if source.alias != alias:
                yield from report_rows(ALIAS_CHANGED, node["artifactAlias"], node["alias"], detail="in the trigger")
        else:
            yield ReportRow(TRIGGER_LOST, node.path, f"{kind or node['triggerType'].text()} {alias}".strip())
    for source in sources:
        if source.alias in by_source:
            started[source.alias] = yield from _trigger(by_source[source.alias], source, names)
    return started, tuple(schedules)


_STARTED_BY = {
    "artifactSource": ("pipeline", "git", "acr", "docker", "jenkins"),
    "sourceRepo": ("git",),
    "containerImage": ("acr", "docker"),
}
"""Kinds of triggers, each with the sources that can start a pipeline so."""


def _trigger(nodes: Sequence[Node], source: ClassicArtifact, names: Names) -> Reading[Any]:
    """The trigger of a source, of all that the definition has for it."""
    if source.type == "pipeline":
        return (yield from _continuous(nodes, names))
    if source.type == "git":
        return (yield from _push(nodes))
    is_job = source.type == "jenkins"
    construct, filtered = (CD_TRIGGER, CD_TAG_PATTERN) if is_job else (CONTAINER_TRIGGER, CONTAINER_FILTER)
    for node in nodes:
        yield from report_rows(construct, node["triggerType"], node["alias"], node["artifactAlias"])
        if node["tagFilters"] or node["triggerConditions"]:
            yield ReportRow(filtered, node.path, source.alias)
    return True


class _Filters(NamedTuple):
    """Branches that count and those that do not; tags; whether any branch counts."""

    include: tuple[str, ...]
    exclude: tuple[str, ...]
    tags: frozenset[tuple[str, ...]]
    every: bool

    def data(self) -> Data | str:
        """The filter of branches; `any` where there is none."""
        include = () if self.every else self.include
        told = {"include": list(include), "exclude": list(self.exclude)}
        return {key: branches for key, branches in told.items() if branches} or "any"


def _filters(nodes: Sequence[Node], names: Names, carried: Construct) -> Reading[_Filters]:
    """The conditions of some triggers, each of which is enough."""
    include: list[str] = []
    exclude: list[str] = []
    tags: list[tuple[str, ...]] = []
    every = False
    for node in nodes:
        conditions = list(node["triggerConditions"].items())
        every = every or not conditions
        default = names.default_branches.get(node["artifactAlias"].text())
        for condition in conditions:
            branch = yield from _filter(condition, default, carried)
            every = every or not branch
            (exclude if branch.startswith("-") else include).extend([branch.removeprefix("-")] if branch else [])
            tags.append(tuple(tag.text() for tag in condition["tags"].items()))
        if not conditions:
            tags.append(())
    if len(set(map(frozenset, tags))) > 1:
        yield ReportRow(CD_MIXED, nodes[0]["triggerConditions"].path)
    return _Filters(tuple(include), tuple(exclude), frozenset(tags[:1]), every)


def _filter(condition: Node, default: str | None, carried: Construct) -> Reading[str]:
    """The branch of a condition."""
    own = condition["useBuildDefinitionBranch"]
    yield from report_rows(USUAL if not own.flag() else CD_FILTER if default else CD_BUILD_BRANCH, own)
    tagging, pattern = condition["createReleaseOnBuildTagging"], condition["tagFilter"]
    yield from report_rows(CD_TAGGING if tagging.flag() else USUAL, tagging)
    if pattern["pattern"]:
        yield ReportRow(CD_TAG_PATTERN, pattern.path, pattern["pattern"].text())
    yield from report_rows(carried, condition["sourceBranch"], *condition["tags"].items())
    return (default if own.flag() else None) or condition["sourceBranch"].text()


def _continuous(nodes: Sequence[Node], names: Names) -> Reading[Data]:
    """A trigger by builds, with its filters."""
    for node in nodes:
        yield from report_rows(CD_TRIGGER, node["triggerType"], node["artifactAlias"])
    found = yield from _filters(nodes, names, CD_FILTER)
    tags = next(iter(found.tags), ())
    return {"branches": found.data(), **({"tags": list(tags)} if tags else {})}


def _push(nodes: Sequence[Node]) -> Reading[Data | str]:
    """A push to a repository of Azure Repos."""
    given = [node for node in nodes if node["triggerConditions"]]
    found = _Filters((), (), frozenset(), every=False)
    if given:
        found = yield from _filters(given, NO_NAMES, REPOSITORY_TRIGGER)
        if any(found.tags):
            yield ReportRow(CD_TAGGING, given[0]["triggerConditions"].path)
    filters: list[str] = []
    for node in nodes:
        yield from report_rows(REPOSITORY_TRIGGER, node["triggerType"], node["alias"], node["artifactAlias"])
        yield from report_rows(REPOSITORY_TRIGGER, *node["branchFilters"].items())
        filters += [item.text() for item in node["branchFilters"].items()]
    include = [*found.include, *(name.removeprefix("+") for name in filters if name and not name.startswith("-"))]
    exclude = [*found.exclude, *(name[1:] for name in filters if name.startswith("-"))]
    every = found.every or any(not node["triggerConditions"] and not node["branchFilters"] for node in nodes)
    return _Filters(tuple(include), tuple(exclude), frozenset(), every).data()


def schedule_of(node: Node) -> Reading[Data | None]:
    """A schedule in UTC; None where its days or its zone are not known."""
    yield from report_rows(IDENTITY, node["jobId"])
    days = node["daysToRelease"].choice("ScheduleDays")
    zone_name = node["timeZoneId"].text() or "UTC"
    zone = classic.time_zone(zone_name)
    if days in (None, "none") or zone is None:
        yield ReportRow(SCHEDULE_LOST, node.path, zone_name if zone is None else "")
        return None
    assert days is not None
    minutes = node["startHours"].number() * 60 + node["startMinutes"].number() - zone.offset
    shift, minutes = divmod(minutes, _DAY)
    named = days.split(",")
    listed = range(len(_DAYS)) if "all" in named else sorted({_DAYS.index(day) for day in named if day in _DAYS})
    moved = sorted((day + shift) % len(_DAYS) for day in listed)
    told = "*" if len(moved) == len(_DAYS) else ",".join(_CRON_DAYS[day] for day in moved)
    in_utc = zone == (0, 0)
    construct = SCHEDULE if in_utc else SCHEDULE_ZONE if zone.daylight else SCHEDULE_MOVED
    detail = "" if in_utc else zone_name
    yield from report_rows(construct, node["daysToRelease"], node["startHours"],
                    node["startMinutes"], node["timeZoneId"], detail=detail)  # fmt: skip
    only = node["scheduleOnlyWithChanges"]
    yield from report_rows(SCHEDULE_CHANGES if only.flag() else SCHEDULE, only)
    hour, minute = divmod(minutes, 60)
    return {"cron": f"{minute} {hour} * * {told}", **({} if only.flag() else {"always": True})}


def artifact_filter(node: Node) -> Mapping[str, Any] | None:
    """The filter of a stage by artifact, which stands as JSON in a text; None where it cannot be read."""
    data = node.value
    if isinstance(data, str):
        try:
            data = json.loads(data) if data else {}
        except ValueError:
            return None
    return data if isinstance(data, dict) else None
