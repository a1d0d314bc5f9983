"""The types of checks: how each is written in the REST API, and read back as fields.

Shapes: `schemas/environment_checks.json` and what it names.
"""

import math
from collections.abc import Iterable, Mapping
from typing import Any

from azrelease.catalog import checks
from azrelease.ownership import is_managed, tagged, untagged
from azrelease.registration.project import Raw
from azrelease.registration.resource import DesiredResource, Value, reference

Fields = Mapping[str, Value]

APPROVAL, LOCK, TEMPLATE = "approval", "exclusive lock", "required template"
BRANCHES, HOURS = "branch control", "business hours"
BUILT_IN = (APPROVAL, LOCK, TEMPLATE, BRANCHES, HOURS)
OTHER_INPUTS = "other_inputs"
LONGEST = 30 * 24 * 60
"""Minutes; the longest that a check waits."""

_USUAL = 24 * 60
"""Minutes that the service repeats a check of a task, by default."""

_MOST_SAMPLES = 10
"""The service runs a check ten times at most (learn.microsoft.com/azure/devops/pipelines/process/invoke-checks)."""


def is_lock(raw: Raw) -> bool:
    """Whether it is an exclusive lock."""
    return _type(raw) == checks.definition("exclusive_lock").id


def is_template(raw: Raw) -> bool:
    """Whether it is a required template."""
    return _type(raw) == checks.definition("required_template").id


def is_task(desired: DesiredResource) -> bool:
    """Whether a check is a task, of which an environment can have several independent ones."""
    return desired.key.name not in (APPROVAL, LOCK, TEMPLATE)


def name_of(raw: Raw) -> str:
    """The name of a check, without its ownership tag."""
    if _type(raw) == checks.definition("approval").id:
        return APPROVAL
    if is_lock(raw):
        return LOCK
    if is_template(raw):
        return TEMPLATE
    title = untagged(_settings(raw).get("displayName"))
    return title or str((raw.get("type") or {}).get("name") or "check")


def has_tag(raw: Raw, releases: Iterable[str]) -> bool:
    """Whether the check holds the ownership tag of one of these releases. Locks and templates cannot hold one."""
    settings = _settings(raw)
    return is_managed(settings.get("instructions"), releases) or is_managed(settings.get("displayName"), releases)


def is_of_kind(raw: Raw, desired: DesiredResource) -> bool:
    """Whether a check has the type of a desired one, and if that is a task, the same task."""
    if _type(raw) != str(body_type(desired)["id"]).lower():
        return False
    task = _task(desired)
    return task is None or str((_settings(raw).get("definitionRef") or {}).get("id")).lower() == task.id.lower()


def body_type(desired: DesiredResource) -> Raw:
    """The type of a check."""
    keys = {APPROVAL: "approval", LOCK: "exclusive_lock", TEMPLATE: "required_template"}
    kind = checks.definition(keys.get(desired.key.name, "task_check"))
    return {"id": kind.id, "name": kind.name}


def retry_interval(interval: int, timeout: int) -> int:
    """Minutes between two samples: enough that the service does not run out of samples before the timeout."""
    return max(interval, math.ceil(timeout / _MOST_SAMPLES))


def body(desired: DesiredResource, actual: Raw | None = None) -> dict[str, Any]:
    """The type, settings and timeout of a check; blocked approvers stay as they are."""
    fields = desired.fields
    settings: dict[str, Any]
    timeout: int | None = fields.get("timeout", _USUAL)
    match desired.key.name:
        case "approval":
            settings = {
                "approvers": [{"id": a["id"], "displayName": a["name"]} for a in fields["approvers"]],
                "executionOrder": "inSequence" if fields["order"] == "sequence" else "anyOrder",
                "minRequiredApprovers": 0 if fields["minimum"] == "all" else fields["minimum"],
                "instructions": tagged(fields["instructions"], desired.releases[0]),
                "blockedApprovers": list(_settings(actual or {}).get("blockedApprovers") or ()),
                "requesterCannotBeApprover": not fields["requester_may_approve"],
            }
        case "exclusive lock":
            settings, timeout = {}, LONGEST
        case "required template":
            settings, timeout = {"extendsChecks": [_template(template) for template in fields["templates"]]}, None
        case _:
            settings = _task_settings(desired)
    check: dict[str, Any] = {"type": body_type(desired), "settings": settings, "isDisabled": False}
    return check if timeout is None else {**check, "timeout": timeout}


def fields_of(raw: Raw, desired: DesiredResource) -> Fields:
    """The fields of a check that has the type of a desired one."""
    settings = _settings(raw)
    common: dict[str, Value] = {"enabled": not raw.get("isDisabled")}
    match desired.key.name:
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
            return common | {"timeout": raw.get("timeout"), **_task_fields(settings, desired)}


def _task_settings(desired: DesiredResource) -> dict[str, Any]:
    task, fields = _task(desired), desired.fields
    assert task is not None
    settings: dict[str, Any] = {
        "displayName": tagged(desired.key.name, desired.releases[0]),
        "definitionRef": {"id": task.id, "name": task.name, "version": task.version},
    }
    if desired.key.name == BRANCHES:
        inputs = {
            "allowedBranches": ",".join(fields["allowed"]),
            "ensureProtectionOfBranch": "true" if fields["protected"] else "false",
            "allowUnknownStatusBranch": "false",
        }
        return {**settings, "inputs": inputs}
    if desired.key.name == HOURS:
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


def _task_fields(settings: Raw, desired: DesiredResource) -> Fields:
    inputs: Raw = settings.get("inputs") or {}
    if desired.key.name == BRANCHES:
        return {
            "allowed": _split(inputs.get("allowedBranches")),
            "protected": str(inputs.get("ensureProtectionOfBranch")).lower() == "true",
            "unknown_status_allowed": str(inputs.get("allowUnknownStatusBranch")).lower() == "true",
        }
    if desired.key.name == HOURS:
        return {
            "days": _split(inputs.get("businessDays")),
            "start": inputs.get("startTime"),
            "end": inputs.get("endTime"),
            "time_zone": inputs.get("timeZone"),
        }
    fields: dict[str, Value] = {"title": untagged(settings.get("displayName")), "task": desired.fields["task"]}
    fields["interval"] = settings.get("retryInterval") or 0
    for name, value in inputs.items():
        is_named = isinstance(desired.fields.get(f"inputs.{name}"), Mapping)
        fields[f"inputs.{name}"] = reference(str(value), str(value)) if is_named else str(value)
    # An input that no release asks for can let a gate pass that otherwise would not.
    fields[OTHER_INPUTS] = sorted(
        n for n, v in inputs.items() if f"inputs.{n}" not in desired.fields and v not in (None, "")
    )
    return fields


def _task(desired: DesiredResource) -> checks.CheckDefinition | None:
    if not is_task(desired):
        return None
    if desired.key.name in (BRANCHES, HOURS):
        return checks.definition(desired.key.name.replace(" ", "_"))
    return checks.gate(desired.fields["task"])


def _approvers(settings: Raw) -> list[Value]:
    """The approvers; without an order they are sorted by their ids, so that equal sets are equal lists."""
    approvers = [
        reference(str(raw.get("id")), str(raw.get("displayName") or raw.get("id")))
        for raw in settings.get("approvers") or ()
    ]
    ordered = settings.get("executionOrder") in ("inSequence", 2, "2")
    return approvers if ordered else sorted(approvers, key=lambda value: str(value["id"]).lower())


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
    settings: Raw = raw.get("settings") or {}
    return settings


def _split(text: object) -> list[str]:
    return [part.strip() for part in str(text or "").split(",") if part.strip()]
