"""The samples are rehearsed with a real model on a real inference server; bad models are stopped."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from support.process import CliHere
from support.thorough import THOROUGH, some_of

SAMPLES = Path(__file__).parent.parent.parent / "samples"
# What the pipeline installs comes from a registry: only a thorough run waits for it.
STEPS = ("UsePythonVersion", "InstallRequirements")


def without_slow_steps(text: str) -> str:
    """A release without its own Python and requirements: the tests find pytest in this environment."""
    if THOROUGH:
        return text
    lines, left_out = [], False
    for line in text.splitlines():
        if line.startswith("      - task:"):
            left_out = any(line.endswith(f"task: {name}") for name in STEPS)
        elif not line.startswith("        "):
            left_out = False
        if not left_out:
            lines.append(line)
    return "\n".join(lines) + "\n"


@pytest.fixture
def managed(cli: CliHere, insurance_model: Path) -> CliHere:
    """The sample with blue-green, and its artifact with a model in it."""
    text = (SAMPLES / "insurance-managed" / "release.yml").read_text(encoding="utf-8")
    text = text.replace("steps: [10, 50, 100]\n      pause: 10 minutes", "steps: [50, 100]\n      pause: 10 minutes")
    cli.write("release.yml", without_slow_steps(text))
    shutil.copytree(SAMPLES / "insurance-managed" / "artifact", cli.folder / "good")
    shutil.copytree(insurance_model, cli.folder / "good" / "model")
    assert cli("render").code == 0
    return cli


def rehearsed(cli: CliHere, *arguments: str) -> dict[str, Any]:
    done = cli("rehearse", "--format", "json", *arguments)
    assert done.err == "", done.err
    told: dict[str, Any] = json.loads(done.out)
    assert done.code == (0 if told["succeeded"] else 1)
    return told


def errors(told: dict[str, Any]) -> str:
    return "\n".join(remark["text"] for remark in told["remarks"] if remark["severity"] == "error")


def test_cli_v1_staging_scores(cli: CliHere, server_python: str, insurance_model: Path) -> None:
    text = (SAMPLES / "insurance" / "release.yml").read_text(encoding="utf-8")
    cli.write("release.yml", without_slow_steps(text))
    artifact = str(SAMPLES / "insurance" / "artifact")
    told = rehearsed(
        cli, "release.yml", "--artifact", artifact, "--model", str(insurance_model), "--python", server_python
    )
    assert told["succeeded"], errors(told)
    assert [test["result"] for test in told["tests"]] == ["passed", "passed"]
    assert [asked["status"] for asked in told["requests"]] == [200, 200]
    assert json.loads(told["requests"][0]["answer"])["costs"][0] == pytest.approx(880, abs=30)
    assert "s/tests/integration/prod_test.py" in told["unused"]
    assert {"s/deployment/score.py", "s/deployment/conda.yml", "s/metadata/model.json"} <= set(told["used"])


def test_staging_scores_and_blue_green_rolls_forward(managed: CliHere, server_python: str) -> None:
    told = rehearsed(managed, "--artifact", "good", "--python", server_python)
    assert told["succeeded"], errors(told)
    assert told["traffic"] == {"insurance-staging": "blue 100 %"}
    told = rehearsed(managed, "--artifact", "good", "--in-service", "good", "--python", server_python)
    assert told["succeeded"], errors(told)
    assert told["traffic"] == {"insurance-staging": "green 100 %"}
    assert {asked["deployment"] for asked in told["requests"]} == {"green"}


BAD = {
    "wrong values": ('"costs": [round(float(cost), 2)', '"costs": [round(-float(cost), 2)', "test_a_claim_costs"),
    "init raises": ('MODEL["model"] = joblib', "raise RuntimeError('no such weights')\n    MODEL[\"model\"] = joblib", "`init()` raises: RuntimeError: no such weights"),
    "crashes on the second request": (
        "def run(raw):",
        "SEEN = []\n\n\ndef run(raw):\n    SEEN.append(raw)\n    if len(SEEN) > 1:\n        os._exit(1)",
        "crashed during a request: 502",
    ),
    "slow": ("def run(raw):", "def run(raw):\n    import time; time.sleep(6)", "took longer than 5 s to answer: 408"),
}  # fmt: skip


@pytest.mark.parametrize("name", some_of(list(BAD), 1, 0))
def test_a_bad_model_is_stopped_and_the_traffic_goes_back(managed: CliHere, server_python: str, name: str) -> None:
    old, new, said = BAD[name]
    shutil.copytree(managed.folder / "good", managed.folder / "bad")
    script = managed.folder / "bad" / "deployment" / "score.py"
    text = script.read_text(encoding="utf-8")
    assert old in text
    script.write_text(text.replace(old, new), encoding="utf-8")
    told = rehearsed(managed, "--artifact", "bad", "--in-service", "good", "--python", server_python)
    assert not told["succeeded"]
    assert told["traffic"] == {"insurance-staging": "blue 100 %"}
    assert said in errors(told) + json.dumps(told["tests"])


def test_without_its_files_a_model_is_what_is_missed(cli: CliHere, server_python: str) -> None:
    """And not what the scoring script raises when it finds none."""
    text = (SAMPLES / "insurance" / "release.yml").read_text(encoding="utf-8")
    cli.write("release.yml", without_slow_steps(text))
    artifact = str(SAMPLES / "insurance" / "artifact")
    told = rehearsed(cli, "release.yml", "--artifact", artifact, "--python", server_python)
    assert not told["succeeded"]
    assert "there are no files of the model" in errors(told)
    assert "name them with --model" in errors(told)
    assert "StopIteration" not in errors(told)


def test_a_request_that_is_refused_on_purpose_is_no_error_of_a_step_that_fails_for_another_reason(
    managed: CliHere, server_python: str
) -> None:
    shutil.copytree(managed.folder / "good", managed.folder / "picky")
    script = managed.folder / "picky" / "deployment" / "score.py"
    text = script.read_text(encoding="utf-8")
    refusal = (
        "def run(raw):\n    from azureml_inference_server_http.api.aml_response import AMLResponse\n"
        "    if 'nonsense' in str(raw):\n        return AMLResponse({'error': 'no such claim'}, 400, json_str=True)"
    )
    script.write_text(text.replace("def run(raw):", refusal), encoding="utf-8")
    test = managed.folder / "picky" / "tests" / "integration" / "staging_test.py"
    test.write_text(
        "import urllib.error\n\nimport pytest\n\n\ndef test_nonsense_is_refused(ask):\n"
        "    with pytest.raises(urllib.error.HTTPError):\n        ask('nonsense')\n\n\n"
        "def test_fails():\n    raise AssertionError('for another reason')\n",
        encoding="utf-8",
    )
    told = rehearsed(managed, "--artifact", "picky", "--python", server_python)
    assert {test["name"].rpartition("::")[2]: test["result"] for test in told["tests"]} == {
        "test_nonsense_is_refused": "passed",
        "test_fails": "failed",
    }
    said = [remark for remark in told["remarks"] if "answered 400" in remark["text"]]
    assert [remark["severity"] for remark in said] == ["info"]


def test_the_version_in_service_has_a_model_of_its_own(managed: CliHere, server_python: str) -> None:
    """Or a new model that is bad would be taken for the old one."""
    shutil.move(managed.folder / "good" / "model", managed.folder / "old-model")
    (managed.folder / "new-model").mkdir()
    (managed.folder / "new-model" / "model.joblib").write_bytes(b"broken")
    given = ("--artifact", "good", "--model", "new-model", "--in-service", "good", "--python", server_python)
    refused = managed("rehearse", *given)
    assert refused.code == 2
    assert "name the model of the version in service with --in-service-model" in refused.err
    told = rehearsed(managed, *given, "--in-service-model", "old-model")
    assert not told["succeeded"]
    assert told["traffic"] == {"insurance-staging": "blue 100 %"}
    assert "the version in service fails itself" not in errors(told)
    alone = managed("rehearse", "--artifact", "good", "--in-service-model", "old-model")
    assert alone.code == 2
    assert "--in-service-model requires --in-service" in alone.err
