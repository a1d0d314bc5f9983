"""A plan as a file: `plan --out` writes it, and `apply FILE` applies exactly that. It holds no value of a secret."""

import json
from collections.abc import Mapping
from typing import Any

from azrelease.errors import UserError
from azrelease.registration.desired_state import DesiredState
from azrelease.registration.failures import MovedOnError
from azrelease.registration.kinds.environment import UNNAMED_CHECKS
from azrelease.registration.planning import Action, Change, Plan, make_plan
from azrelease.registration.project import Project
from azrelease.registration.resource import (
    DesiredResource,
    FieldChange,
    Prerequisite,
    ResourceKey,
    ResourceKind,
    UnmanagedResource,
    digest,
)

VERSION = 2
_FORM = "azrelease_plan"
_SEAL = "digest"


def dump_plan(plan: Plan) -> str:
    """A plan as JSON: its changes, and all desired resources, also those without a change."""
    data = {
        _FORM: VERSION,
        "address": plan.address,
        "project": plan.project,
        "releases": plan.releases,
        "prune": plan.prune,
        "changes": [{**change_json(change), "removed": _removed_json(change)} for change in plan.changes],
        "prerequisites": [prerequisite._asdict() for prerequisite in plan.prerequisites],
        "resources": [_resource_json(resource) for resource in plan.resources],
    }
    return json.dumps({**data, _SEAL: digest(_plain(data))}, ensure_ascii=False, indent=1) + "\n"


def change_json(change: Change) -> dict[str, Any]:
    """A change as JSON."""
    return {
        "action": change.action,
        **_key_json(change.key),
        "fields": [field._asdict() for field in change.fields],
        "weakens": list(change.weakens),
        "secrets": list(change.secrets),
        "notes": list(change.notes),
    }


def is_plan(text: str) -> bool:
    """Whether a text is a plan file, valid or not."""
    return text.lstrip().startswith("{") and f'"{_FORM}"' in text


def load_plan(text: str, name: str) -> Plan:
    """Read a plan.

    Args:
        text: the text of the file.
        name: the file, for messages.

    Raises:
        UserError: it is not a plan file of this version.
    """
    try:
        data = json.loads(text)
        if data[_FORM] != VERSION:
            raise UserError(f"{name}: is a plan of another version of azrelease; make it again with `plan --out`")
        if data.pop(_SEAL) != digest(data):
            raise UserError(f"{name}: was edited; make it again with `plan --out`")
        resources = tuple(map(_resource, data["resources"]))
        known = {resource.key.folded: resource for resource in resources}
        return Plan(
            _text(data["address"]),
            _text(data["project"]),
            tuple(_change(raw, known) for raw in data["changes"]),
            (),
            tuple(_prerequisite(raw) for raw in data["prerequisites"]),
            resources,
            _texts(data["releases"]),
            _flag(data["prune"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UserError(
            f"{name}: invalid plan file ({type(error).__name__}: {error}); make it with `plan --out`"
        ) from None


def replan(project: Project, plan: Plan) -> Plan:
    """The plan for the same desired resources as it is made now: the same plan, or the rest of it.

    Raises:
        UserError: the plan cannot be read.
        MovedOnError: the state changed since planning, so that other changes would be needed.
        ServiceError: the service does not answer, or refuses.
    """
    try:
        return _replan(project, plan)
    except (LookupError, TypeError, ValueError, AttributeError, AssertionError, RecursionError, StopIteration) as error:
        raise UserError(f"cannot read the plan ({type(error).__name__}: {error}); make it again") from error


def _replan(project: Project, plan: Plan) -> Plan:
    now = make_plan(project, DesiredState(plan.resources, plan.prerequisites), plan.releases, prune=plan.prune)
    planned = {change.key.folded: change for change in plan.changes}
    for change in now.changes:
        if not _is_planned(change, planned.get(change.key.folded)):
            raise MovedOnError(f"{change.key}: has changed since planning; plan again")
    if now.prerequisites != plan.prerequisites:
        raise MovedOnError("the project has changed since planning; plan again")
    return now


def _is_planned(now: Change, planned: Change | None) -> bool:
    """Whether a change that is needed now was planned, or is the rest of one that was."""
    if all(field.field == UNNAMED_CHECKS for field in now.fields) and now.action is Action.UPDATE:
        # It completes an ownership tag, which changes no behaviour.
        return True
    if planned is None or now.action is not planned.action:
        return False
    if now.removed is not None:
        before = planned.removed
        return before is not None and (now.removed.id, now.removed.fingerprint) == (before.id, before.fingerprint)
    fields = [_plain(field._asdict()) for field in planned.fields]
    return all(_plain(field._asdict()) in fields for field in now.fields)


def _plain(value: object) -> Any:  # noqa: ANN401  (any JSON)
    """A value as it comes back from a file."""
    return json.loads(json.dumps(value))


def _change(raw: Mapping[str, Any], resources: Mapping[tuple[str, str, str], DesiredResource]) -> Change:
    key, removed = _key(raw), raw["removed"]
    action = Action(raw["action"])
    return Change(
        action,
        key,
        tuple(FieldChange(_text(field["field"]), field["old"], field["new"]) for field in raw["fields"]),
        None if action is Action.DELETE else resources[key.folded],
        _removed(key, removed) if removed else None,
        _texts(raw["weakens"]),
        _texts(raw["secrets"]),
    )


def _removed(key: ResourceKey, raw: Mapping[str, Any]) -> UnmanagedResource:
    return UnmanagedResource(key, _text(raw["id"]), removable=True, fingerprint=_text(raw["fingerprint"]))


def _removed_json(change: Change) -> dict[str, str] | None:
    removed = change.removed
    return {"id": removed.id, "fingerprint": removed.fingerprint} if removed else None


def _prerequisite(raw: Mapping[str, Any]) -> Prerequisite:
    return Prerequisite(_text(raw["what"]), _text(raw["hint"]), _texts(raw["releases"]))


def _resource(raw: Mapping[str, Any]) -> DesiredResource:
    fields = dict(raw["fields"])
    return DesiredResource(_key(raw), fields, _texts(raw["releases"]), raw["body"], _flag(raw["adopt"]))


def _resource_json(resource: DesiredResource) -> dict[str, Any]:
    values = resource._asdict()
    return {**_key_json(values.pop("key")), **values}


def _key(raw: Mapping[str, Any]) -> ResourceKey:
    return ResourceKey(ResourceKind(raw["kind"]), _text(raw["name"]), _text(raw["within"]))


def _key_json(key: ResourceKey) -> dict[str, Any]:
    return {"kind": key.kind, "name": key.name, "within": key.within}


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"expected a text, got {value!r:.40}")
    return value


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError(f"expected a list, got {value!r:.40}")
    return tuple(map(_text, value))


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"expected true or false, got {value!r:.40}")
    return value
