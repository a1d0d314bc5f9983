"""Whether the model answers in production what it should: before it gets the traffic, and after."""

import json
from pathlib import Path
from typing import Any

import pytest

KNOWN = json.loads((Path(__file__).resolve().parents[1] / "known-rows.json").read_text(encoding="utf-8"))

# A managed endpoint answers 424 where the model answers anything but 200.
REFUSED = (400, 424)


@pytest.mark.parametrize("known", KNOWN, ids=lambda known: str(known["answer"]))
def test_known_deliveries_take_as_long_as_they_should(endpoint: Any, known: dict[str, Any]) -> None:
    status, answer = endpoint.post(known["request"])
    assert status == 200, answer
    assert answer["minutes"] == pytest.approx(known["answer"]["minutes"], abs=known["tolerance"])


def test_a_request_without_rows_is_refused(endpoint: Any) -> None:
    status, answer = endpoint.post({"data": []})
    assert status in REFUSED, answer
