"""The tasks that an organization has: built-in ones in their versions, and those of extensions."""

from collections.abc import Iterator, Mapping
from typing import Any

from azrelease.registration.connection import Connection
from azrelease.registration.rest_api import TASKS

_LONGEST_DEFAULT = 80


def organization_tasks(connection: Connection) -> dict[str, dict[str, Any]]:
    """The newest version of each major version of each task, by `name@major`, in the form of `schemas/tasks.json`.

    A task of an extension also has the key `publisher.extension.name@major`.

    Raises:
        ServiceError: the service does not answer, or refuses.
    """
    listed = connection.get(TASKS, {}, {"allVersions": "true"})
    newest: dict[str, tuple[tuple[int, int], Mapping[str, Any]]] = {}
    for raw in listed.get("value", ()):
        version = raw.get("version", {})
        key = f"{raw.get('name')}@{version.get('major')}"
        rank = (int(version.get("minor", 0)), int(version.get("patch", 0)))
        if raw.get("name") and (key not in newest or rank > newest[key][0]):
            newest[key] = (rank, raw)
    tasks: dict[str, dict[str, Any]] = {}
    for key, (_, raw) in sorted(newest.items()):
        entry = _entry(raw)
        tasks[key] = entry
        contribution = raw.get("contributionIdentifier")
        if contribution:
            tasks[f"{contribution}.{key}"] = entry
    return tasks


def _entry(raw: Mapping[str, Any]) -> dict[str, Any]:
    groups = {group.get("name"): group.get("visibleRule") for group in raw.get("groups", ())}
    handlers = sorted({name for stage in _STAGES for name in raw.get(stage) or ()})
    entry: dict[str, Any] = {
        "id": str(raw.get("id", "")).lower(),
        "inputs": {i["name"]: _input(i, groups) for i in raw.get("inputs", ()) if i.get("name")},
    }
    if raw.get("runsOn"):
        entry["runs_on"] = list(raw["runsOn"])
    if raw.get("deprecated"):
        entry["deprecated"] = True
    if handlers:
        entry["handlers"] = handlers
    return entry


_STAGES = ("prejobexecution", "execution", "postjobexecution")


def _input(raw: Mapping[str, Any], groups: Mapping[str | None, str | None]) -> dict[str, Any]:
    kind = str(raw.get("type", "string")).lower()
    entry: dict[str, Any] = {"type": kind}
    rules = [rule for rule in (raw.get("visibleRule"), groups.get(raw.get("groupName"))) if rule]
    default = raw.get("defaultValue")
    if raw.get("required"):
        entry["required"] = True
    if rules:
        entry["visible_when"] = rules
    if raw.get("aliases"):
        entry["aliases"] = list(raw["aliases"])
    if isinstance(default, bool):
        entry["default"] = "true" if default else "false"
    elif default not in (None, ""):
        short = isinstance(default, str | int | float) and len(str(default)) < _LONGEST_DEFAULT
        entry.update({"default": str(default)} if short else {"has_default": True})
    options = raw.get("options")
    if isinstance(options, Mapping) and options and kind in ("picklist", "radio"):
        entry["options"] = list(options)
    entry.update(_properties(raw.get("properties")))
    return entry


def _properties(raw: object) -> Iterator[tuple[str, bool]]:
    """Whether the input accepts other values than its options, and several of them."""
    properties = raw if isinstance(raw, Mapping) else {}
    for name, key in (
        ("EditableOptions", "editable"),
        ("MultiSelectFlatList", "multiple"),
        ("MultiSelect", "multiple"),
    ):
        if str(properties.get(name, "")).lower() == "true":
            yield key, True
