"""Enumerations of classic releases, in the forms that the portal and REST write."""

import pytest

from azrelease.catalog import classic


@pytest.mark.parametrize(
    ("enumeration", "value", "text"),
    [
        ("DeployPhaseTypes", "agentbasedDEPLOYMENT", "agentBasedDeployment"),
        ("DeployPhaseTypes", 2, "runOnServer"),
        ("DeployPhaseTypes", "2", "runOnServer"),
        ("DeployPhaseTypes", 0, "undefined"),
        ("DeployPhaseTypes", -7, None),
        ("DeployPhaseTypes", True, None),
        ("DeployPhaseTypes", 1.0, None),
        ("DeployPhaseTypes", None, None),
        ("DeployPhaseTypes", "soon", None),
        ("ScheduleDays", "Monday, friday", "monday,friday"),
        ("ScheduleDays", "monday,someday", None),
        ("ScheduleDays", 17, "monday,friday"),
        ("ScheduleDays", 0, "none"),
        ("ScheduleDays", 1024, None),
    ],
)
def test_a_value_is_read_in_each_form(enumeration: str, value: object, text: str | None) -> None:
    assert classic.to_text(enumeration, value) == text


def test_a_value_is_written_as_a_number() -> None:
    assert classic.to_number("ScheduleDays", "monday,friday") == 17
    with pytest.raises(KeyError):
        classic.to_number("ScheduleDays", "someday")


def test_time_zones_are_known_in_any_case() -> None:
    assert classic.time_zone("w. europe standard TIME") == classic.TimeZone(60, 60)
    assert classic.time_zone("utc") == classic.TimeZone(0, 0)
    assert classic.time_zone("Middle Earth") is None
