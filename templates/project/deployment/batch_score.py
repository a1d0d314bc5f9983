"""Scores files of a batch job: init() is called once in each process, run() for each handful of files."""

import csv
import sys
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).resolve().parent))

from delivery import BadRequestError, load_model, rows_of

LOADED: dict[str, Any] = {}


def init() -> None:
    """Load the model, once."""
    LOADED["model"] = load_model()


def run(mini_batch: list[str]) -> list[str]:
    """A line `file,row,minutes` for each row of the CSV files. A row that cannot be scored fails its file."""
    return [line for path in mini_batch for line in _lines(Path(path))]


def _lines(path: Path) -> list[str]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        data = [{name: _number(text) for name, text in row.items()} for row in csv.DictReader(file)]
    lines = []
    for number, row in enumerate(data, start=1):
        try:
            (minutes,) = LOADED["model"].predict(rows_of({"data": [row]}))
        except BadRequestError as problem:
            message = f"{path.name}, data row {number}: {problem}"
            raise BadRequestError(message) from None
        lines.append(f"{path.name},{number},{float(minutes):.2f}")
    return lines


def _number(text: object) -> object:
    try:
        return float(str(text))
    except ValueError:
        return text
