"""Things that a project has, or is to have: what they are called, and their fields as plain values."""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

from azrelease.registration.failures import MovedOnError

Value = Any
"""JSON: text, number, true or false, None, a list, a mapping. `reference` makes a mapping that stands for a thing."""


class ResourceKind(StrEnum):
    """Kinds of things, in the order in which they are made: each needs those before it.

    Checks come before the pipeline and its permissions, so that nothing can run before its controls are there.
    """

    FOLDER = "folder"
    VARIABLE_GROUP = "variable group"
    VARIABLE = "variable"
    ENVIRONMENT = "environment"
    CHECK = "check"
    PIPELINE = "pipeline"
    RELEASE_DEFINITION = "release definition"
    PERMISSION = "permission"
    BUILD_VALIDATION = "build validation"


class ResourceKey(NamedTuple):
    """What a thing is called: its kind, its name, and the thing that it is part of (of a check, the environment)."""

    kind: ResourceKind
    name: str
    within: str = ""

    @property
    def folded(self) -> tuple[str, str, str]:
        """The key as a value that is equal for equal things: case does not count in Azure DevOps."""
        return (self.kind, self.name.lower(), self.within.lower())

    def __str__(self) -> str:
        where = f" of {self.within}" if self.within else ""
        return (
            f"{self.kind} {self.name}{where}"
            if self.kind is not ResourceKind.PERMISSION
            else f"{self.name}: {self.within}"
        )


class DesiredResource(NamedTuple):
    """A thing as releases want it.

    Attributes:
        key: what it is called.
        fields: what is wanted of it; what is not among them is left as it is.
        releases: the releases that ask for it.
        body: what is sent to make it, where that is more than its fields.
        adopt: whether one that somebody else made is taken over.
    """

    key: ResourceKey
    fields: Mapping[str, Value]
    releases: tuple[str, ...]
    body: Value = None
    adopt: bool = False


class ActualResource(NamedTuple):
    """A thing as the service has it.

    Attributes:
        fields: its values, in the words of `DesiredResource.fields`.
        id: its id in the service.
        raw: the answer of the service, for writing it back.
        leave: fields that are left alone whatever is wanted, since somebody else looks after them.
        ours: whether it may be changed: it was made here, or it has parts only that were.
    """

    fields: Mapping[str, Value]
    id: str
    raw: Any = None
    leave: frozenset[str] = frozenset()
    ours: bool = True


class UnmanagedResource(NamedTuple):
    """A thing that is there, and that no release asks for.

    Attributes:
        key: what it is called.
        id: its id in the service.
        ours: whether `apply` made it: only then may it be removed.
        note: what else is known of it.
        state: what tells whether it is still as it was when the plan was made; empty where it stays anyway.
    """

    key: ResourceKey
    id: str
    ours: bool
    note: str = ""
    state: str = ""


TWICE = "it is there twice"
"""The note of the second of two that are alike."""


class Prerequisite(NamedTuple):
    """What releases need and neither the project has nor `apply` can make; and what to do about it."""

    what: str
    hint: str
    releases: tuple[str, ...] = ()


class Note(NamedTuple):
    """What is worth knowing of what releases want, and stops nothing."""

    text: str


class FieldChange(NamedTuple):
    """A field that gets another value; None where it was not there, or is not to be there."""

    field: str
    old: Value
    new: Value


def reference(identifier: str, name: str) -> Value:
    """A thing by its id, which counts, and its name, which people read."""
    return {"id": identifier, "name": name}


def is_reference(value: Value) -> bool:
    """Whether a value stands for a thing."""
    return isinstance(value, Mapping) and set(value) == {"id", "name"}


def must_be_as_wanted(thing: DesiredResource, found: ActualResource) -> None:
    """See that what somebody made in between is what is wanted.

    Raises:
        MovedOnError: it is not.
    """
    if any(differences(thing.fields, found.fields, found.leave)):
        raise MovedOnError(f"{thing.key}: somebody else has made it, with other values")


def differences(
    wanted: Mapping[str, Value], there: Mapping[str, Value], leave: frozenset[str] = frozenset()
) -> Iterator[FieldChange]:
    """The fields of what is wanted that have another value; of mappings, the entries that do."""
    for name, value in wanted.items():
        if name not in leave:
            yield from _differences(name, value, there.get(name), inside=False)


def _differences(path: str, wanted: Value, there: Value, *, inside: bool) -> Iterator[FieldChange]:
    if is_reference(wanted) and is_reference(there):
        if str(wanted["id"]).lower() != str(there["id"]).lower():
            yield FieldChange(path, there, wanted)
    elif _has_entries(wanted) and _has_entries(there):
        for name, value in wanted.items():
            yield from _differences(f"{path}.{name}", value, there.get(name), inside=True)
    elif _are_parts(wanted) and _are_parts(there) and (all(map(_part, wanted)) or len(wanted) == len(there)):
        yield from _part_differences(path, wanted, there)
    elif isinstance(wanted, list | tuple) and isinstance(there, list | tuple):
        if len(wanted) != len(there) or any(
            any(_differences(path, value, other, inside=True)) for value, other in zip(wanted, there, strict=True)
        ):
            yield FieldChange(path, there, wanted)
    # Inside of a value the service leaves out what is empty, or fills it in.
    elif wanted != there and not (inside and not wanted and not there):
        yield FieldChange(path, there, wanted)


def _part_differences(path: str, wanted: Value, there: Value) -> Iterator[FieldChange]:
    """Differences of things with fields of their own: which there are, and those of each that is on both sides."""
    names = [_part(value) for value in wanted]
    if names != [_part(value) for value in there]:
        yield FieldChange(path, there, wanted)
    for number, value in enumerate(wanted):
        other = counterpart(wanted, number, there)
        if other is not None:
            yield from _differences(f"{path}[{_part(value) or number}]", value, other, inside=True)


def counterpart(items: Sequence[Value], number: int, others: Sequence[Value]) -> Value:
    """The item of another list that an item of one means: of its name, and as many of that name before it."""
    name = _part(items[number])
    if not name:
        return others[number] if number < len(others) else None
    before = sum(_part(item) == name for item in items[:number])
    alike = [other for other in others if _part(other) == name]
    return alike[before] if before < len(alike) else None


def _has_entries(value: Value) -> bool:
    """Whether a value is compared entry by entry. One that says that something is secret is not."""
    return isinstance(value, Mapping) and set(value) != {"secret"}


def _are_parts(value: Value) -> bool:
    """Whether a value is a list of things with fields of their own."""
    return (
        isinstance(value, list | tuple)
        and bool(value)
        and all(isinstance(item, Mapping) and not is_reference(item) for item in value)
    )


def _part(value: Value) -> str:
    return str(value.get("name") or value.get("alias") or "") if isinstance(value, Mapping) else ""
