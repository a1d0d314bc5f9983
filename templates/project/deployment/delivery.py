"""What the model is asked, and where it lies: how many minutes a delivery takes. Replace it with your own question."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FEATURES = {"distance_km": (0, 50), "items": (1, 30), "rain": (0, 1)}
"""The columns that the model was trained on, in this order, each with the least and the most that it has seen."""

MOST_ROWS = 1000


class BadRequestError(ValueError):
    """What was asked cannot be answered; the message says why, for the one who asks."""


def rows_of(request: object) -> list[list[float]]:
    """The rows of a request, `{"data": [{"distance_km": 3.5, "items": 2, "rain": 0}]}`, as the model takes them."""
    data = request.get("data") if isinstance(request, Mapping) else None
    if not isinstance(data, list) or not 1 <= len(data) <= MOST_ROWS:
        message = f"`data` has to be a list of 1 to {MOST_ROWS} rows"
        raise BadRequestError(message)
    return [_row(number, row) for number, row in enumerate(data, start=1)]


def load_model() -> Any:
    """The model that Azure Machine Learning has put into the container."""
    import joblib

    folder = Path(os.environ["AZUREML_MODEL_DIR"])
    found = next(folder.rglob("model.joblib"), None)
    if found is None:
        message = f"{folder}: no model.joblib in it"
        raise FileNotFoundError(message)
    return joblib.load(found)


def _row(number: int, row: object) -> list[float]:
    if not isinstance(row, Mapping) or set(row) != set(FEATURES):
        message = f"row {number} has to have {', '.join(FEATURES)}, and nothing else"
        raise BadRequestError(message)
    return [_number(number, name, row[name]) for name in FEATURES]


def _number(row: int, name: str, value: object) -> float:
    least, most = FEATURES[name]
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        message = f"row {row}: {name} has to be a number from {least} to {most}"
        raise BadRequestError(message)
    return float(value)
