"""What is a classic definition, and what only looks like one."""

import json
from typing import Any

import pytest

from azrelease.classic import DefinitionError, read_definitions, read_task_groups

STAGE = {"name": "Dev", "rank": 1, "deployPhases": []}
DEFINITION = {"name": "web", "environments": [STAGE]}


@pytest.mark.parametrize(
    ("data", "count"),
    [
        (DEFINITION, 1),
        ({"count": 2, "value": [DEFINITION, DEFINITION]}, 2),
        ([DEFINITION], 1),
        ({"body": DEFINITION}, 1),
        ({"definition": DEFINITION}, 1),
        ({"responses": {"200": {"body": DEFINITION}}}, 1),
    ],
)
def test_a_definition_is_taken_out_of_what_it_stands_in(data: Any, count: int) -> None:
    assert read_definitions("\ufeff" + json.dumps(data), "x.json") == (DEFINITION,) * count


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (
            {"id": 7, "releaseDefinition": {"id": 3}, "environments": [STAGE]},
            "this is a release of definition 3: one run",
        ),
        ({"name": "Dev", "rank": 1, "deployPhases": [], "preDeployApprovals": {}}, "is a single stage (`Dev`)"),
        (
            {"id": "g", "name": "IIS", "category": "Custom", "environment": {"rank": 1, "deployPhases": []}},
            "is an environment template (`IIS`), not a release definition",
        ),
        (
            {"count": 1, "value": [{"name": "IIS", "environment": {"rank": 1, "preDeployApprovals": {}}}]},
            "is an environment template (`IIS`)",
        ),
        ({"process": {"type": 1}, "name": "ci"}, "is a build definition, not a release definition"),
        ({"buildNumberFormat": "x", "name": "ci"}, "is a build definition"),
        ({"tasks": [], "instanceNameFormat": "x"}, "is a task group; pass it with --task-groups"),
        ({"name": "x"}, "the list `environments` is missing"),
        ({"environments": []}, "has no stages"),
        ({"environments": [3]}, "environments[0]: expected a stage, got a number"),
        ([], "got an empty list"),
        (3, "got a number"),
        ("x", "got a text"),
        (None, "got null"),
        (True, "got true or false"),
        ([[DEFINITION, 3]], "got a number"),
    ],
)
def test_what_looks_like_one_is_named(data: Any, said: str) -> None:
    with pytest.raises(DefinitionError) as error:
        read_definitions(json.dumps(data), "x.json")
    assert said in str(error.value)
    assert str(error.value).startswith("x.json: ")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{\n  "a": 1,\n}', "x.json:2:9: is not JSON: remove the extra comma"),
        ('{"a": [1, 2, ]}', "x.json:1:12: is not JSON: remove the extra comma"),
        ('{"a": 1,', "x.json:1:8: is not JSON: remove the extra comma"),
        ('["a", "b', "x.json:1:7: is not JSON: unterminated string"),
        ("", "x.json: is empty"),
        ("  \n", "x.json: is empty"),
        ("// a\n{}", "remove the comment"),
        ("name: web", "expected `{`"),
        ('{"a" 1}', "x.json:1:6: is not JSON: expecting ':' delimiter"),
        ('{"a": NaN}', "JSON has no NaN"),
        ("[" * 100_000, "nested more than 100 levels deep"),
        ('{"a":' * 200 + "1" + "}" * 200, "nested more than 100 levels deep"),
        ('{"a": "\\ud800"}', "unpaired surrogate"),
        ('{,"a": 1}', "x.json:1:2: is not JSON"),
    ],
)
def test_what_is_no_json_is_told_where(text: str, said: str) -> None:
    with pytest.raises(DefinitionError) as error:
        read_definitions(text, "x.json")
    assert said in str(error.value)


def test_task_groups() -> None:
    group = {"id": "1", "tasks": []}
    assert read_task_groups(json.dumps(group), "g") == (group,)
    assert read_task_groups(json.dumps({"value": [group, group]}), "g") == (group, group)
    for other in ({"id": 1}, 3, [3]):
        with pytest.raises(DefinitionError):
            read_task_groups(json.dumps(other), "g")
