"""Trains the small model that the insurance samples release, from made-up claims; needs scikit-learn.

python samples/train_insurance.py FOLDER    writes FOLDER/insurance.joblib
"""

import sys
from pathlib import Path

import joblib
import numpy as np
from sklearn.linear_model import LinearRegression

BASE, OF_AGE, OF_BMI, OF_SMOKERS = 200.0, 12.0, 8.0, 900.0


def train() -> LinearRegression:
    """What a claim costs, by age, body mass index, and whether somebody smokes."""
    numbers = np.random.default_rng(seed=3)
    count = 500
    age, bmi = numbers.uniform(18, 80, count), numbers.uniform(16, 45, count)
    smokes = numbers.integers(0, 1, count, endpoint=True)
    cost = BASE + OF_AGE * age + OF_BMI * bmi + OF_SMOKERS * smokes + numbers.normal(0, 20, count)
    return LinearRegression().fit(np.column_stack([age, bmi, smokes]), cost)


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    joblib.dump(train(), folder / "insurance.joblib")
