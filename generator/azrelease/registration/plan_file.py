"""A plan as a file: `plan --out` writes it, `apply FILE` applies it and nothing else. No secret is in it."""

import json
from collections.abc import Mapping
from typing import Any

from azrelease.errors import UserError
from azrelease.registration.desired_state import DesiredState
from azrelease.registration.failures import MovedOnError
from azrelease.registration.kinds.digests import digest
from azrelease.registration.kinds.environment import SINGLE
from azrelease.registration.planning import Action, Change, Plan, make_plan
from azrelease.registration.project import Project
from azrelease.registration.resource import (
    DesiredResource,
    FieldChange,
    Prerequisite,
    ResourceKey,
    ResourceKind,
    UnmanagedResource,
)

VERSION = 1
_FORM = "azrelease_plan"
_SEAL = "digest"


def dump_plan(plan: Plan) -> str:
    """A plan as JSON: what is to change, and all that is wanted, also what is there as it should be."""
    data = {
        _FORM: VERSION,
        "address": plan.address,
        "project": plan.project,
        "releases": plan.releases,
        "prune": plan.prune,
        "changes": [
            {**change_json(change), "removed": change.other and {"id": change.other.id, "state": change.other.state}}
            for change in plan.changes
        ],
        "missing": [missing._asdict() for missing in plan.missing],
        "things": [_thing_json(thing) for thing in plan.things],
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
    """Whether a text is a plan, or is meant to be one."""
    return text.lstrip().startswith("{") and f'"{_FORM}"' in text


def load_plan(text: str, name: str) -> Plan:
    """Read a plan.

    Args:
        text: the text of the file.
        name: the file, for messages.

    Raises:
        UserError: it is no plan of this version.
    """
    try:
        data = json.loads(text)
        if data[_FORM] != VERSION:
            raise UserError(f"{name}: is a plan of another version of azrelease; make it again")
        if data.pop(_SEAL) != digest(data):
            raise UserError(f"{name}: was changed since it was made; make it again with `plan --out`")
        things = tuple(map(_thing, data["things"]))
        known = {thing.key.folded: thing for thing in things}
        return Plan(
            _text(data["address"]),
            _text(data["project"]),
            tuple(_change(raw, known) for raw in data["changes"]),
            (),
            tuple(Prerequisite(_text(m["what"]), _text(m["hint"]), _texts(m["releases"])) for m in data["missing"]),
            things,
            _texts(data["releases"]),
            _flag(data["prune"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UserError(f"{name}: is no plan ({type(error).__name__}: {error}); make it with `plan --out`") from None


def still_holds(project: Project, plan: Plan) -> Plan:
    """The plan as it is made now of the same wishes: that plan, or what is left to do of it.

    Raises:
        UserError: there are things in it that nothing is known of.
        MovedOnError: the service has moved on: what is left to do is other than what was planned.
        ServiceError: the service does not answer, or refuses.
    """
    try:
        return _what_is_left(project, plan)
    except (LookupError, TypeError, ValueError, AttributeError, AssertionError, RecursionError, StopIteration) as error:
        raise UserError(f"the plan cannot be understood ({type(error).__name__}: {error}); make it again") from error


def _what_is_left(project: Project, plan: Plan) -> Plan:
    now = make_plan(project, DesiredState(plan.things, plan.missing), plan.releases, prune=plan.prune)
    planned = {change.key.folded: change for change in plan.changes}
    for change in now.changes:
        if not _is_planned(change, planned.get(change.key.folded)):
            raise MovedOnError(f"{change.key}: the service has moved on since the plan was made; plan again")
    if now.missing != plan.missing:
        raise MovedOnError("the service has moved on since the plan was made; plan again")
    return now


def _is_planned(now: Change, planned: Change | None) -> bool:
    """Whether a change that is needed now was planned, or is the rest of one that was."""
    if all(field.field == SINGLE for field in now.fields) and now.action is Action.UPDATE:
        # A note of ours that is still to be written; it changes nothing for anybody.
        return True
    if planned is None or now.action is not planned.action:
        return False
    if now.other is not None:
        before = planned.other
        return before is not None and (now.other.id, now.other.state) == (before.id, before.state)
    there = [_plain(field._asdict()) for field in planned.fields]
    return all(_plain(field._asdict()) in there for field in now.fields)


def _plain(value: object) -> Any:  # noqa: ANN401  (any JSON)
    """A value as it comes back from a file."""
    return json.loads(json.dumps(value))


def _change(raw: Mapping[str, Any], things: Mapping[tuple[str, str, str], DesiredResource]) -> Change:
    key, removed = _key(raw), raw["removed"]
    action = Action(raw["action"])
    return Change(
        action,
        key,
        tuple(FieldChange(_text(field["field"]), field["old"], field["new"]) for field in raw["fields"]),
        None if action is Action.DELETE else things[key.folded],
        UnmanagedResource(key, _text(removed["id"]), ours=True, state=_text(removed["state"])) if removed else None,
        _texts(raw["weakens"]),
        _texts(raw["secrets"]),
    )


def _thing(raw: Mapping[str, Any]) -> DesiredResource:
    fields = dict(raw["fields"])
    return DesiredResource(_key(raw), fields, _texts(raw["releases"]), raw["body"], _flag(raw["adopt"]))


def _thing_json(thing: DesiredResource) -> dict[str, Any]:
    own = {"fields": thing.fields, "releases": thing.releases, "body": thing.body, "adopt": thing.adopt}
    return {**_key_json(thing.key), **own}


def _key(raw: Mapping[str, Any]) -> ResourceKey:
    return ResourceKey(ResourceKind(raw["kind"]), _text(raw["name"]), _text(raw["within"]))


def _key_json(key: ResourceKey) -> dict[str, Any]:
    return {"kind": key.kind, "name": key.name, "within": key.within}


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"a text is wanted, not {value!r:.40}")
    return value


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError(f"a list is wanted, not {value!r:.40}")
    return tuple(map(_text, value))


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"true or false is wanted, not {value!r:.40}")
    return value
