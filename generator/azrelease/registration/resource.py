"""Resources of a project, desired and actual: their keys, and their fields as plain values."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

from azrelease.registration.failures import StateChangedError

Value = Any
"""JSON: text, number, true or false, None, a list, a mapping. A mapping made by `reference` names a resource."""


class ResourceKind(StrEnum):
    """Kinds of resources, in the order in which they are created: each needs those before it.

    Checks come before the pipeline and its permissions, so that nothing can run before its controls exist.
    """

    FOLDER = "folder"
    VARIABLE_GROUP = "variable group"
    ENVIRONMENT = "environment"
    CHECK = "check"
    PIPELINE = "pipeline"
    RELEASE_DEFINITION = "release definition"
    PERMISSION = "permission"
    BUILD_VALIDATION = "build validation"


class ResourceKey(NamedTuple):
    """Identifies a resource: its kind, its name, and the resource that it is part of (of a check, the environment)."""

    kind: ResourceKind
    name: str
    within: str = ""

    @property
    def folded(self) -> tuple[str, str, str]:
        """The key in lower case: names are case-insensitive in Azure DevOps."""
        return (self.kind, self.name.lower(), self.within.lower())

    def __str__(self) -> str:
        where = f" of {self.within}" if self.within else ""
        return (
            f"{self.kind} {self.name}{where}"
            if self.kind is not ResourceKind.PERMISSION
            else f"{self.name}: {self.within}"
        )


class VariableKey(NamedTuple):
    """Identifies a variable: its name, and the pipeline, variable group, release definition or stage that holds it.

    A variable is not a resource: it changes with the resource that holds it.
    """

    name: str
    within: str

    @property
    def kind(self) -> str:
        """What it is, as for a resource."""
        return "variable"

    @property
    def folded(self) -> tuple[str, str, str]:
        """The key in lower case."""
        return (self.kind, self.name.lower(), self.within.lower())

    def __str__(self) -> str:
        return f"{self.kind} {self.name} of {self.within}"


class DesiredResource(NamedTuple):
    """A resource as releases describe it.

    Attributes:
        key: identifies it.
        fields: its desired values; other fields stay as they are.
        releases: the releases that ask for it.
        body: the body of the request that creates it, where that is more than its fields.
        adopt: whether to take over an existing one that azrelease does not manage.
    """

    key: ResourceKey
    fields: Mapping[str, Value]
    releases: tuple[str, ...]
    body: Value = None
    adopt: bool = False

    def is_met_by(self, fields: Mapping[str, Value]) -> bool:
        """Whether a resource with these fields is what is desired."""
        return not any(differences(self.fields, fields))


class ActualResource(NamedTuple):
    """A resource as the service has it.

    Attributes:
        fields: its values, under the names of `DesiredResource.fields`.
        id: its id in the service.
        raw: the response of the service, to be sent back with changes.
        unmanaged_fields: fields that stay as they are, whatever is desired, since azrelease does not manage them.
        managed: whether azrelease may change it: it created the resource, or only parts of it are desired.
    """

    fields: Mapping[str, Value]
    id: str
    raw: Any = None
    unmanaged_fields: frozenset[str] = frozenset()
    managed: bool = True


class UnmanagedResource(NamedTuple):
    """An existing resource that no release asks for.

    Attributes:
        key: identifies it.
        id: its id in the service.
        removable: whether `--prune` removes it, since azrelease created it.
        note: a remark for the user.
        fingerprint: used to detect concurrent changes; empty until a plan removes it.
    """

    key: ResourceKey
    id: str
    removable: bool
    note: str = ""
    fingerprint: str = ""


class UnmanagedVariable(NamedTuple):
    """An existing variable that no release asks for. `--prune` removes a removable one with an update of its holder."""

    key: VariableKey
    removable: bool
    note: str = ""


Unmanaged = UnmanagedResource | UnmanagedVariable

DUPLICATE = "duplicate"
"""The note of the second of two equal resources."""


class Prerequisite(NamedTuple):
    """What releases need, the project does not have, and `apply` cannot create; and what to do about it."""

    what: str
    hint: str
    releases: tuple[str, ...] = ()


class Note(NamedTuple):
    """A remark about desired resources that prevents nothing."""

    text: str


class FieldChange(NamedTuple):
    """A field that gets another value; None where it does not exist before or after."""

    field: str
    old: Value
    new: Value


def reference(identifier: str, name: str) -> Value:
    """A resource by its id, which is compared, and its name, which is shown."""
    return {"id": identifier, "name": name}


def is_reference(value: Value) -> bool:
    """Whether a value was made by `reference`."""
    return isinstance(value, Mapping) and set(value) == {"id", "name"}


def digest(value: object) -> str:
    """A short text that is equal for equal JSON."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()[:16]


