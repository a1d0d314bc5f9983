"""The JSON Schema: current, and of one mind with the model."""

from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings

from azrelease import data_files
from azrelease.release.schema import json_schema, schema_text
from support.release_data import releases
from support.thorough import examples
from support.yaml_text import safe_load

SHIPPED = data_files.SCHEMAS / "release.schema.json"


def test_the_shipped_schema_is_current(update_golden: bool) -> None:
    text = schema_text()
    if update_golden:
        SHIPPED.write_text(text, encoding="utf-8", newline="")
    assert text == SHIPPED.read_text(encoding="utf-8")


@cache
def validator() -> jsonschema.Draft202012Validator:
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("name", ["insurance", "minimal", "fan-out", "insurance-managed", "insurance-batch"])
def test_the_samples_are_valid(samples: Path, name: str) -> None:
    data = safe_load((samples / name / "release.yml").read_text(encoding="utf-8"))
    assert [error.message for error in validator().iter_errors(data)] == []


@pytest.mark.no_cover  # it is jsonschema that works here
@settings(max_examples=examples(60))
@given(releases())
def test_what_the_model_takes_the_schema_takes(data: dict[str, Any]) -> None:
    assert [error.message for error in validator().iter_errors(data)] == []


@pytest.mark.parametrize(
    "change",
    [
        {"artefact": {}},
        {"agent": {"image": 3}},
        {"stages": []},
        {"stages": [{"name": "a b", "target": "aci"}]},
        {"stages": [{"name": "a", "tasks": [{"task": "ModelDeplo"}]}]},
        {"stages": [{"name": "a", "tasks": [{"task": "Bash", "scrpt": "x"}]}]},
        {"stages": [{"name": "a", "target": "acs"}]},
        {"stages": [{"name": "a", "target": "aci", "approval": {"approvers": []}}]},
        {"stages": [{"name": "a", "target": "aci", "timeout": "long"}]},
    ],
)
def test_what_the_model_refuses_for_its_form_the_schema_refuses(change: dict[str, Any]) -> None:
    data = {"name": "demo", "artifact": {"pipeline": "a", "name": "b"}, "stages": [{"name": "a", "target": "aci"}]}
    assert validator().is_valid(data)
    assert not validator().is_valid({**data, **change})


def test_every_field_is_described() -> None:
    undescribed = [
        f"{definition}.{field}"
        for definition, content in {"Release": json_schema(), **json_schema()["$defs"]}.items()
        for field, schema in content.get("properties", {}).items()
        if "description" not in schema and field not in ("task", "type")
    ]
    assert undescribed == []
