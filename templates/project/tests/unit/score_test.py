"""The scoring script, asked without an endpoint and with a stand-in for the model."""

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest

TOP = Path(__file__).resolve().parents[2]
ROW = {"distance_km": 10.0, "items": 4, "rain": 0}


class Model:
    """Knows what the deliveries of training/train.py take, without having learnt it."""

    def predict(self, rows: list[list[float]]) -> list[float]:
        return [8 + 2.5 * distance + 1.5 * items + 6 * rain for distance, items, rain in rows]


@pytest.fixture
def score() -> Any:
    """The scoring script with the model."""
    spec = importlib.util.spec_from_file_location("score", TOP / "deployment" / "score.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    script.AMLResponse = None
    script.LOADED["model"] = Model()
    return script


def test_the_sample_request_is_answered(score: Any) -> None:
    sample = (TOP / "tests" / "sample-request.json").read_text(encoding="utf-8")
    assert score.run(sample) == {"minutes": [14.5, 45.0]}


def test_known_rows_get_the_answers_that_they_should(score: Any) -> None:
    known = json.loads((TOP / "tests" / "known-rows.json").read_text(encoding="utf-8"))
    assert known
    for each in known:
        assert score.run(json.dumps(each["request"])) == each["answer"]


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        ("no JSON", "no JSON"),
        ("[]", "`data`"),
        ('{"data": []}', "1 to 1000 rows"),
        (json.dumps({"data": [ROW] * 1001}), "1 to 1000 rows"),
        (json.dumps({"data": [1]}), "row 1 has to have distance_km, items, rain"),
        (json.dumps({"data": [ROW, {"items": 1, "rain": 0}]}), "row 2"),
        (json.dumps({"data": [{**ROW, "more": 1}]}), "nothing else"),
        (json.dumps({"data": [{**ROW, "items": "four"}]}), "items has to be a number from 1 to 30"),
        (json.dumps({"data": [{**ROW, "rain": True}]}), "rain has to be a number"),
        ('{"data": [{"distance_km": NaN, "items": 4, "rain": 0}]}', "distance_km has to be a number"),
    ],
)
def test_what_makes_no_sense_is_refused_with_the_reason(score: Any, raw: str, why: str) -> None:
    assert why in score.run(raw)["error"]