def must_be_as_desired(desired: DesiredResource, actual: ActualResource) -> None:
    """Check a resource that was created meanwhile.

    Raises:
        StateChangedError: it differs from the desired one.
    """
    if any(differences(desired.fields, actual.fields, actual.unmanaged_fields)):
        raise StateChangedError(f"{desired.key}: already exists, with other values")


def differences(
    desired: Mapping[str, Value], actual: Mapping[str, Value], unmanaged: frozenset[str] = frozenset()
) -> Iterator[FieldChange]:
    """The desired fields whose actual value differs; of mappings, the entries that do.

    Args:
        desired: the desired fields.
        actual: the actual fields.
        unmanaged: names of fields that are not compared.
    """
    for name, value in desired.items():
        if name not in unmanaged:
            yield from _differences(name, value, actual.get(name), inside=False)


def _differences(path: str, desired: Value, actual: Value, *, inside: bool) -> Iterator[FieldChange]:
    if is_reference(desired) and is_reference(actual):
        if str(desired["id"]).lower() != str(actual["id"]).lower():
            yield FieldChange(path, actual, desired)
    elif _has_entries(desired) and _has_entries(actual):
        for name, value in desired.items():
            yield from _differences(f"{path}.{name}", value, actual.get(name), inside=True)
    elif _are_parts(desired) and _are_parts(actual) and (all(map(_name, desired)) or len(desired) == len(actual)):
        yield from _part_differences(path, desired, actual)
    elif isinstance(desired, list | tuple) and isinstance(actual, list | tuple):
        if len(desired) != len(actual) or any(
            any(_differences(path, value, other, inside=True)) for value, other in zip(desired, actual, strict=True)
        ):
            yield FieldChange(path, actual, desired)
    # Inside of a value the service leaves out what is empty, or fills it in.
    elif desired != actual and not (inside and not desired and not actual):
        yield FieldChange(path, actual, desired)


def _part_differences(path: str, desired: Value, actual: Value) -> Iterator[FieldChange]:
    """Differences of lists of parts: their names, and the fields of those that both lists have."""
    if [_name(part) for part in desired] != [_name(part) for part in actual]:
        yield FieldChange(path, actual, desired)
    for number, part in enumerate(desired):
        other = counterpart(desired, number, actual)
        if other is not None:
            yield from _differences(f"{path}[{_name(part) or number}]", part, other, inside=True)


def counterpart(parts: Sequence[Value], number: int, others: Sequence[Value]) -> Value:
    """The part of another list that corresponds to a part: the one of its name, and of its rank among that name."""
    name = _name(parts[number])
    if not name:
        return others[number] if number < len(others) else None
    before = sum(_name(part) == name for part in parts[:number])
    alike = [other for other in others if _name(other) == name]
    return alike[before] if before < len(alike) else None


def _has_entries(value: Value) -> bool:
    """Whether a value is compared entry by entry. The value of a secret variable is not."""
    return isinstance(value, Mapping) and set(value) != {"secret"}


def _are_parts(value: Value) -> bool:
    """Whether a value is a list of parts that have fields of their own."""
    return (
        isinstance(value, list | tuple)
        and bool(value)
        and all(isinstance(item, Mapping) and not is_reference(item) for item in value)
    )


def _name(value: Value) -> str:
    return str(value.get("name") or value.get("alias") or "") if isinstance(value, Mapping) else ""
