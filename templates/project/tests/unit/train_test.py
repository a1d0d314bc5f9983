"""The model itself, trained on the spot: needs training/requirements.txt."""

import importlib.util
import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

TOP = Path(__file__).resolve().parents[2]


def versions(name: str) -> set[str]:
    """The versions of scikit-learn that a file asks for."""
    return set(re.findall(r"scikit-learn==([\w.]+)", (TOP / name).read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def train() -> Any:
    """The training script."""
    pytest.importorskip("sklearn", reason="scikit-learn is not installed: pip install -r training/requirements.txt")
    spec = importlib.util.spec_from_file_location("train", TOP / "training" / "train.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    return script


def test_the_model_is_served_with_what_it_was_trained_with() -> None:
    (trained,) = versions("training/requirements.txt")
    served = sorted((TOP / "deployment").glob("*conda.yml"))
    assert served
    for path in served:
        assert versions(f"deployment/{path.name}") == {trained}


def test_the_trained_model_knows_the_known_rows(train: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    metrics = tmp_path / "metrics.json"
    monkeypatch.setattr(sys, "argv", ["train.py", "--output", str(tmp_path / "model"), "--metrics", str(metrics)])
    train.main()
    assert json.loads(metrics.read_text(encoding="utf-8"))["mean_absolute_error"] < train.WORST_ERROR
    monkeypatch.setenv("AZUREML_MODEL_DIR", str(tmp_path))
    from delivery import load_model, rows_of

    model = load_model()
    known = json.loads((TOP / "tests" / "known-rows.json").read_text(encoding="utf-8"))
    for each in known:
        answer = [float(minutes) for minutes in model.predict(rows_of(each["request"]))]
        assert answer == pytest.approx(each["answer"]["minutes"], abs=each["tolerance"])


def test_a_model_that_is_not_good_enough_is_not_written(
    train: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(train, "WORST_ERROR", 0.1)
    monkeypatch.setattr(sys, "argv", ["train.py", "--output", str(tmp_path / "model")])
    with pytest.raises(SystemExit, match="off by"):
        train.main()
    assert not (tmp_path / "model").exists()
