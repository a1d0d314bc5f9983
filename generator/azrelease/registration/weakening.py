"""Which changes weaken a control: they are told, and applied only when that is asked for."""

import math
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase

from azrelease.registration.kinds import build_validation, check_types, permission, pipeline
from azrelease.registration.kinds.variable_values import SETTABLE, VARIABLE, is_secret
from azrelease.registration.resource import (
    TWICE,
    ActualResource,
    DesiredResource,
    FieldChange,
    ResourceKey,
    ResourceKind,
    UnmanagedResource,
    Value,
)

Fields = Mapping[str, Value]


def weakened_by_removal(other: UnmanagedResource) -> Iterator[str]:
    """What is lost with a thing."""
    if other.note == TWICE:
        return
    if other.key.kind is ResourceKind.CHECK:
        yield f"the {other.key.name} of environment {other.key.within} goes"
    elif other.key.kind is ResourceKind.ENVIRONMENT:
        yield f"the environment {other.key.name} goes, and its checks with it"
    elif other.key.kind is ResourceKind.BUILD_VALIDATION:
        yield f"pull requests no longer need `{other.key.name}`"


def weakened_by_creation(key: ResourceKey) -> Iterator[str]:
    """What a new thing opens."""
    if key.kind is ResourceKind.PERMISSION and key.name == permission.ALL:
        yield f"every pipeline of the project may use the {key.within}"


def weakened_by_change(thing: DesiredResource, found: ActualResource, changes: Sequence[FieldChange]) -> Iterator[str]:
    """What other values make weaker."""
    key = thing.key
    match key.kind:
        case ResourceKind.CHECK if key.name == check_types.APPROVAL:
            yield from _approval(f"environment {key.within}", thing.fields, found.fields, changes)
        case ResourceKind.CHECK:
            yield from _check(thing, found, changes)
        case ResourceKind.BUILD_VALIDATION:
            yield from (reason for change in changes for reason in _policy(change))
        case ResourceKind.PIPELINE | ResourceKind.VARIABLE_GROUP:
            yield from (reason for change in changes for reason in _variable(key, change))
        case ResourceKind.RELEASE_DEFINITION:
            yield from (reason for change in changes for reason in _definition(change))
        case _:
            pass


def _check(thing: DesiredResource, found: ActualResource, changes: Sequence[FieldChange]) -> Iterator[str]:
    key, new, old = thing.key, thing.fields, found.fields
    where = f"environment {key.within}"
    changed = {change.field for change in changes}
    match key.name:
        case check_types.BRANCHES:
            more = [name for name in new["allowed"] if not any(_covers(pattern, name) for pattern in old["allowed"])]
            if more:
                yield f"{where} takes runs from more branches: {', '.join(more)}"
            if old["protected"] and not new["protected"]:
                yield f"{where} takes runs from branches without protection"
        case check_types.HOURS:
            yield from _hours(where, new, old)
        case check_types.TEMPLATE:
            # A run has to extend one of them.
            if any(template not in old["templates"] for template in new["templates"]):
                yield f"{where} takes other templates"
        case _:
            asked = [name for name in sorted(changed) if name.startswith(("task", "inputs.", check_types.OTHER_INPUTS))]
            if asked:
                yield f"the gate {key.name} of {where} asks something else: {', '.join(asked)}"


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


def _covers(pattern: str, name: str) -> bool:
    """Whether a pattern of branches holds all that a name, or another pattern, holds."""
    return fnmatchcase(name.lower(), pattern.lower().replace("[", "[[]"))


def _hours(where: str, new: Fields, old: Fields) -> Iterator[str]:
    if new["time_zone"] != old["time_zone"]:
        yield f"{where} is open at other hours: time zone {new['time_zone']} instead of {old['time_zone']}"
    more = [day for day in new["days"] if day not in old["days"]]
    if more:
        yield f"{where} is open on more days: {', '.join(more)}"
    if not _open_minutes(new) <= _open_minutes(old):
        times = f"{new['start']}-{new['end']} instead of {old['start']}-{old['end']}"
        yield f"{where} is open at other hours: {times}"


def _open_minutes(fields: Fields) -> frozenset[int]:
    """The minutes of a day; those until the next morning where the end comes before the start."""
    start, end = _minute(fields["start"]), _minute(fields["end"])
    return frozenset(range(start, end + 1)) if start <= end else frozenset((*range(start, _DAY), *range(end + 1)))


def _minute(time: Value) -> int:
    hours, _, minutes = str(time).partition(":")
    return int(hours) * 60 + int(minutes[:2]) if hours.isdecimal() and minutes[:2].isdecimal() else 0


_DAY = 24 * 60
"""Minutes."""


def _policy(change: FieldChange) -> Iterator[str]:
    if change.field == build_validation.BLOCKING and not change.new:
        yield "pull requests are completed whatever the check says"
    elif change.field in (build_validation.BRANCH, build_validation.REPOSITORY):
        yield f"pull requests to {change.old} are no longer checked"
    elif change.field == build_validation.PIPELINE:
        yield f"pull requests are no longer checked by {change.old}"
    elif change.field == build_validation.PATHS and not _is_wider(change.new, change.old or ()):
        yield "pull requests that change other paths are no longer checked"
    elif change.field == build_validation.VALID_FOR and _lasting(change.new) > _lasting(change.old):
        yield "an older result of the check will do"


def _is_wider(new: Sequence[str], old: Sequence[str]) -> bool:
    """Whether filters of paths let through all that others let through. Where some exclude, their order counts."""
    if new == old or not new:
        return True
    if any(path.startswith("!") for path in (*new, *old)):
        return False
    return bool(old) and all(any(fnmatchcase(path, pattern) for pattern in new) for path in old)


def _lasting(minutes: int | None) -> float:
    """How long a result holds: not beyond a change of the target, so many minutes, or (0) for ever."""
    return 0 if minutes is None else minutes or math.inf


def _variable(key: ResourceKey, change: FieldChange) -> Iterator[str]:
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
    elif is_secret(change.old) and not is_secret(change.new):
        yield f"{change.field.rpartition('variables.')[2]} is no longer secret"
    elif any(word in change.field for word in _CONTROLS):
        yield f"what lets a stage begin or end changes: {change.field}"


def _stages(value: Value) -> list[str]:
    return [str(item.get("name")) for item in value or () if isinstance(item, Mapping)]


def _holds(people: Value, person: Value) -> bool:
    return any(str(other["id"]).lower() == str(person["id"]).lower() for other in people)
