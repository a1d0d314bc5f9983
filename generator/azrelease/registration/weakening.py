"""Which changes weaken a control: a plan names them, and `apply` makes them with `--allow-weaker` only."""

import math
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase

from azrelease.registration.kinds import build_validation, check_types, permission, pipeline
from azrelease.registration.kinds.variable_values import SETTABLE, VARIABLE, is_secret
from azrelease.registration.resource import (
    DUPLICATE,
    ActualResource,
    DesiredResource,
    FieldChange,
    ResourceKey,
    ResourceKind,
    UnmanagedResource,
    Value,
)

Fields = Mapping[str, Value]


def weakened_by_removal(resource: UnmanagedResource) -> Iterator[str]:
    """Controls that a removal weakens."""
    key = resource.key
    if resource.note == DUPLICATE:
        return
    if key.kind is ResourceKind.CHECK:
        yield f"environment {key.within} loses its {key.name}"
    elif key.kind is ResourceKind.ENVIRONMENT:
        yield f"environment {key.name} is removed with its checks"
    elif key.kind is ResourceKind.BUILD_VALIDATION:
        yield f"pull requests no longer need `{key.name}`"


def weakened_by_creation(key: ResourceKey) -> Iterator[str]:
    """Controls that a new resource weakens."""
    if key.kind is ResourceKind.PERMISSION and key.name == permission.ALL:
        yield f"every pipeline of the project may use the {key.within}"


def weakened_by_change(
    desired: DesiredResource, actual: ActualResource, changes: Sequence[FieldChange]
) -> Iterator[str]:
    """Controls that changes of fields weaken."""
    key = desired.key
    match key.kind:
        case ResourceKind.CHECK if key.name == check_types.APPROVAL:
            yield from _approval(f"environment {key.within}", desired.fields, actual.fields, changes)
        case ResourceKind.CHECK:
            yield from _check(desired, actual, changes)
        case ResourceKind.BUILD_VALIDATION:
            yield from (reason for change in changes for reason in _policy(change))
        case ResourceKind.PIPELINE | ResourceKind.VARIABLE_GROUP:
            yield from (reason for change in changes for reason in _variable(key, change))
        case ResourceKind.RELEASE_DEFINITION:
            yield from (reason for change in changes for reason in _definition(change))
        case _:
            pass


def _check(desired: DesiredResource, actual: ActualResource, changes: Sequence[FieldChange]) -> Iterator[str]:
    key, new, old = desired.key, desired.fields, actual.fields
    where = f"environment {key.within}"
    changed = {change.field for change in changes}
    match key.name:
        case check_types.BRANCHES:
            more = [name for name in new["allowed"] if not any(_covers(pattern, name) for pattern in old["allowed"])]
            if more:
                yield f"{where} accepts runs from more branches: {', '.join(more)}"
            if old["protected"] and not new["protected"]:
                yield f"{where} accepts runs from unprotected branches"
        case check_types.HOURS:
            yield from _hours(where, new, old)
        case check_types.TEMPLATE:
            # A run has to extend one of them.
            if any(template not in old["templates"] for template in new["templates"]):
                yield f"{where} accepts other templates"
        case _:
            inputs = [n for n in sorted(changed) if n.startswith(("task", "inputs.", check_types.OTHER_INPUTS))]
            if inputs:
                yield f"the gate {key.name} of {where} changes: {', '.join(inputs)}"


def _approval(where: str, new: Fields, old: Fields, changes: Sequence[FieldChange]) -> Iterator[str]:
    changed = {change.field for change in changes}
    removed = [each["name"] for each in old["approvers"] if not _contains(new["approvers"], each)]
    added = [each["name"] for each in new["approvers"] if not _contains(old["approvers"], each)]
    if removed:
        yield f"{where} no longer has the approvers {', '.join(removed)}"
    if added and new["minimum"] != "all":
        yield f"{where} has more possible approvers: {', '.join(added)}"
    if "minimum" in changed and _needed(new) < _needed(old):
        yield f"{where} needs fewer approvals: {_needed(new)} instead of {_needed(old)}"
    if "order" in changed and old["order"] == "sequence":
        yield f"the approvers of {where} no longer approve in sequence"
    if "requester_may_approve" in changed and new["requester_may_approve"]:
        yield f"the requester of a run may approve it for {where}"


