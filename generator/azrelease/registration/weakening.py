"""Which changes weaken a control: they are told, and applied only when that is asked for."""

from collections.abc import Iterator, Mapping, Sequence

from azrelease.registration.kinds import check_types, permission
from azrelease.registration.kinds.variable_values import SECRET, SECRET_AGAIN
from azrelease.registration.things import TWICE, FieldChange, Key, Kind, Other, Value


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


def weakened_by_change(key: Key, changes: Sequence[FieldChange]) -> Iterator[str]:
    """What other values make weaker."""
    for change in changes:
        match key.kind:
            case Kind.CHECK:
                yield from _check(key, change)
            case Kind.BUILD_VALIDATION:
                yield from _policy(change)
            case Kind.PIPELINE | Kind.VARIABLE_GROUP:
                yield from _variable(change)
            case Kind.RELEASE_DEFINITION:
                yield from _definition(change)
            case _:
                pass


def _check(key: Key, change: FieldChange) -> Iterator[str]:
    where = f"environment {key.within}"
    if key.name == check_types.APPROVAL:
        yield from _approval(where, change)
    elif key.name == check_types.BRANCHES:
        yield from _branches(where, change)
    elif key.name == check_types.HOURS:
        yield from _hours(where, change)
    elif key.name == check_types.TEMPLATE and change.field.startswith("templates"):
        yield f"{where} takes other templates"
    elif change.field == "task":
        yield f"the gate {key.name} of {where} asks something else"


def _approval(where: str, change: FieldChange) -> Iterator[str]:
    old, new = change.old, change.new
    if change.field == "approvers" and len(new) < len(old or ()):
        gone = [person["name"] for person in old if not _holds(new, person)]
        yield f"{where} has fewer approvers: without {', '.join(gone)}"
    elif change.field == "minimum" and (old == "all" or (new != "all" and new < old)):
        yield f"{where} needs fewer approvals: {new} instead of {old}"
    elif change.field == "order" and old == "sequence":
        yield f"the approvers of {where} no longer come one after the other"
    elif change.field == "requester_may_approve" and new:
        yield f"who starts a run may approve it for {where}"


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
    if change.field == "blocking" and not change.new:
        yield "pull requests are completed whatever the check says"
    elif change.field == "branch":
        yield f"pull requests to {change.old} are no longer checked"
    elif change.field == "paths" and change.new:
        yield "pull requests that change other paths are no longer checked"
    elif change.field == "valid_for" and change.new is not None and (change.old is None or change.new > change.old):
        yield "an older result of the check will do"


def _variable(change: FieldChange) -> Iterator[str]:
    if change.old == SECRET and change.new not in (SECRET, SECRET_AGAIN, None):
        yield f"{change.field.removeprefix('variables.')} is no longer secret"
    elif change.field.startswith("settable.") and change.new:
        yield f"{change.field.removeprefix('settable.')} can be set by whoever starts a run"


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
    return any(str(other["id"]).casefold() == str(person["id"]).casefold() for other in people)
