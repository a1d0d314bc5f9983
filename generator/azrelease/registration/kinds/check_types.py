"""The types of checks: how each is written in the REST API, and read back as the fields of a thing.

Shapes: `schemas/environment_checks.json` and what it names.
"""

import math
from collections.abc import Iterable, Mapping
from typing import Any

from azrelease.catalog import checks
from azrelease.ownership import is_managed, tagged, untagged
from azrelease.registration.resource import DesiredResource, Value, reference

Raw = Mapping[str, Any]
Fields = Mapping[str, Value]

APPROVAL, LOCK, TEMPLATE = "approval", "exclusive lock", "required template"
BRANCHES, HOURS = "branch control", "business hours"
BUILT_IN = (APPROVAL, LOCK, TEMPLATE, BRANCHES, HOURS)
OTHER_INPUTS = "other_inputs"
LONGEST = 30 * 24 * 60
"""Minutes; the longest that a check waits."""

_USUAL = 24 * 60
"""Minutes that a check of a task is tried for, where nothing else is said."""

_MOST_SAMPLES = 10
"""A check is asked ten times at most (learn.microsoft.com/azure/devops/pipelines/process/invoke-checks)."""


def is_lock(raw: Raw) -> bool:
    """Whether it is an exclusive lock."""
    return _type(raw) == checks.definition("exclusive_lock").id


def is_template(raw: Raw) -> bool:
    """Whether it asks for a template."""
    return _type(raw) == checks.definition("required_template").id


def is_task(thing: DesiredResource) -> bool:
    """Whether a check is a task, of which there may be several that have nothing to do with each other."""
    return thing.key.name not in (APPROVAL, LOCK, TEMPLATE)


def name_of(raw: Raw) -> str:
    """What a check is called, without its mark."""
    if _type(raw) == checks.definition("approval").id:
        return APPROVAL
    if is_lock(raw):
        return LOCK
    if is_template(raw):
        return TEMPLATE
    title = untagged(_settings(raw).get("displayName"))
    return title or str((raw.get("type") or {}).get("name") or "check")


def has_mark(raw: Raw, releases: Iterable[str]) -> bool:
    """Whether the check itself says that it was made for one of these releases. Locks and templates cannot."""
    settings = _settings(raw)
    return is_managed(settings.get("instructions"), releases) or is_managed(settings.get("displayName"), releases)


def is_of_kind(raw: Raw, thing: DesiredResource) -> bool:
    """Whether a check is of the type that a thing is, and if it is a task, of that task."""
    if _type(raw) != str(body_type(thing)["id"]).lower():
        return False
    wanted = _task(thing)
    return wanted is None or str(_reference(raw).get("id")).lower() == wanted.id.lower()


def body_type(thing: DesiredResource) -> Raw:
    """The type of a check."""
    keys = {APPROVAL: "approval", LOCK: "exclusive_lock", TEMPLATE: "required_template"}
    found = checks.definition(keys.get(thing.key.name, "task_check"))
    return {"id": found.id, "name": found.name}


def retry_interval(interval: int, timeout: int) -> int:
    """Minutes between two samples: not so few that there would be more samples than the service makes."""
    return max(interval, math.ceil(timeout / _MOST_SAMPLES))


def body(thing: DesiredResource, there: Raw | None = None) -> dict[str, Any]:
    """The type, settings and timeout of a check; who may never approve stays as it is there."""
    fields = thing.fields
    settings: dict[str, Any]
    timeout: int | None = fields.get("timeout", _USUAL)
    match thing.key.name:
        case "approval":
            settings = {
                "approvers": [{"id": a["id"], "displayName": a["name"]} for a in fields["approvers"]],
                "executionOrder": "inSequence" if fields["order"] == "sequence" else "anyOrder",
                "minRequiredApprovers": 0 if fields["minimum"] == "all" else fields["minimum"],
                "instructions": tagged(fields["instructions"], thing.releases[0]),
                "blockedApprovers": list(_settings(there or {}).get("blockedApprovers") or ()),
                "requesterCannotBeApprover": not fields["requester_may_approve"],
            }
        case "exclusive lock":
            settings, timeout = {}, LONGEST
        case "required template":
            settings, timeout = {"extendsChecks": [_template(template) for template in fields["templates"]]}, None
        case _:
            settings = _task_settings(thing)
    found: dict[str, Any] = {"type": body_type(thing), "settings": settings, "isDisabled": False}
    return found if timeout is None else {**found, "timeout": timeout}


