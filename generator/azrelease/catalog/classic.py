"""Facts about classic release definitions: enumerations, variables, time zones.

Source: `schemas/classic_release.json`, made from the published REST description of releases (version 7.1), the integers
of azure-devops-node-api, and the time zones of Unicode CLDR. The portal writes enumerations as integers, REST as text.
"""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from azrelease import data_files


class TimeZone(NamedTuple):
    """A time zone of Windows: minutes that it is ahead of UTC in winter, and how many more in summer."""

    offset: int
    daylight: int


def to_text(enumeration: str, value: object) -> str | None:
    """A value of an enumeration as REST writes it; None when it is none of its values.

    A sum of values of a bit set is written with commas.
    """
    values = _enumeration(enumeration)
    if isinstance(value, str) and value.strip().lstrip("-").isdecimal():
        value = int(value)
    if isinstance(value, str):
        found = [
            next((n for n in values if n.casefold() == part.strip().casefold()), None) for part in value.split(",")
        ]
        return None if None in found else ",".join(name for name in found if name is not None)
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    exact = next((name for name, number in values.items() if number == value), None)
    if exact is not None:
        return exact
    bits = [(name, number) for name, number in values.items() if number and number & value == number]
    whole = sum(number for _, number in bits)
    return ",".join(name for name, _ in bits) if whole == value else None


def to_number(enumeration: str, text: str) -> int:
    """A value of an enumeration as the portal writes it.

    Raises:
        KeyError: it is none of its values.
    """
    values = _enumeration(enumeration)
    return sum(values[part] for part in text.split(","))


def time_zone(name: str) -> TimeZone | None:
    """The time zone of that name, such as `W. Europe Standard Time`; None when it is not known."""
    if name.casefold() == "utc":
        return TimeZone(0, 0)
    zones = {known.casefold(): zone for known, zone in _table()["time_zones"].items()}
    found = zones.get(name.casefold())
    return TimeZone(*found) if found else None


def time_zones() -> tuple[str, ...]:
    """The names of all time zones that are known."""
    return ("UTC", *_table()["time_zones"])


def variables() -> Mapping[str, str | None]:
    """Variables of a classic release, each with the one of YAML that means the same; None where there is none."""
    found: Mapping[str, str | None] = _table()["variables"]
    return found


def artifact_variables() -> Mapping[str, str | None]:
    """What follows `Release.Artifacts.<alias>.`, and what follows `resources.pipeline.<alias>.` in YAML."""
    found: Mapping[str, str | None] = _table()["artifact_variables"]
    return found


def build_variables() -> Mapping[str, str | None]:
    """What follows `Build.`, which in a classic release means the primary artifact, as above."""
    found: Mapping[str, str | None] = _table()["build_variables"]
    return found


def _enumeration(name: str) -> Mapping[str, int]:
    found: Mapping[str, int] = _table()["enumerations"][name]
    return found


@cache
def plain_keys() -> frozenset[str]:
    """Keys of a definition whose values are numbers, or true or false."""
    return frozenset(_table()["plain_keys"])


@cache
def _table() -> dict[str, Any]:
    raw: dict[str, Any] = json.loads((data_files.SCHEMAS / "classic_release.json").read_bytes())
    return raw
