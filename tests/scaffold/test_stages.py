"""The stages of a project that `init` wrote, run for real: its tests ask its own scoring script, over HTTP."""

import csv
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

from azrelease import expand
from azrelease.rehearsal.azure import CommandAnswer, SimulatedAzureCLI
from azrelease.rehearsal.azure.hosting import DeploymentSpec, Host
from azrelease.rehearsal.azure.ml_v2 import V2Workspace
from azrelease.scaffold import Answers, compare, project_of_answers, write_missing
from support.agent import PYTEST, Agent, new_agent
from support.process import unmeasured
from support.yaml_text import safe_load

pytestmark = pytest.mark.no_cover

ROOT = "churn-training/model"
ANSWERS = {
    "name": "churn",
    "resource_group": "churn-rg",
    "workspace": "churn-ws",
    "service_connection": "churn-azure",
    "pipeline": "churn-training",
    "artifact": "model",
    "image": "ubuntu-24.04",
}


class Model:
    """Says what the deliveries of the training script take, and `wrong` minutes more."""

    wrong: ClassVar[float] = 0

    def predict(self, rows: list[list[float]]) -> list[float]:
        return [8 + 2.5 * distance + 1.5 * items + 6 * rain + self.wrong for distance, items, rain in rows]


class Scores(Host):
    """Scores the rows of files in a batch job, with the same model."""

    def score(self, deployment: DeploymentSpec, files: Sequence[Path]) -> list[str]:  # noqa: ARG002  (a protocol)
        """A line for each row of each file: its file, its number and the minutes."""
        lines = []
        for path in files:
            with path.open(encoding="utf-8", newline="") as file:
                rows = [[float(text) for text in row.values()] for row in csv.DictReader(file)]
            minutes = Model().predict(rows)
            lines += [f"{path.name},{number},{found:.2f}" for number, found in enumerate(minutes, start=1)]
        return lines


