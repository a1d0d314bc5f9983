"""The part of a pipeline or variable group that was made here, as its description tells it."""

from collections.abc import Mapping
from typing import Any

from azrelease.registration.kinds.variable_values import OWN, own_parts, removed_parts
from azrelease.registration.marks import fitting, is_marked, marked, parts_of, plain, release_of
from azrelease.registration.things import Thing, Value

DESCRIPTION = "description"

Raw = Mapping[str, Any]


def is_ours(raw: Raw, thing: Thing) -> bool:
    """Whether it was made for the release that a thing belongs to."""
    return is_marked(raw.get("description"), thing.releases)


def fields_of(raw: Raw, thing: Thing) -> dict[str, Value]:
    """What the description tells, in the words of a thing's fields."""
    text = raw.get("description")
    claims = parts_of(text)
    wanted = _claims(raw, thing, claims)
    return {
        DESCRIPTION: plain(text),
        OWN: thing.fields[OWN] if claims == wanted else sorted(claims),
    }


def described(raw: Raw | None, thing: Thing) -> str:
    """The description with its mark."""
    text = (raw or {}).get("description")
    release = release_of(text) or thing.releases[0]
    return marked(thing.fields[DESCRIPTION], release, _claims(raw or {}, thing, parts_of(text)))


def kept_fields(raw: Raw, thing: Thing) -> frozenset[str]:
    """Fields that are left alone."""
    return frozenset() if is_ours(raw, thing) or thing.adopt else NOT_OURS


NOT_OURS = frozenset((DESCRIPTION, OWN))
"""Fields that are left alone where somebody else made it."""


def _claims(raw: Raw, thing: Thing, claimed: frozenset[str]) -> frozenset[str]:
    there = frozenset(raw.get("variables") or ())
    removed = removed_parts(thing.fields)
    stated = own_parts(thing.fields)
    return fitting(((claimed & there) - removed) | (stated - (there - claimed)))