def fields_of(raw: Raw, thing: DesiredResource) -> Fields:
    """A check of the kind of a thing, in the words of the thing's fields."""
    settings = _settings(raw)
    common: dict[str, Value] = {"enabled": not raw.get("isDisabled")}
    match thing.key.name:
        case "approval":
            return common | {
                "approvers": _approvers(settings),
                "minimum": settings.get("minRequiredApprovers") or "all",
                "order": "sequence" if settings.get("executionOrder") in ("inSequence", 2, "2") else "any",
                "instructions": untagged(settings.get("instructions")),
                "requester_may_approve": not settings.get("requesterCannotBeApprover"),
                "timeout": raw.get("timeout", LONGEST),
            }
        case "exclusive lock":
            return common
        case "required template":
            return common | {"templates": [_template_fields(item) for item in settings.get("extendsChecks") or ()]}
        case _:
            return common | {"timeout": raw.get("timeout"), **_task_fields(settings, thing)}


def _task_settings(thing: DesiredResource) -> dict[str, Any]:
    task, fields = _task(thing), thing.fields
    assert task is not None
    settings: dict[str, Any] = {
        "displayName": tagged(thing.key.name, thing.releases[0]),
        "definitionRef": {"id": task.id, "name": task.name, "version": task.version},
    }
    if thing.key.name == BRANCHES:
        inputs = {
            "allowedBranches": ",".join(fields["allowed"]),
            "ensureProtectionOfBranch": "true" if fields["protected"] else "false",
            "allowUnknownStatusBranch": "false",
        }
        return {**settings, "inputs": inputs}
    if thing.key.name == HOURS:
        inputs = {
            "businessDays": ", ".join(fields["days"]),
            "startTime": fields["start"],
            "endTime": fields["end"],
            "timeZone": fields["time_zone"],
        }
        return {**settings, "inputs": inputs, "retryInterval": 5}
    inputs = {
        name.removeprefix("inputs."): value["id"] if isinstance(value, Mapping) else value
        for name, value in fields.items()
        if name.startswith("inputs.")
    }
    return {**settings, "inputs": inputs, "retryInterval": fields["interval"]}


def _task_fields(settings: Raw, thing: DesiredResource) -> Fields:
    inputs: Raw = settings.get("inputs") or {}
    if thing.key.name == BRANCHES:
        return {
            "allowed": _split(inputs.get("allowedBranches")),
            "protected": str(inputs.get("ensureProtectionOfBranch")).lower() == "true",
            "unknown_status_allowed": str(inputs.get("allowUnknownStatusBranch")).lower() == "true",
        }
    if thing.key.name == HOURS:
        return {
            "days": _split(inputs.get("businessDays")),
            "start": inputs.get("startTime"),
            "end": inputs.get("endTime"),
            "time_zone": inputs.get("timeZone"),
        }
    found: dict[str, Value] = {"title": untagged(settings.get("displayName")), "task": thing.fields["task"]}
    found["interval"] = settings.get("retryInterval") or 0
    for name, value in inputs.items():
        wanted = thing.fields.get(f"inputs.{name}")
        is_thing = isinstance(wanted, Mapping)
        found[f"inputs.{name}"] = reference(str(value), str(value)) if is_thing else str(value)
    # An input that nobody asked for can make a gate hold that otherwise would not.
    found[OTHER_INPUTS] = sorted(
        n for n, v in inputs.items() if f"inputs.{n}" not in thing.fields and v not in (None, "")
    )
    return found


def _task(thing: DesiredResource) -> checks.CheckDefinition | None:
    if not is_task(thing):
        return None
    if thing.key.name in (BRANCHES, HOURS):
        return checks.definition(thing.key.name.replace(" ", "_"))
    return checks.gate(thing.fields["task"])


def _approvers(settings: Raw) -> list[Value]:
    """The approvers; without an order they are told by their ids, so that the same people are the same list."""
    found = [
        reference(str(raw.get("id")), str(raw.get("displayName") or raw.get("id")))
        for raw in settings.get("approvers") or ()
    ]
    ordered = settings.get("executionOrder") in ("inSequence", 2, "2")
    return found if ordered else sorted(found, key=lambda value: str(value["id"]).lower())


_TEMPLATE = {
    "type": "repositoryType",
    "repository": "repositoryName",
    "branch": "repositoryRef",
    "path": "templatePath",
}


def _template(fields: Fields) -> dict[str, Any]:
    return {key: fields[name] for name, key in _TEMPLATE.items()}


def _template_fields(raw: Raw) -> Fields:
    return {name: raw.get(key) for name, key in _TEMPLATE.items()}


def _type(raw: Raw) -> str:
    return str((raw.get("type") or {}).get("id") or "").lower()


def _settings(raw: Raw) -> Raw:
    found: Raw = raw.get("settings") or {}
    return found


def _reference(raw: Raw) -> Raw:
    found: Raw = _settings(raw).get("definitionRef") or {}
    return found


def _split(text: object) -> list[str]:
    return [part.strip() for part in str(text or "").split(",") if part.strip()]