class Endpoint(BaseHTTPRequestHandler):
    """What Azure Machine Learning puts around a scoring script."""

    script: ClassVar[Any]

    def do_POST(self) -> None:
        assert self.headers["Authorization"].startswith("Bearer ")
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        answer = self.script.run(body)
        content = json.dumps(answer).encode()
        self.send_response(424 if "error" in answer else 200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@contextmanager
def serving(script: Path) -> Iterator[int]:
    spec = importlib.util.spec_from_file_location("written_score", script)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.LOADED["model"] = Model()
    handler = type("Handler", (Endpoint,), {"script": module})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(params=["managed", "kubernetes:small", "batch:big"])
def project(request: pytest.FixtureRequest) -> dict[str, str]:
    """The files of a project."""
    answers = Answers.model_validate({**ANSWERS, "staging": request.param, "production": request.param})
    return {file.path: file.content.decode() for file in project_of_answers(answers)}


@pytest.fixture
def agent(bash: str, tmp_path: Path, project: dict[str, str]) -> Iterator[Agent]:
    """An agent with the artifact, whose endpoint is served here."""
    az = SimulatedAzureCLI(v2=V2Workspace(host=Scores()))
    artifact = {f"{ROOT}/{path}": text for path, text in project.items() if path.count("/")}
    with new_agent(bash, tmp_path / "agent", artifact, az, pytest=PYTEST) as agent:
        # What the script for requirements runs: they are there.
        python = Path(agent.environment["PATH"].split(":")[0]) / "python"
        python.write_text("#!/bin/sh\n[ \"$1 $2 $3\" = '-m pip install' ]\n", encoding="utf-8")
        python.chmod(0o755)
        train(agent, expanded(project, "azure-pipelines.ci.yml", tmp_path / "project"))
        script = agent.workspace / ROOT / "deployment" / "score.py"
        if not script.exists():
            yield agent
            return
        with serving(script) as port:

            def answer(words: list[str], where: Path) -> CommandAnswer:
                code, out, err = az(words, where)
                return CommandAnswer(code, out.replace("http://127.0.0.1/", f"http://127.0.0.1:{port}/"), err)

            agent.listen(answer)
            yield agent


def expanded(project: dict[str, str], name: str, folder: Path) -> Any:
    """What the service makes of a pipeline of a project."""
    for path, text in project.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    found = expand(folder / name)
    assert found.errors == ()
    return found.pipeline


def train(agent: Agent, ci: dict[str, Any]) -> None:
    """What the CI pipeline does with Azure: it registers the model, and says which in the artifact."""
    model = agent.workspace / "outputs" / "model" / "model.joblib"
    model.parent.mkdir(parents=True, exist_ok=True)
    model.write_bytes(b"model")
    (steps,) = ([*job["steps"]] for stage in ci["stages"] for job in stage["jobs"])
    names = ("Install Azure CLI extension ml", "Register the model")
    steps = [step for step in steps if step["displayName"] in names or step["displayName"].startswith("Define")]
    done = agent.run_job(steps, {"Pipeline.Workspace": str(agent.workspace)}, {})
    assert done.failed is None, done.log
    (agent.workspace / "metadata").rename(agent.workspace / ROOT / "metadata")


def test_staging_and_production_deploy_and_are_tested(agent: Agent, project: dict[str, str]) -> None:
    pipeline = safe_load(project["azure-pipelines.yml"])
    for stage in ("staging", "production"):
        done = agent.run_stage(pipeline, stage)
        assert done.failed is None, done.log
        assert " passed" in done.log
        assert "skipped" not in done.log
    endpoints = {**agent.az.v2.endpoints, **agent.az.v2.batch_endpoints}
    assert set(endpoints) == {"churn-staging", "churn"}
    for endpoint in endpoints.values():
        (deployment,) = endpoint["deployments"].values()
        assert str(deployment["model"]).endswith("churn/versions/1") or "churn:1" in str(deployment["model"])


@pytest.mark.parametrize("project", ["managed"], indirect=True)
def test_a_model_that_answers_something_else_fails_its_stage(
    agent: Agent, project: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It answers, and with numbers: only that they are the wrong ones."""
    monkeypatch.setattr(Model, "wrong", 3)
    pipeline = safe_load(project["azure-pipelines.yml"])
    for stage in ("staging", "production"):
        done = agent.run_stage(pipeline, stage)
        assert done.failed is not None
        assert done.failed.startswith("Endpoint test")
        assert "3 failed" in done.log
    assert agent.az.v2.endpoints["churn"]["traffic"] in ({}, {"blue": 0})


def check_pull_request(bash: str, project: Path, staging: Path) -> dict[str, int]:
    """The exit code of each script of the check of pull requests, what it installs being there."""
    staging.mkdir()
    pipeline = safe_load((project / "azure-pipelines.check.yml").read_text(encoding="utf-8"))
    scripts = [step for step in pipeline["steps"] if "bash" in step and "pip install" not in step["bash"]]
    scripts = [step for step in scripts if step["displayName"] != "Rehearse staging"]  # tests/rehearsal does that
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    codes = {}
    for step in scripts:
        env = {k: v.replace("$(Build.ArtifactStagingDirectory)", str(staging)) for k, v in step.get("env", {}).items()}
        done = subprocess.run(
            [bash, "--noprofile", "--norc", "-c", step["bash"]],
            cwd=project,
            env={**unmeasured(), "PATH": path, "PYTHONPATH": os.pathsep.join(sys.path), **env},
            capture_output=True,
            check=False,
        )
        codes[step["displayName"]] = done.returncode
    return codes


def test_the_check_of_pull_requests_passes_and_fails_as_it_should(bash: str, tmp_path: Path) -> None:
    if shutil.which("azrelease", path=str(Path(sys.executable).parent)) is None:
        pytest.skip("azrelease is not installed as a program")
    folder = tmp_path / "project"
    answers = Answers.model_validate({**ANSWERS, "staging": "managed", "production": "managed"})
    write_missing(compare(project_of_answers(answers), folder))
    right = check_pull_request(bash, folder, tmp_path / "right")
    assert len(right) == 4
    assert set(right.values()) == {0}
    release = folder / "release.yml"
    text = release.read_text(encoding="utf-8")
    release.write_text(text.replace("    trigger: manual", "    # trigger: manual"), encoding="utf-8")
    wrong = check_pull_request(bash, folder, tmp_path / "wrong")
    assert [name for name, code in wrong.items() if code] == [
        "The pipeline is what the release says",
        "Findings, as annotations",
    ]
    (run,) = json.loads((tmp_path / "wrong" / "azrelease.sarif").read_text(encoding="utf-8"))["runs"]
    assert "AZR601" in {result["ruleId"] for result in run["results"]}
