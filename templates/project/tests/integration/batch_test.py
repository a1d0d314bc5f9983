"""Whether the batch job has scored tests/batch/ as it should: jobs go to a deployment by default only then."""

import csv
import json
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
KNOWN = json.loads((TESTS / "known-rows.json").read_text(encoding="utf-8"))


def scored(predictions: list[list[str]]) -> dict[tuple[str, int], float]:
    """The minutes by file and row, as batch_score.py writes them."""
    return {(file, int(row)): float(minutes) for file, row, minutes in predictions}


def inputs() -> dict[tuple[str, int], dict[str, float]]:
    """What was scored, by file and row."""
    found = {}
    for path in sorted((TESTS / "batch").glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            for number, row in enumerate(csv.DictReader(file), start=1):
                found[path.name, number] = {name: float(text) for name, text in row.items()}
    return found


def test_each_row_is_scored_once(predictions: list[list[str]]) -> None:
    assert sorted((file, int(row)) for file, row, _ in predictions) == sorted(inputs())


def test_known_deliveries_take_as_long_as_they_should(predictions: list[list[str]]) -> None:
    minutes, compared = scored(predictions), 0
    for known in KNOWN:
        (row,), (expected,) = known["request"]["data"], known["answer"]["minutes"]
        for place, given in inputs().items():
            if given == row:
                assert minutes[place] == pytest.approx(expected, abs=known["tolerance"]), place
                compared += 1
    assert compared, "no row of tests/batch/ is in known-rows.json: nothing was compared"
