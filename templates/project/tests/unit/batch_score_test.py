"""The scoring script of batch jobs, asked without a job and with a stand-in for the model."""

import importlib.util
from pathlib import Path
from typing import Any

import pytest

TOP = Path(__file__).resolve().parents[2]


class Model:
    """Knows what the deliveries of training/train.py take, without having learnt it."""

    def predict(self, rows: list[list[float]]) -> list[float]:
        return [8 + 2.5 * distance + 1.5 * items + 6 * rain for distance, items, rain in rows]


@pytest.fixture
def score() -> Any:
    """The scoring script with the model."""
    spec = importlib.util.spec_from_file_location("batch_score", TOP / "deployment" / "batch_score.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    script.LOADED["model"] = Model()
    return script


def test_each_row_of_each_file_gets_a_line(score: Any) -> None:
    path = TOP / "tests" / "batch" / "deliveries.csv"
    lines = ["deliveries.csv,1,14.50", "deliveries.csv,2,39.00", "deliveries.csv,3,45.00"]
    assert score.run([str(path), str(path)]) == [*lines, *lines]


@pytest.mark.parametrize("row", ["1.0,2", "1.0,two,0", "-1.0,2,0", "1.0,2,0,3"])
def test_a_row_that_makes_no_sense_fails_its_file(score: Any, tmp_path: Path, row: str) -> None:
    path = tmp_path / "wrong.csv"
    path.write_text(f"distance_km,items,rain\n1.0,2,0\n{row}\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"wrong\.csv, data row 2"):
        score.run([str(path)])
