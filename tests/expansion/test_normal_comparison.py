from typing import Any

import pytest

from expansion.normal_comparison import differences


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        ({"a": "1", "b": ["x"]}, {"b": ["x"], "a": 1}),
        ({"a": True}, {"a": "TRUE"}),
        ({"a": "False"}, {"a": "false"}),
        ({"a": None}, {"a": ""}),
        ({"a": 3.5}, {"a": "3.5"}),
        ({"continueOnError": "True"}, {"continueOnError": "yes"}),
        ({}, {"enabled": "true", "continueOnError": "no", "condition": ""}),
        ({"mountReadonly": {"work": False, "tools": True}}, {"mountReadOnly": {"tools": "true"}}),
    ],
)
def test_what_means_the_same(expected: Any, actual: Any) -> None:
    assert differences(expected, actual) == []


@pytest.mark.parametrize(
    ("expected", "actual", "found"),
    [
        ({"a": {"b": ["1", "2"]}}, {"a": {"b": ["2", "1"]}}, ['a.b[0]: expected "1", found "2"', 'a.b[1]: expected "2", found "1"']),
        ({"a": ["1"]}, {"a": ["1", "2"]}, ["a: expected 1 items, found 2"]),
        ({"a": "1"}, {"b": "1"}, ['a: expected "1", missing', 'b: not expected, found "1"']),
        ({"a": "3.10"}, {"a": "3.1"}, ['a: expected "3.10", found "3.1"']),
        ({"a": "b"}, {"a": ["b"]}, ['a: expected "b", found ["b"]']),
        ({"a": ""}, {"a": {}}, ['a: expected "", found {}']),
        ({"a": "Yes x"}, {"a": "yes x"}, ['a: expected "Yes x", found "yes x"']),
        ({"script": "true"}, {"script": "yes"}, ['script: expected "true", found "yes"']),
    ],
)  # fmt: skip
def test_what_differs(expected: Any, actual: Any, found: list[str]) -> None:
    assert differences(expected, actual) == found
