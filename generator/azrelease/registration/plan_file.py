"""A plan as a file: `plan --out` writes it, and `apply FILE` applies exactly that. It holds no value of a secret."""

import json
from collections.abc import Mapping
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationError

from azrelease.errors import UserError
from azrelease.registration.desired_state import DesiredState
from azrelease.registration.failures import StateChangedError
from azrelease.registration.kinds.environment import UNNAMED_CHECKS
from azrelease.registration.planning import Action, Change, Plan, make_plan
from azrelease.registration.project import Project
from azrelease.registration.resource import digest

VERSION = 2
_FORM = "azrelease_plan"
_SEAL = "digest"


def dump_plan(plan: Plan) -> str:
    """A plan as JSON: its changes, and all desired resources, also those without a change."""
    data = {_FORM: VERSION, **_plain(plan._replace(unmanaged=(), notes=(), names={}))}
    return json.dumps({**data, _SEAL: digest(data)}, ensure_ascii=False, indent=1) + "\n"


def change_json(change: Change) -> dict[str, Any]:
    """A change as JSON."""
    return {
        "action": change.action,
        **change.key._asdict(),
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
        if data.pop(_FORM) != VERSION:
            raise UserError(f"{name}: is a plan of another version of azrelease; make it again with `plan --out`")
        if data.pop(_SEAL) != digest({_FORM: VERSION, **data}):
            raise UserError(f"{name}: was edited; make it again with `plan --out`")
        return TypeAdapter(Plan, config=ConfigDict(strict=True)).validate_json(json.dumps(data))
    except ValidationError as error:
        first = error.errors()[0]
        problem = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
        raise UserError(f"{name}: invalid plan file ({problem}); make it with `plan --out`") from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        problem = f"{type(error).__name__}: {error}"
        raise UserError(f"{name}: invalid plan file ({problem}); make it with `plan --out`") from None


def replan(project: Project, plan: Plan) -> Plan:
    """The plan for the same desired resources as it is made now: the same plan, or the rest of it.

    Raises:
        UserError: the plan cannot be read.
        StateChangedError: the state changed since planning, so that other changes would be needed.
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
            raise StateChangedError(f"{change.key}: has changed since planning; plan again")
    if now.prerequisites != plan.prerequisites:
        raise StateChangedError("the project has changed since planning; plan again")
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
    fields = [_plain(field) for field in planned.fields]
    return all(_plain(field) in fields for field in now.fields)


def _plain(value: Any) -> Any:  # noqa: ANN401  (any JSON)
    """A value as it comes back from a file, with named tuples as mappings."""
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        value = value._asdict()
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list | tuple) else value
