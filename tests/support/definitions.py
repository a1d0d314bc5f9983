"""Classic definitions in tests: read, and compared as the service would."""

from collections.abc import Iterator, Mapping
from typing import Any

from azrelease.catalog import classic
from azrelease.classic import ConversionOutcome, ConversionReport
from azrelease.classic.json_node import JsonNode, JsonPath, path_text

ENUMERATIONS = {
    "triggerType": "ReleaseTriggerType",
    "conditionType": "ConditionType",
    "phaseType": "DeployPhaseTypes",
    "parallelExecutionType": "ParallelExecutionTypes",
    "executionOrder": "ApprovalExecutionOrder",
    "daysToRelease": "ScheduleDays",
}
SAME = (ConversionOutcome.CARRIED, ConversionOutcome.REGISTERED)


def differences(definition: Mapping[str, Any], report: ConversionReport, again: Mapping[str, Any]) -> list[str]:
    """What is told of as carried, and does not stand in another definition as it did in this one."""
    before, after = JsonNode(aligned(definition)), JsonNode(aligned(again))
    found: list[str] = []
    for row in report.rows:
        if row.feature.outcome not in SAME:
            continue
        place = _aligned_path(row.path, definition)
        old = _at(before, place)
        if not old or _is_secret_value(before, place):
            continue
        if isinstance(old.value, dict | list):
            found.append(f"{path_text(row.path)} is told of as a whole")
        elif plain(place, old.value) != plain(place, _at(after, place).value):
            found.append(f"{path_text(row.path)}: {old.value!r} is {_at(after, place).value!r}")
    return found


def _is_secret_value(definition: JsonNode, path: JsonPath) -> bool:
    return path[-1] == "value" and _at(definition, (*path[:-1], "isSecret")).flag()


def _at(node: JsonNode, path: JsonPath) -> JsonNode:
    for step in path:
        node = node[step]
    return node


def plain(path: JsonPath, value: Any) -> str:
    """A value in one spelling of the several that mean the same."""
    key = path[-1]
    if key in ENUMERATIONS and "inputs" not in path:
        return classic.to_text(ENUMERATIONS[str(key)], value) or ""
    text = "" if value is None else str(value)
    return text.casefold() if text.casefold() in ("true", "false") else text


def _order(definition: Mapping[str, Any], path: JsonPath) -> list[int]:
    """The order of a list that has ranks or names, so that it does not matter where an item stands."""
    node = _at(JsonNode(definition), path)
    items = list(node.items())
    key = path[-1]
    if key in ("environments", "deployPhases"):
        return sorted(range(len(items)), key=lambda i: items[i]["rank"].number())
    if key == "artifacts":
        # Not by alias, which may have to change.
        references = [item["definitionReference"]["definition"]["name"].text() for item in items]
        return sorted(range(len(items)), key=lambda i: (items[i]["type"].text(), references[i]))
    if key == "triggerConditions":
        # What is wanted and what is not: each is a set.
        return sorted(range(len(items)), key=lambda i: items[i]["sourceBranch"].text().startswith("-"))
    if key == "triggers":
        aliases = [item["artifactAlias"].text() or item["alias"].text() for item in items]
        return sorted(
            range(len(items)), key=lambda i: (str(items[i]["triggerType"].choice("ReleaseTriggerType")), aliases[i])
        )
    return list(range(len(items)))


def aligned(definition: Mapping[str, Any]) -> Mapping[str, Any]:
    """A definition with its lists in an order of their own."""

    def ordered(value: Any, path: JsonPath) -> Any:
        if isinstance(value, dict):
            return {key: ordered(item, (*path, key)) for key, item in value.items()}
        if isinstance(value, list):
            return [ordered(value[i], (*path, i)) for i in _order(definition, path)]
        return value

    made: Mapping[str, Any] = ordered(definition, ())
    return made


def _aligned_path(path: JsonPath, definition: Mapping[str, Any]) -> JsonPath:
    made: list[str | int] = []
    for index, step in enumerate(path):
        made.append(_order(definition, path[:index]).index(step) if isinstance(step, int) else step)
    return tuple(made)


def unaccounted(definition: Mapping[str, Any], report: ConversionReport) -> Iterator[str]:
    """The values of a definition that no row speaks for."""
    spoken = {row.path for row in report.rows}
    for leaf in JsonNode(definition).leaves():
        if not any(leaf.path[:length] in spoken for length in range(len(leaf.path) + 1)):
            yield path_text(leaf.path)


def without_release(definition: Mapping[str, Any]) -> dict[str, Any]:
    """An exported definition as if a person had clicked it together: without the release that it carries."""
    return {**definition, "properties": {}}
