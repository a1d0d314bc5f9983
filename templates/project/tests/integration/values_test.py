"""Whether the model answers what it should: the requests and answers of known-rows.json, which lies in this folder.

An entry is `{"request": …, "answer": …, "tolerance": 0.01}`; numbers may be off by the tolerance.
"""

import json
from pathlib import Path
from typing import Any

KNOWN = json.loads(Path(__file__).with_name("known-rows.json").read_text(encoding="utf-8"))


def same(answer: Any, expected: Any, tolerance: float) -> bool:
    """Whether an answer is the expected one, its numbers within the tolerance."""
    if isinstance(expected, dict):
        fits = isinstance(answer, dict) and answer.keys() == expected.keys()
        return fits and all(same(answer[key], expected[key], tolerance) for key in expected)
    if isinstance(expected, list):
        fits = isinstance(answer, list) and len(answer) == len(expected)
        return fits and all(same(*pair, tolerance) for pair in zip(answer, expected, strict=True))
    if isinstance(expected, int | float) and not isinstance(expected, bool):
        return isinstance(answer, int | float) and abs(answer - expected) <= tolerance
    return bool(answer == expected)


def test_known_rows_get_the_answers_that_they_should(endpoint: Any) -> None:
    assert KNOWN, "write requests and their right answers into known-rows.json: without any, nothing is tested"
    for known in KNOWN:
        status, answer = endpoint.post(known["request"])
        assert status == 200, answer
        assert same(answer, known["answer"], known.get("tolerance", 0)), (known["request"], answer)
