"""A plan as a file: `plan --out` writes it, `apply FILE` applies it and nothing else. No secret is in it."""

import json
from collections.abc import Mapping
from typing import Any

from azrelease.errors import UserError
from azrelease.registration.failures import MovedOnError
from azrelease.registration.planning import Action, Change, Plan, compare
from azrelease.registration.project import Project
from azrelease.registration.things import FieldChange, Key, Kind, Missing, Other, Thing

VERSION = 1
_FORM = "azrelease_plan"


def dump_plan(plan: Plan) -> str:
    """A plan as JSON."""
    data = {
        _FORM: VERSION,
        "address": plan.address,
        "project": plan.project,
        "changes": [change_json(change) for change in plan.changes],
        "missing": [missing._asdict() for missing in plan.missing],
    }
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def change_json(change: Change) -> dict[str, Any]:
    """A change as JSON."""
    thing, other = change.thing, change.other
    return {
        "action": change.action,
        "kind": change.key.kind,
        "name": change.key.name,
        "within": change.key.within,
        "fields": [field._asdict() for field in change.fields],
        "weakens": list(change.weakens),
        "secrets": list(change.secrets),
        "wanted": None
        if thing is None
        else {"fields": thing.fields, "releases": list(thing.releases), "body": thing.body},
        "removed": None if other is None else {"id": other.id, "ours": other.ours, "note": other.note},
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
        changes = tuple(map(_change, data["changes"]))
        missing = tuple(Missing(m["what"], m["hint"], tuple(m["releases"])) for m in data["missing"])
        things = tuple(change.thing for change in changes if change.thing is not None)
        return Plan(str(data["address"]), str(data["project"]), changes, (), missing, things)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UserError(f"{name}: is no plan ({type(error).__name__}: {error}); make it with `plan --out`") from None


def still_holds(project: Project, plan: Plan) -> Plan:
    """A plan without what has been done of it since.

    Raises:
        MovedOnError: the service has moved on: what is left to do is other than what was planned.
        ServiceError: the service does not answer, or refuses.
    """
    left: list[Change] = []
    for change in plan.changes:
        if change.thing is None:
            left.append(change)
            continue
        for now in compare(project, change.thing):
            if now.action is not change.action or not _same(now, change):
                raise MovedOnError(f"{change.key}: the service has moved on since the plan was made; plan again")
            left.append(change)
    return plan._replace(changes=tuple(left))


def _same(now: Change, planned: Change) -> bool:
    """Whether what is to change now is what was planned, or the rest of it."""
    there = [json.loads(json.dumps(field._asdict())) for field in planned.fields]
    return all(json.loads(json.dumps(field._asdict())) in there for field in now.fields)


def _change(raw: Mapping[str, Any]) -> Change:
    key = Key(Kind(raw["kind"]), str(raw["name"]), str(raw["within"]))
    wanted, removed = raw["wanted"], raw["removed"]
    return Change(
        Action(raw["action"]),
        key,
        tuple(FieldChange(field["field"], field["old"], field["new"]) for field in raw["fields"]),
        None if wanted is None else Thing(key, wanted["fields"], tuple(wanted["releases"]), wanted["body"]),
        None if removed is None else Other(key, str(removed["id"]), bool(removed["ours"]), str(removed["note"])),
        tuple(raw["weakens"]),
        tuple(raw["secrets"]),
    )
