"""The part of a pipeline or variable group that was made here, as its description tells it."""

from collections.abc import Iterator, Mapping
from typing import Any

from azrelease.ownership import is_managed, owned_parts, owning_release, parts_that_fit, tagged, untagged
from azrelease.registration.kinds.variable_values import OWN, own_parts, removed_parts
from azrelease.registration.resource import (
    ActualResource,
    DesiredResource,
    ResourceKey,
    ResourceKind,
    UnmanagedResource,
    Value,
)

DESCRIPTION = "description"

Raw = Mapping[str, Any]


def is_ours(raw: Raw, thing: DesiredResource) -> bool:
    """Whether it was made for the release that a thing belongs to."""
    return is_managed(raw.get("description"), thing.releases)


def fields_of(raw: Raw, thing: DesiredResource) -> dict[str, Value]:
    """What the description tells, in the words of a thing's fields."""
    text = str(raw.get("description") or "")
    if _is_taken_over(raw, thing):
        return {DESCRIPTION: text if owning_release(text) else f"{text} [of others]", OWN: []}
    claims = owned_parts(text)
    return {DESCRIPTION: untagged(text), OWN: thing.fields[OWN] if claims == _claims(raw, thing) else sorted(claims)}


def described(raw: Raw | None, thing: DesiredResource) -> str:
    """The description with its mark."""
    there = raw or {}
    owner = None if _is_taken_over(there, thing) else owning_release(there.get("description"))
    return tagged(thing.fields[DESCRIPTION], owner or thing.releases[0], _claims(there, thing))


def other_variables(thing: DesiredResource, found: ActualResource) -> Iterator[UnmanagedResource]:
    """Variables of a thing that nobody asks for."""
    claimed = owned_parts(found.raw.get("description")) if is_ours(found.raw, thing) else frozenset()
    wanted = {name.lower() for name in own_parts(thing.fields)}
    for name in found.raw.get("variables") or {}:
        if name.lower() not in wanted:
            where = f"{thing.key.kind} {thing.key.name}"
            yield UnmanagedResource(ResourceKey(ResourceKind.VARIABLE, name, where), found.id, name in claimed)


def kept_fields(raw: Raw, thing: DesiredResource) -> frozenset[str]:
    """Fields that are left alone."""
    return frozenset() if is_ours(raw, thing) or thing.adopt else NOT_OURS


NOT_OURS = frozenset((DESCRIPTION, OWN))
"""Fields that are left alone where somebody else made it."""


def _is_taken_over(raw: Raw, thing: DesiredResource) -> bool:
    return bool(raw) and thing.adopt and not is_ours(raw, thing)


def _claims(raw: Raw, thing: DesiredResource) -> frozenset[str]:
    """The variables that were made here. What somebody else made stays theirs, also when the rest is taken over."""
    claimed = frozenset() if _is_taken_over(raw, thing) else owned_parts(raw.get("description"))
    there = frozenset(raw.get("variables") or ())
    removed = removed_parts(thing.fields)
    stated = own_parts(thing.fields)
    return parts_that_fit(((claimed & there) - removed) | (stated - (there - claimed)))
