"""The conditions of a stage become `depends_on`, `condition` and `trigger`."""

import json
import re
from collections.abc import Mapping
from typing import Any

from azrelease.classic import features
from azrelease.classic.conditions import (
    KNOWN_BITS,
    ArtifactBranchFilter,
    StageDependency,
    condition_text,
    stage_filter,
)
from azrelease.classic.conversion_report import Conversion, ReportRow, report_rows
from azrelease.classic.importing.context import ImportContext
from azrelease.classic.importing.stage_index import StageIndex
from azrelease.classic.json_node import JsonNode, JsonObject


def convert_conditions(stage: JsonNode, stages: StageIndex, context: ImportContext) -> Conversion[JsonObject]:
    """`depends_on`, `condition` and `trigger` of a stage."""
    dependencies: list[StageDependency] = []
    filters: list[ArtifactBranchFilter] = []
    starts_with_release = False
    conditions = list(stage["conditions"].items())
    for condition in conditions:
        kind, name = condition["conditionType"].choice("ConditionType"), condition["name"].text()
        order = (condition[key] for key in ("name", "conditionType", "value", "result"))
        bits = condition["value"].number()
        dependency = stages.name(name)
        if kind == "event" and name.casefold() in ("releasestarted", ""):
            starts_with_release = True
            yield from report_rows(features.STAGE_ORDER, *order)
        elif kind == "environmentState" and dependency is not None and bits and not bits & ~KNOWN_BITS:
            dependencies.append(stages.results.dependency(dependency, bits))
            yield from report_rows(features.STAGE_ORDER, *order)
        elif kind == "artifact":
            branch_filter = yield from _filter(condition, context)
            filters.extend([branch_filter] if branch_filter else [])
        else:
            yield ReportRow(features.STAGE_CONDITION_LOST, condition.path, name)
    data: JsonObject = {"depends_on": list(dict.fromkeys(dependency.stage for dependency in dependencies))}
    if not starts_with_release and not dependencies:
        # A manual start is the safest where the import cannot carry what the stage waits for.
        data["trigger"] = "manual"
        if not conditions:
            yield ReportRow(features.STAGE_MANUAL, (*stage.path, "conditions"))
    text = condition_text(dependencies, filters)
    return data | ({"condition": text} if text else {})


def _is_plain(data: Mapping[str, Any]) -> bool:
    """Whether a filter has only a branch, with a wildcard at its end at most."""
    more = {key: value for key, value in data.items() if key != "sourceBranch"}
    pattern = more.get("tagFilter")
    if isinstance(pattern, Mapping) and not pattern.get("pattern"):
        del more["tagFilter"]
    if any(value for value in more.values()):
        return False
    return not re.search(r"[?\[\]]|\*.", str(data.get("sourceBranch") or ""))


def _filter(node: JsonNode, context: ImportContext) -> Conversion[ArtifactBranchFilter | None]:
    alias = context.macros.aliases.get(node["name"].text())
    data = _filter_data(node["value"])
    if data is None or alias is None or alias not in context.macros.builds or not _is_plain(data):
        yield ReportRow(features.STAGE_FILTER_LOST, node.path, node["name"].text())
        return None
    branch = str(data.get("sourceBranch") or "")
    yield from report_rows(
        features.STAGE_FILTER if alias == node["name"].text() else features.ALIAS_CHANGED, node["name"]
    )
    yield from report_rows(features.STAGE_FILTER, node["conditionType"], node["result"])
    kept = json.dumps(stage_filter(branch)) == node["value"].text()
    yield from report_rows(features.STAGE_FILTER if kept else features.STAGE_FILTER_WRITTEN, node["value"])
    return ArtifactBranchFilter(alias, branch) if branch else None


def _filter_data(node: JsonNode) -> Mapping[str, Any] | None:
    """An artifact filter, which a definition contains as JSON in a text; None where it is not valid."""
    data = node.value
    if isinstance(data, str):
        try:
            data = json.loads(data) if data else {}
        except ValueError:
            return None
    return data if isinstance(data, dict) else None