def _needed(fields: Fields) -> int:
    """How many approvals are needed."""
    return len(fields["approvers"]) if fields["minimum"] == "all" else int(fields["minimum"])


def _covers(pattern: str, name: str) -> bool:
    """Whether a pattern of branches includes a branch, or all branches of another pattern."""
    return fnmatchcase(name.lower(), pattern.lower().replace("[", "[[]"))


def _hours(where: str, new: Fields, old: Fields) -> Iterator[str]:
    if new["time_zone"] != old["time_zone"]:
        yield f"{where} accepts runs at other hours: time zone {new['time_zone']} instead of {old['time_zone']}"
    more = [day for day in new["days"] if day not in old["days"]]
    if more:
        yield f"{where} accepts runs on more days: {', '.join(more)}"
    if not _open_minutes(new) <= _open_minutes(old):
        times = f"{new['start']}-{new['end']} instead of {old['start']}-{old['end']}"
        yield f"{where} accepts runs at other hours: {times}"


def _open_minutes(fields: Fields) -> frozenset[int]:
    """The minutes of a day; until the next morning where the end comes before the start."""
    start, end = _minute(fields["start"]), _minute(fields["end"])
    return frozenset(range(start, end + 1)) if start <= end else frozenset((*range(start, _DAY), *range(end + 1)))


def _minute(time: Value) -> int:
    hours, _, minutes = str(time).partition(":")
    return int(hours) * 60 + int(minutes[:2]) if hours.isdecimal() and minutes[:2].isdecimal() else 0


_DAY = 24 * 60
"""Minutes."""


def _policy(change: FieldChange) -> Iterator[str]:
    if change.field == build_validation.BLOCKING and not change.new:
        yield "pull requests can be completed without a successful check"
    elif change.field in (build_validation.BRANCH, build_validation.REPOSITORY):
        yield f"pull requests to {change.old} are no longer checked"
    elif change.field == build_validation.PIPELINE:
        yield f"pull requests are no longer checked by {change.old}"
    elif change.field == build_validation.PATHS and not _is_wider(change.new, change.old or ()):
        yield "pull requests that change other paths are no longer checked"
    elif change.field == build_validation.VALID_FOR and _lasting(change.new) > _lasting(change.old):
        yield "an older result of the check stays valid"


def _is_wider(new: Sequence[str], old: Sequence[str]) -> bool:
    """Whether path filters include all that others include. Filters that exclude depend on their order."""
    if new == old or not new:
        return True
    if any(path.startswith("!") for path in (*new, *old)):
        return False
    return bool(old) and all(any(fnmatchcase(path, pattern) for pattern in new) for path in old)


def _lasting(minutes: int | None) -> float:
    """How long a result stays valid: until the target branch changes, for some minutes, or (0) for ever."""
    return 0 if minutes is None else minutes or math.inf


def _variable(key: ResourceKey, change: FieldChange) -> Iterator[str]:
    if is_secret(change.old) and isinstance(change.new, str):
        yield f"{change.field.removeprefix(VARIABLE)} is no longer secret"
    elif change.field.startswith(SETTABLE) and change.new:
        yield f"{change.field.removeprefix(SETTABLE)} can be set when a run is started"
    elif change.field == pipeline.ENABLED and change.new:
        yield f"{key} is enabled again"


_CONTROLS = ("Approvals", "Gates", "conditions", "executionPolicy")


def _definition(change: FieldChange) -> Iterator[str]:
    """Of a definition, each change of what a stage waits for: only a reviewer can judge it."""
    if change.field == "environments":
        gone = [name for name in _stages(change.old) if name not in _stages(change.new)]
        if gone:
            yield f"stages are removed with their approvals: {', '.join(gone)}"
    elif is_secret(change.old) and not is_secret(change.new):
        yield f"{change.field.rpartition('variables.')[2]} is no longer secret"
    elif any(word in change.field for word in _CONTROLS):
        yield f"the controls of a stage change: {change.field}"


def _stages(value: Value) -> list[str]:
    return [str(item.get("name")) for item in value or () if isinstance(item, Mapping)]


def _contains(approvers: Value, approver: Value) -> bool:
    return any(str(other["id"]).lower() == str(approver["id"]).lower() for other in approvers)
