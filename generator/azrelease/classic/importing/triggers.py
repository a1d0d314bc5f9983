"""Triggers of a definition."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from azrelease.catalog import classic
from azrelease.classic import features
from azrelease.classic.conversion_report import Conversion, ReportRow, report_rows, setting_rows
from azrelease.classic.features import Feature
from azrelease.classic.importing.artifacts import ImportedSource
from azrelease.classic.json_node import JsonNode, JsonObject
from azrelease.classic.resource_names import NO_NAMES, ResourceNames

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAY = 24 * 60


_STARTED_BY = {
    "artifactSource": ("pipeline", "git", "acr", "docker", "jenkins"),
    "sourceRepo": ("git",),
    "containerImage": ("acr", "docker"),
}
"""The kinds of sources that each kind of trigger can watch in YAML."""


def convert_triggers(
    nodes: Sequence[JsonNode], sources: Sequence[ImportedSource], names: ResourceNames
) -> Conversion[tuple[Mapping[str, Any], list[JsonObject]]]:
    """The trigger of each source by its alias, and the schedules."""
    schedules: list[JsonObject] = []
    by_source: dict[str, list[JsonNode]] = {}
    for node in nodes:
        kind = node["triggerType"].choice("ReleaseTriggerType")
        alias = node["artifactAlias"].text() or node["alias"].text()
        source = next((source for source in sources if source.node["alias"].text() == alias), None)
        if kind == "schedule":
            schedule = yield from _schedule(node["schedule"])
            yield from report_rows(features.SCHEDULE, node["triggerType"])
            schedules.extend([schedule] if schedule else [])
        elif source is not None and source.type in _STARTED_BY.get(kind or "", ()):
            by_source.setdefault(source.alias, []).append(node)
            if source.alias != alias:
                nodes_of_alias = node["artifactAlias"], node["alias"]
                yield from report_rows(features.ALIAS_CHANGED, *nodes_of_alias, detail="in the trigger")
        else:
            yield ReportRow(features.TRIGGER_LOST, node.path, f"{kind or node['triggerType'].text()} {alias}".strip())
    triggers: dict[str, Any] = {}
    for source in sources:
        if source.alias in by_source:
            triggers[source.alias] = yield from _trigger(by_source[source.alias], source, names)
    return triggers, schedules


def _trigger(nodes: Sequence[JsonNode], source: ImportedSource, names: ResourceNames) -> Conversion[Any]:
    """The trigger of a source, from all triggers of the definition for it."""
    if source.type == "pipeline":
        return (yield from _continuous(nodes, names))
    if source.type == "git":
        return (yield from _push(nodes))
    feature, filtered = features.CONTAINER_TRIGGER, features.CONTAINER_FILTER
    if source.type == "jenkins":
        feature, filtered = features.CD_TRIGGER, features.CD_TAG_PATTERN
    for node in nodes:
        yield from report_rows(feature, node["triggerType"], node["alias"], node["artifactAlias"])
        if node["tagFilters"] or node["triggerConditions"]:
            yield ReportRow(filtered, node.path, source.alias)
    return True


class _TriggerFilters(NamedTuple):
    """Included and excluded branches, and tags; `every` includes all branches."""

    include: tuple[str, ...]
    exclude: tuple[str, ...]
    tags: frozenset[tuple[str, ...]]
    every: bool

    def data(self) -> JsonObject | str:
        """The filter of branches; `any` where there is none."""
        include = () if self.every else self.include
        filters = {"include": list(include), "exclude": list(self.exclude)}
        return {key: branches for key, branches in filters.items() if branches} or "any"


def _filters(nodes: Sequence[JsonNode], names: ResourceNames, carried: Feature) -> Conversion[_TriggerFilters]:
    """The conditions of triggers, one of which must hold."""
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
        yield ReportRow(features.CD_MIXED, nodes[0]["triggerConditions"].path)
    return _TriggerFilters(tuple(include), tuple(exclude), frozenset(tags[:1]), every)


def _filter(condition: JsonNode, default: str | None, carried: Feature) -> Conversion[str]:
    own = condition["useBuildDefinitionBranch"]
    yield from setting_rows(own.flag(), features.CD_FILTER if default else features.CD_BUILD_BRANCH, own)
    tagging, pattern = condition["createReleaseOnBuildTagging"], condition["tagFilter"]
    yield from setting_rows(tagging.flag(), features.CD_TAGGING, tagging)
    if pattern["pattern"]:
        yield ReportRow(features.CD_TAG_PATTERN, pattern.path, pattern["pattern"].text())
    yield from report_rows(carried, condition["sourceBranch"], *condition["tags"].items())
    return (default if own.flag() else None) or condition["sourceBranch"].text()


def _continuous(nodes: Sequence[JsonNode], names: ResourceNames) -> Conversion[JsonObject]:
    for node in nodes:
        yield from report_rows(features.CD_TRIGGER, node["triggerType"], node["artifactAlias"])
    filters = yield from _filters(nodes, names, features.CD_FILTER)
    tags = next(iter(filters.tags), ())
    return {"branches": filters.data(), **({"tags": list(tags)} if tags else {})}


def _push(nodes: Sequence[JsonNode]) -> Conversion[JsonObject | str]:
    with_conditions = [node for node in nodes if node["triggerConditions"]]
    filters = _TriggerFilters((), (), frozenset(), every=False)
    if with_conditions:
        filters = yield from _filters(with_conditions, NO_NAMES, features.REPOSITORY_TRIGGER)
        if any(filters.tags):
            yield ReportRow(features.CD_TAGGING, with_conditions[0]["triggerConditions"].path)
    branches: list[str] = []
    for node in nodes:
        yield from report_rows(features.REPOSITORY_TRIGGER, node["triggerType"], node["alias"], node["artifactAlias"])
        yield from report_rows(features.REPOSITORY_TRIGGER, *node["branchFilters"].items())
        branches += [item.text() for item in node["branchFilters"].items()]
    include = (name.removeprefix("+") for name in branches if name and not name.startswith("-"))
    exclude = (name[1:] for name in branches if name.startswith("-"))
    every = filters.every or any(not node["triggerConditions"] and not node["branchFilters"] for node in nodes)
    return _TriggerFilters((*filters.include, *include), (*filters.exclude, *exclude), frozenset(), every).data()


def _schedule(node: JsonNode) -> Conversion[JsonObject | None]:
    """A schedule in UTC; None for unknown days or an unknown time zone."""
    yield from report_rows(features.IDENTITY, node["jobId"])
    days = node["daysToRelease"].choice("ScheduleDays")
    zone_name = node["timeZoneId"].text() or "UTC"
    zone = classic.time_zone(zone_name)
    if days in (None, "none") or zone is None:
        yield ReportRow(features.SCHEDULE_LOST, node.path, zone_name if zone is None else "")
        return None
    assert days is not None
    minutes = node["startHours"].number() * 60 + node["startMinutes"].number() - zone.offset
    shift, minutes = divmod(minutes, _DAY)
    names = days.split(",")
    numbers = range(len(_DAYS)) if "all" in names else {_DAYS.index(day) for day in names if day in _DAYS}
    moved = sorted((day + shift) % len(_DAYS) for day in numbers)
    week = "*" if len(moved) == len(_DAYS) else ",".join(_DAYS[day][:3].title() for day in moved)
    in_utc = zone == (0, 0)
    feature = features.SCHEDULE if in_utc else features.SCHEDULE_ZONE if zone.daylight else features.SCHEDULE_MOVED
    settings = ("daysToRelease", "startHours", "startMinutes", "timeZoneId")
    yield from report_rows(feature, *(node[key] for key in settings), detail="" if in_utc else zone_name)
    only = node["scheduleOnlyWithChanges"]
    yield from report_rows(features.SCHEDULE_CHANGES if only.flag() else features.SCHEDULE, only)
    hour, minute = divmod(minutes, 60)
    return {"cron": f"{minute} {hour} * * {week}", **({} if only.flag() else {"always": True})}
