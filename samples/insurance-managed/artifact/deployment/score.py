"""Answers what claims cost: `{"data": [[age, bmi, smokes], …]}` gets `{"costs": […]}`."""

import json
import os
from pathlib import Path

import joblib

MODEL = {}


def init():
    """Load the model that Azure Machine Learning has put into the container."""
    folder = Path(os.environ["AZUREML_MODEL_DIR"])
    MODEL["model"] = joblib.load(next(folder.rglob("insurance.joblib")))


def run(raw):
    """The cost of each claim that is asked about."""
    rows = json.loads(raw)["data"]
    return {"costs": [round(float(cost), 2) for cost in MODEL["model"].predict(rows)]}
