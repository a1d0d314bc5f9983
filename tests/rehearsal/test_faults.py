"""Twelve mistakes that people make: each is found, by name, before Azure sees it."""

import json
import os
import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from support.process import CliHere, Result
from support.rehearsals import JOIN, RELEASE, SAMPLE
from support.thorough import some_of


def edit(path: str, old: str, new: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        place = folder / path
        text = place.read_text(encoding="utf-8")
        assert old in text, (path, text)
        place.write_text(text.replace(old, new), encoding="utf-8")

    return change


def remove(path: str) -> Callable[[Path], None]:
    return lambda folder: (folder / path).unlink()


def script(text: str) -> Callable[[Path], None]:
    """A task of the user's before the test."""
    return edit("release.yml", JOIN, f"      - task: Bash\n        script: {text}\n{JOIN}")


PIPELINE, DEPLOYMENT = "azure-pipelines.yml", "artifact/deployment/deployment.yml"
FAULTS: dict[str, tuple[Callable[[Path], None], str]] = {
    "wrong model path": (
        edit("artifact/deployment/score.py", "insurance.joblib", "other.joblib"),
        "`score.py`: `init()` raises: StopIteration",
    ),
    "missing conda file": (remove("artifact/deployment/conda.yml"), "conda.yml: no such file or folder in deployment"),
    "wrong entry script": (
        edit(DEPLOYMENT, "scoring_script: score.py", "scoring_script: scor.py"),
        "./scor.py: no such file or folder in deployment",
    ),
    "test not in the artifact": (remove("artifact/tests/integration/staging_test.py"), "file or directory not found: staging_test.py"),
    "results off the pattern": (
        edit(PIPELINE, "**/test-*.xml", "**/result-*.xml"),
        "test results were written to $(Pipeline.Workspace)/churn-training/model/tests/integration/junit/test-results.xml",
    ),
    "undefined variable": (script("echo $(modelVersion)"), "`$(modelVersion)` stands for nothing"),
    "bad JSON from the script": (
        edit(
            "artifact/deployment/score.py",
            '[round(float(cost), 2) for cost in MODEL["model"].predict(rows)]',
            'MODEL["model"].predict(rows)',
        ),
        "is not JSON serializable",
    ),
    "missing requirement": (edit("artifact/deployment/conda.yml", "scikit-learn, ", ""), "conda.yml does not ask for it"),
    "argument misspelt": (
        edit(PIPELINE, "--name churn-staging --file", "--nam churn-staging --fille"),
        "has no argument `--fille`",
    ),
    "missing key": (edit(PIPELINE, '--scorekey "$key"', ""), "a request to `churn-staging` has no key: refused with 401"),
    "no such working folder": (
        edit(PIPELINE, "churn-training/model/tests/integration", "churn-training/model/test/integration"),
        "the working folder $(Pipeline.Workspace)/churn-training/model/test/integration is not there",
    ),
    "output under a wrong name": (script("echo $(deploy.endpointName)"), "`$(deploy.endpointName)` stands for nothing"),
}  # fmt: skip


@pytest.fixture
def project(cli: CliHere, insurance_model: Path) -> CliHere:
    cli.write("release.yml", RELEASE)
    shutil.copytree(SAMPLE, cli.folder / "artifact")
    shutil.copytree(insurance_model, cli.folder / "artifact" / "model")
    production = cli.folder / "artifact" / "deployment" / "production.yml"
    production.rename(production.with_name("deployment.yml"))
    assert cli("render").code == 0
    return cli


def remarks(done: Result) -> str:
    return "\n".join(remark["text"] for remark in json.loads(done.out)["remarks"])


def rehearse(project: CliHere, server_python: str, *arguments: str) -> Result:
    return project(
        "rehearse", PIPELINE, "--artifact", "artifact", "--python", server_python, "--format", "json", *arguments
    )


@pytest.mark.parametrize("name", some_of(list(FAULTS), 3, 0))
def test_a_mistake_is_named(project: CliHere, server_python: str, name: str) -> None:
    change, said = FAULTS[name]
    change(project.folder)
    if (project.folder / PIPELINE).read_text(encoding="utf-8").startswith("#"):
        project("render")
    done = rehearse(project, server_python)
    told = json.loads(done.out)
    assert done.code == 1
    assert any(said in remark["text"] for remark in told["remarks"]), json.dumps(told["remarks"], indent=1)


def test_a_server_that_is_not_healthy_in_time_is_ended(project: CliHere, server_python: str) -> None:
    edit("artifact/deployment/score.py", "def init():", "def init():\n    import time; time.sleep(60)")(project.folder)
    done = rehearse(project, server_python, "--patience", "3")
    assert done.code == 1
    assert "is not healthy after 3 s: `init()` takes too long" in remarks(done)


def test_a_port_that_is_taken_is_named(project: CliHere, server_python: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        opened = f"socket.create_server(('127.0.0.1', {taken.getsockname()[1]}))"
        edit("artifact/deployment/score.py", "def init():", f"def init():\n    import socket; {opened}")(project.folder)
        done = rehearse(project, server_python)
    assert done.code == 1
    assert "`init()` raises: OSError: " in remarks(done)
    assert "Address already in use" in remarks(done)


def test_without_a_mistake_nothing_is_said(project: CliHere, server_python: str) -> None:
    # A relative path, which leads elsewhere from the folder that the server runs in.
    done = rehearse(project, os.path.relpath(server_python, project.folder))
    told = json.loads(done.out)
    assert (done.code, told["remarks"]) == (0, [])
