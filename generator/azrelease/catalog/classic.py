"""Facts about classic release definitions: enumerations, variables, time zones.

Source: `schemas/classic_release.json`, made from the published REST description of releases (version 7.1), the integers
of azure-devops-node-api, and the time zones of Unicode CLDR. The portal writes enumerations as integers, REST as text.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from azrelease.data_files import read_table


class TimeZone(NamedTuple):
    """A time zone of Windows: minutes ahead of UTC in standard time, and minutes of daylight saving time."""

    offset: int
    daylight: int


def to_text(enumeration: str, value: object) -> str | None:
    """A value of an enumeration as REST writes it, several flags with commas; None for an unknown value."""
    values = _enumeration(enumeration)
    if isinstance(value, str) and value.strip().lstrip("-").isdecimal():
        value = int(value)
    if isinstance(value, str):
        names = [
            next((n for n in values if n.casefold() == part.strip().casefold()), None) for part in value.split(",")
        ]
        return None if None in names else ",".join(name for name in names if name is not None)
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
        KeyError: the value is unknown.
    """
    values = _enumeration(enumeration)
    return sum(values[part] for part in text.split(","))


def time_zone(name: str) -> TimeZone | None:
    """The time zone of that name, such as `W. Europe Standard Time`; None for an unknown one."""
    if name.casefold() == "utc":
        return TimeZone(0, 0)
    zones = {known.casefold(): zone for known, zone in _table()["time_zones"].items()}
    zone = zones.get(name.casefold())
    return TimeZone(*zone) if zone else None


def time_zones() -> tuple[str, ...]:
    """The names of all known time zones."""
    return ("UTC", *_table()["time_zones"])


def variables() -> Mapping[str, str | None]:
    """Variables of a classic release, each with its counterpart in YAML; None where there is none."""
    return _variables("variables")


def artifact_variables() -> Mapping[str, str | None]:
    """What follows `Release.Artifacts.<alias>.`, and what follows `resources.pipeline.<alias>.` in YAML."""
    return _variables("artifact_variables")


def build_variables() -> Mapping[str, str | None]:
    """The same for what follows `Build.`, which in a classic release means the primary artifact."""
    return _variables("build_variables")


def _variables(key: str) -> Mapping[str, str | None]:
    variables: Mapping[str, str | None] = _table()[key]
    return variables


def _enumeration(name: str) -> Mapping[str, int]:
    values: Mapping[str, int] = _table()["enumerations"][name]
    return values


@cache
def plain_keys() -> frozenset[str]:
    """Keys of a definition whose values are numbers, true or false."""
    return frozenset(_table()["plain_keys"])


def _table() -> dict[str, Any]:
    return read_table("classic_release.json")
