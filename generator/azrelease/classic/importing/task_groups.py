"""Task groups: their tasks, with the parameters of a call filled in."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from azrelease.classic.conditions import DEFAULT_CONDITION
from azrelease.classic.json_node import JsonNode, JsonObject, map_texts

ALWAYS = "succeededOrFailed()"


def condition_of(task: JsonNode) -> str:
    """The condition of a task; old definitions have the flag `alwaysRun` in its place."""
    return task["condition"].text().strip() or (ALWAYS if task["alwaysRun"].flag() else DEFAULT_CONDITION)


def group_tasks(group: Mapping[str, Any], call: JsonNode) -> Iterator[JsonObject]:
    """The tasks of a group that a task calls, in the form of a definition."""
    defaults = {
        str(item.get("name")): str(item.get("defaultValue") or "")
        for item in group.get("inputs") or ()
        if isinstance(item, Mapping)
    }
    values = defaults | {key: value.text() for key, value in call["inputs"].entries()}
    by_key = {key.casefold(): value for key, value in values.items()}

    def filled_in(value: Any) -> Any:  # noqa: ANN401  (any JSON)
        return map_texts(
            value, lambda text: re.sub(r"\$\(([^()]+)\)", lambda m: by_key.get(m[1].strip().casefold(), m[0]), text)
        )

    for task in group.get("tasks") or ():
        if not isinstance(task, Mapping):
            continue
        reference = task.get("task")
        reference = reference if isinstance(reference, Mapping) else {}
        always = task.get("alwaysRun") is True
        yield {
            "taskId": reference.get("id", ""),
            "version": reference.get("versionSpec", ""),
            "definitionType": reference.get("definitionType", "task"),
            "name": filled_in(task.get("displayName", "")),
            "condition": filled_in(task.get("condition") or (ALWAYS if always else "")),
            "enabled": task.get("enabled", True) is not False and call["enabled"].flag(default=True),
            "continueOnError": task.get("continueOnError") is True or call["continueOnError"].flag(),
            "timeoutInMinutes": task.get("timeoutInMinutes", 0),
            "retryCountOnTaskFailure": task.get("retryCountOnTaskFailure", 0),
            "environment": filled_in(task.get("environment") or {}),
            "inputs": filled_in(task.get("inputs") or {}),
        }
