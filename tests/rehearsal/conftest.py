"""What tests of rehearsals share: where models are served, and programs on the path."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.process import CliHere

ROOT = Path(__file__).parent.parent.parent
SERVER = "AZRELEASE_TEST_SERVER_PYTHON"


@pytest.fixture(scope="session")
def server_python() -> str:
    """A Python that has the inference server and scikit-learn: its requirements do not go with those of other tests."""
    found = os.environ.get(SERVER)
    if not found:
        pytest.skip(f"no Python with azureml-inference-server-http and scikit-learn: {SERVER} names one")
    return found


@pytest.fixture(scope="session")
def insurance_model(server_python: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The model of the insurance samples, trained."""
    folder = tmp_path_factory.mktemp("trained") / "model"
    subprocess.run([server_python, str(ROOT / "samples" / "train_insurance.py"), str(folder)], check=True)
    return folder


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[CliHere]:
    """The command line in an empty folder; rehearsals find pytest and Python of this environment."""
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", None)
    yield CliHere(tmp_path)
    assert list((tmp_path / "tmp").glob("azrelease-rehearsal-*")) == []
