"""Which changes weaken a control: they are told, and applied only when that is asked for."""

import math
from collections.abc import Iterator, Mapping, Sequence

from azrelease.registration.kinds import build_validation, check_types, permission, pipeline
from azrelease.registration.kinds.variable_values import SETTABLE, VARIABLE, is_secret
from azrelease.registration.things import TWICE, FieldChange, Found, Key, Kind, Other, Thing, Value

Fields = Mapping[str, Value]


def weakened_by_removal(other: Other) -> Iterator[str]:
    """What is lost with a thing."""
    if other.note == TWICE:
        return
    if other.key.kind is Kind.CHECK:
        yield f"the {other.key.name} of environment {other.key.within} goes"
    elif other.key.kind is Kind.ENVIRONMENT:
        yield f"the environment {other.key.name} goes, and its checks with it"
    elif other.key.kind is Kind.BUILD_VALIDATION:
        yield f"pull requests no longer need `{other.key.name}`"


def weakened_by_creation(key: Key) -> Iterator[str]:
    """What a new thing opens."""
    if key.kind is Kind.PERMISSION and key.name == permission.ALL:
        yield f"every pipeline of the project may use the {key.within}"


def weakened_by_change(thing: Thing, found: Found, changes: Sequence[FieldChange]) -> Iterator[str]:
    """What other values make weaker."""
    key = thing.key
    match key.kind:
        case Kind.CHECK if key.name == check_types.APPROVAL:
            yield from _approval(f"environment {key.within}", thing.fields, found.fields, changes)
        case Kind.CHECK:
            yield from (reason for change in changes for reason in _check(key, change))
        case Kind.BUILD_VALIDATION:
            yield from (reason for change in changes for reason in _policy(change))
        case Kind.PIPELINE | Kind.VARIABLE_GROUP:
            yield from (reason for change in changes for reason in _variable(key, change))
        case Kind.RELEASE_DEFINITION:
            yield from (reason for change in changes for reason in _definition(change))
        case _:
            pass


def _check(key: Key, change: FieldChange) -> Iterator[str]:
    where = f"environment {key.within}"
    if key.name == check_types.BRANCHES:
        yield from _branches(where, change)
    elif key.name == check_types.HOURS:
        yield from _hours(where, change)
    elif key.name == check_types.TEMPLATE and change.field.startswith("templates"):
        yield f"{where} takes other templates"
    elif change.field.startswith(("task", "inputs.", check_types.OTHER_INPUTS)):
        yield f"the gate {key.name} of {where} asks something else: {change.field}"


def _approval(where: str, new: Fields, old: Fields, changes: Sequence[FieldChange]) -> Iterator[str]:
    changed = {change.field for change in changes}
    gone = [person["name"] for person in old["approvers"] if not _holds(new["approvers"], person)]
    added = [person["name"] for person in new["approvers"] if not _holds(old["approvers"], person)]
    if gone:
        yield f"{where} has other approvers: without {', '.join(gone)}"
    if added and new["minimum"] != "all":
        yield f"{where} has more people to choose from: also {', '.join(added)}"
    if "minimum" in changed and _needed(new) < _needed(old):
        yield f"{where} needs fewer approvals: {_needed(new)} instead of {_needed(old)}"
    if "order" in changed and old["order"] == "sequence":
        yield f"the approvers of {where} no longer come one after the other"
    if "requester_may_approve" in changed and new["requester_may_approve"]:
        yield f"who starts a run may approve it for {where}"


def _needed(fields: Fields) -> int:
    """How many have to approve."""
    return len(fields["approvers"]) if fields["minimum"] == "all" else int(fields["minimum"])


def _branches(where: str, change: FieldChange) -> Iterator[str]:
    if change.field == "allowed":
        more = [name for name in change.new if name not in (change.old or ())]
        if more:
            yield f"{where} takes runs from more branches: {', '.join(more)}"
    elif change.field == "protected" and not change.new:
        yield f"{where} takes runs from branches without protection"


def _hours(where: str, change: FieldChange) -> Iterator[str]:
    old, new = change.old, change.new
    if change.field == "days":
        more = [day for day in new if day not in (old or ())]
        if more:
            yield f"{where} is open on more days: {', '.join(more)}"
    elif change.field in ("start", "end") and (str(new) < str(old)) == (change.field == "start"):
        yield f"{where} is open longer: {change.field} {new} instead of {old}"
    elif change.field == "time_zone":
        yield f"{where} is open at other hours: time zone {new} instead of {old}"


def _policy(change: FieldChange) -> Iterator[str]:
    if change.field == build_validation.BLOCKING and not change.new:
        yield "pull requests are completed whatever the check says"
    elif change.field in (build_validation.BRANCH, build_validation.REPOSITORY):
        yield f"pull requests to {change.old} are no longer checked"
    elif change.field == build_validation.PIPELINE:
        yield f"pull requests are no longer checked by {change.old}"
    elif change.field == build_validation.PATHS and change.new:
        yield "pull requests that change other paths are no longer checked"
    elif change.field == build_validation.VALID_FOR and _lasting(change.new) > _lasting(change.old):
        yield "an older result of the check will do"


def _lasting(minutes: int | None) -> float:
    """How long a result holds: not beyond a change of the target, so many minutes, or (0) for ever."""
    return 0 if minutes is None else minutes or math.inf


def _variable(key: Key, change: FieldChange) -> Iterator[str]:
    if is_secret(change.old) and isinstance(change.new, str):
        yield f"{change.field.removeprefix(VARIABLE)} is no longer secret"
    elif change.field.startswith(SETTABLE) and change.new:
        yield f"{change.field.removeprefix(SETTABLE)} can be set by whoever starts a run"
    elif change.field == pipeline.ENABLED and change.new:
        yield f"{key} was paused or disabled, and takes runs again"


_CONTROLS = ("Approvals", "Gates", "conditions", "executionPolicy")


def _definition(change: FieldChange) -> Iterator[str]:
    """Of a definition each change in what lets a stage begin is told: what it means is seen by people."""
    if change.field == "environments":
        gone = [name for name in _stages(change.old) if name not in _stages(change.new)]
        if gone:
            yield f"stages go, and their approvals with them: {', '.join(gone)}"
    elif any(word in change.field for word in _CONTROLS):
        yield f"what lets a stage begin or end changes: {change.field}"


def _stages(value: Value) -> list[str]:
    return [str(item.get("name")) for item in value or () if isinstance(item, Mapping)]


def _holds(people: Value, person: Value) -> bool:
    return any(str(other["id"]).lower() == str(person["id"]).lower() for other in people)
