"""A batch job scores its files in a rehearsal, and its results are tested before the default moves."""

import json
import sys
from typing import Any

import pytest

from support.process import CliHere
from support.rehearsals import errors_of

RELEASE = """\
name: claims
artifact: {pipeline: claims-training, name: model}
workspace: {resource_group: rg, name: ws, service_connection: azure}
stages:
  - name: staging
    endpoint: claims-staging
    target: {type: batch, compute: cpu}
    rollout: blue_green
    lock: sequential
    tasks:
      - task: InstallAzureCLIExtension
      - task: BatchEndpoint
      - task: BatchDeployment
        model_metadata: metadata/model.json
        definition:
          code_configuration: {code: deployment, scoring_script: score.py}
          environment: azureml:scoring@latest
      - task: BatchInvoke
      - task: BatchTest
      - task: PublishTestResults
"""
SCORE = """\
import os
from pathlib import Path


def init():
    assert Path(os.environ["AZUREML_MODEL_DIR"]).is_dir()
    print("ready")


def run(files):
    return [f"{Path(path).name},{2 * int(Path(path).read_text())}" for path in files]
"""
TEST = """\
from pathlib import Path


def test_each_number_is_doubled(request):
    (file,) = Path(request.config.getoption("--predictions")).iterdir()
    assert file.read_text().splitlines() == ["a.csv,2", "b.csv,4"]
"""


def rehearsed(cli: CliHere, script: str) -> dict[str, Any]:
    cli.write("release.yml", RELEASE)
    files = {
        "deployment/score.py": script,
        "metadata/model.json": '{"name": "claims", "version": "1"}',
        "tests/batch/a.csv": "1\n",
        "tests/batch/b.csv": "2\n",
        "tests/integration/conftest.py": "def pytest_addoption(parser):\n    parser.addoption('--predictions')\n",
        "tests/integration/staging_test.py": TEST,
        "model/weights": "",
    }
    for name, text in files.items():
        cli.write(f"artifact/{name}", text)
    arguments = ("--artifact", "artifact", "--model", "artifact/model", "--python", sys.executable)
    done = cli("rehearse", "release.yml", *arguments, "--format", "json")
    told: dict[str, Any] = json.loads(done.out)
    return told


def test_a_batch_job_scores_its_files(cli: CliHere) -> None:
    told = rehearsed(cli, SCORE)
    assert told["succeeded"], errors_of(told)
    assert [test["result"] for test in told["tests"]] == ["passed"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("2 * int", "3 * int", "test_each_number_is_doubled"),
        ('print("ready")', 'raise RuntimeError("no such weights")', "did not complete"),
        ("return [", "return 1 / 0 or [", "did not complete"),
    ],
)
def test_a_bad_model_is_stopped(cli: CliHere, old: str, new: str, said: str) -> None:
    assert old in SCORE
    told = rehearsed(cli, SCORE.replace(old, new))
    assert not told["succeeded"]
    steps = [step for stage in told["stages"] for job in stage["jobs"] for step in job["steps"]]
    assert "Make the new deployment the default" not in [
        step["title"] for step in steps if step["result"] == "succeeded"
    ]
    assert said in json.dumps(told)
