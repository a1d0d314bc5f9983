"""Trains the model that says how many minutes a delivery takes, and refuses to write one that is not good enough.

The deliveries are made up, so that the whole way from here to production can be gone before there are real ones:
replace deliveries() by reading your data.
"""

import argparse
import json
import sys
from pathlib import Path

import joblib
import numpy as np
from sklearn.linear_model import LinearRegression
from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import train_test_split

sys.path.append(str(Path(__file__).resolve().parents[1] / "deployment"))

from delivery import FEATURES

WORST_ERROR = 2.0
"""Minutes; the mean absolute error that a model may have."""


def deliveries(count: int = 4000) -> tuple[np.ndarray, np.ndarray]:
    """Deliveries, a row for each with the columns of FEATURES, and the minutes that they took.

    They take 8 minutes, 2.5 for each kilometre, 1.5 for each item and 6 when it rains; give or take 1.5.
    """
    numbers = np.random.default_rng(seed=7)
    columns = {
        "distance_km": numbers.uniform(*FEATURES["distance_km"], count),
        "items": numbers.integers(*FEATURES["items"], count, endpoint=True),
        "rain": numbers.integers(*FEATURES["rain"], count, endpoint=True),
    }
    rows = np.column_stack([columns[name] for name in FEATURES])
    usual = 8 + 2.5 * columns["distance_km"] + 1.5 * columns["items"] + 6 * columns["rain"]
    return rows, usual + numbers.normal(0, 1.5, count)


def train() -> tuple[LinearRegression, dict[str, float]]:
    """A model, and how good it is on deliveries that it has not seen."""
    rows, minutes = deliveries()
    train_rows, test_rows, train_minutes, test_minutes = train_test_split(rows, minutes, random_state=7)
    model = LinearRegression().fit(train_rows, train_minutes)
    error = mean_absolute_error(test_minutes, model.predict(test_rows))
    return model, {"mean_absolute_error": round(float(error), 4)}


def main() -> None:
    """Write the model and its metrics."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=Path("outputs/model"), help="folder for the model")
    parser.add_argument("--metrics", type=Path, default=Path("metadata/metrics.json"), help="file for the metrics")
    given = parser.parse_args()
    model, metrics = train()
    if metrics["mean_absolute_error"] > WORST_ERROR:
        sys.exit(f"the model is off by {metrics['mean_absolute_error']} minutes; {WORST_ERROR} is the most")
    given.output.mkdir(parents=True, exist_ok=True)
    given.metrics.parent.mkdir(parents=True, exist_ok=True)
    joblib.dump(model, given.output / "model.joblib")
    given.metrics.write_text(json.dumps(metrics) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
