"""Whether the model answers what it should, asked at its endpoint in staging."""

import json
from pathlib import Path
from typing import Any

import pytest

TESTS = Path(__file__).resolve().parents[1]
KNOWN = json.loads((TESTS / "known-rows.json").read_text(encoding="utf-8"))
ROW = {"distance_km": 10.0, "items": 4, "rain": 0}

# A managed endpoint answers 424 where the model answers anything but 200.
REFUSED = (400, 424)


def minutes(endpoint: Any, *rows: dict[str, float]) -> list[float]:
    """What the endpoint says of deliveries."""
    status, answer = endpoint.post({"data": list(rows)})
    assert status == 200, answer
    return answer["minutes"]


@pytest.mark.parametrize("known", KNOWN, ids=lambda known: str(known["answer"]))
def test_known_deliveries_take_as_long_as_they_should(endpoint: Any, known: dict[str, Any]) -> None:
    status, answer = endpoint.post(known["request"])
    assert status == 200, answer
    assert answer["minutes"] == pytest.approx(known["answer"]["minutes"], abs=known["tolerance"])


def test_each_row_of_the_sample_request_is_answered(endpoint: Any) -> None:
    sample = json.loads((TESTS / "sample-request.json").read_text(encoding="utf-8"))
    assert len(minutes(endpoint, *sample["data"])) == len(sample["data"])


def test_farther_more_and_in_the_rain_takes_longer(endpoint: Any) -> None:
    usual, farther, more, wet = minutes(
        endpoint, ROW, {**ROW, "distance_km": 12.0}, {**ROW, "items": 6}, {**ROW, "rain": 1}
    )
    assert usual < min(farther, more, wet)


@pytest.mark.parametrize(
    "body",
    ["no JSON", {}, {"data": []}, {"data": [{**ROW, "items": "four"}]}, {"data": [{**ROW, "distance_km": -1}]}],
    ids=["no JSON", "no data", "no rows", "no number", "out of range"],
)
def test_what_makes_no_sense_is_refused(endpoint: Any, body: object) -> None:
    status, answer = endpoint.post(body)
    assert status in REFUSED, answer
