"""Scripts and plain tasks become typed ones only where the same is done."""

from datetime import date
from typing import Any

import pytest

from azrelease.classic import import_definition
from azrelease.release import dump
from support.yaml_text import safe_load

CLI = "46e4be58-730b-4389-8a2f-ea10b3e5e815"
ROOT = "$(System.DefaultWorkingDirectory)/_ci/landing"


def tasks(*given: dict[str, Any], variables: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    phase = {
        "phaseType": 1,
        "deploymentInput": {"agentSpecification": {"identifier": "ubuntu-24.04"}},
        "workflowTasks": list(given),
    }
    stage = {"name": "Dev", "conditions": [{"conditionType": 1, "name": "ReleaseStarted"}], "deployPhases": [phase]}
    reference = {"definition": {"id": "1", "name": "ci"}}
    artifact = {"type": "Build", "alias": "_ci", "isPrimary": True, "definitionReference": reference}
    data = {"name": "r", "environments": [stage], "artifacts": [artifact], "variables": variables or {}}
    made = import_definition(data, today=date(2026, 11, 25))
    assert made.release is not None, made.problems
    found: list[dict[str, Any]] = safe_load(dump(made.release, brief=True))["stages"][0]["tasks"]
    return found


def cli(script: str, folder: str = f"{ROOT}/deployment", **more: str) -> dict[str, Any]:
    inputs = {"connectedServiceNameARM": "azure", "scriptType": "bash", "scriptLocation": "inlineScript",
              "inlineScript": script, "cwd": folder, **more}  # fmt: skip
    return {"taskId": CLI, "version": "2.*", "name": "x", "inputs": inputs}


DEPLOY = "az ml model deploy -g $(rg) -w $(ws) -n svc"
DEPLOYED = {"task": "ModelDeploy", "display_name": "x", "model_metadata": ["metadata/model.json"],
            "inference_config": "deployment/inference.yml", "deployment_config": "deployment/aci.yml"}  # fmt: skip


@pytest.mark.parametrize(
    "script",
    [
        f"{DEPLOY} -f ../metadata/model.json --dc aci.yml --ic inference.yml --overwrite",
        f"{DEPLOY} --overwrite --ic=inference.yml --dc aci.yml --model-metadata-file ../metadata/model.json",
        "az ml model deploy --name svc --workspace-name $(ws) --ic inference.yml \\\n  --dc 'aci.yml' --overwrite \\\n"
        '  -f "../metadata/model.json" --resource-group "$(rg)"\n',
        f"set -euo pipefail\n# deploys the model\n{DEPLOY} -f ../metadata/model.json --dc aci.yml --ic inference.yml --overwrite",
        f"{DEPLOY} --inference-config-f inference.yml -f ../metadata/model.json --dc aci.yml --overwrite",
    ],
)
def test_a_deployment_is_one_in_any_order_and_spelling(script: str) -> None:
    (found,) = tasks(cli(script))
    assert found == DEPLOYED


@pytest.mark.parametrize(
    ("script", "more"),
    [
        ("-m churn:3 --ic inference.yml", {"model": ["churn:3"], "overwrite": False}),
        ("-m a:1 -m b:2 --ic inference.yml --overwrite -v", {"model": ["a:1", "b:2"], "verbose": True}),
        ("-m a:1 --ic inference.yml --overwrite --no-wait --cpu-cores 0.5 --tag a=b", {"no_wait": True, "cpu_cores": "0.5", "tags": {"a": "b"}}),
        ("-m a:1 --ic inference.yml --overwrite --ct aks", {"compute_target": "aks"}),
    ],
)  # fmt: skip
def test_arguments_of_a_deployment(script: str, more: dict[str, Any]) -> None:
    (found,) = tasks(cli(f"{DEPLOY} {script}"))
    assert (
        found
        == {"task": "ModelDeploy", "display_name": "x", "inference_config": "deployment/inference.yml"} | found | more
    )
    assert found["task"] == "ModelDeploy"


@pytest.mark.parametrize(
    "script",
    [
        f"{DEPLOY} -m a:1 --ic inference.yml | tee log",
        f"{DEPLOY} -m a:1 --ic inference.yml || true",
        f"{DEPLOY} -m a:1 --ic inference.yml; echo done",
        f"{DEPLOY} -m a:1 --ic inference.yml\naz ml service list",
        f"{DEPLOY} -m a:1 --ic $FILE",
        f"{DEPLOY} -m a:1 --ic inference.yml --unheard-of x",
        f"{DEPLOY} -m a:1 --ic inference.yml -g other",
        f"{DEPLOY} -m a:1 --ic 'unclosed",
        "az ml model deploy -n svc -m a:1 --ic inference.yml",
        f"{DEPLOY} --ic inference.yml",
        f"cd x && {DEPLOY} -m a:1 --ic inference.yml",
        f'if [[ -z "$SKIP" ]]; then\n  az group delete -n old --yes\nfi\n{DEPLOY} -m a:1 --ic inference.yml',
        f"# first we deploy \\\n{DEPLOY} -m a:1 --ic inference.yml\naz extension add -n ml",
        f"{DEPLOY} -m $(models) --ic inference.yml",
    ],
)
def test_a_script_that_says_more_stays_a_script(script: str) -> None:
    (found,) = tasks(cli(script))
    assert found["task"] == "AzureCLI"
    assert found["script"] == script


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("az extension add -n azure-cli-ml", {"extension": "azure-cli-ml"}),
        (
            "az extension add --name ml --version 2.1.0 -y --upgrade",
            {"extension": "ml", "version": "2.1.0", "upgrade": True},
        ),
    ],
)
def test_an_extension(script: str, expected: dict[str, Any]) -> None:
    (found,) = tasks(cli(script, ""))
    assert found == {"task": "InstallAzureCLIExtension", "display_name": "x", "service_connection": "azure", **expected}


@pytest.mark.parametrize(
    "script",
    [
        "az extension add --source x.whl",
        "az extension add -n",
        "az extension add -n a -n b",
        "az extension add -n a --debug",
    ],
)
def test_another_way_to_add_an_extension_stays_a_script(script: str) -> None:
    assert tasks(cli(script, ""))[0]["task"] == "AzureCLI"


SHOW = "$(az ml service show -g $(rg) -w $(ws) -n svc --query scoringUri -o tsv)"
KEYS = "$(az ml service get-keys -n svc -w $(ws) -g $(rg) -o tsv --query primaryKey)"
TESTS = f"{ROOT}/tests/integration"


@pytest.mark.parametrize(
    ("script", "more"),
    [
        (f"pytest a_test.py --doctest-modules --junitxml=junit/test-results.xml --scoreurl {SHOW}", {}),
        (f"pytest --scoreurl={SHOW} a_test.py --doctest-modules --junit-xml=junit/test-results.xml", {}),
        (f"pytest a_test.py --junitxml=out/r.xml -x --scoreurl {SHOW}", {"junit": "out/r.xml", "arguments": ["-x"]}),
        (
            f'pytest a_test.py --doctest-modules --junitxml=junit/test-results.xml --scoreurl "{SHOW}" --scorekey "{KEYS}"',
            {"auth": "key"},
        ),
    ],
)
def test_a_test_of_the_endpoint(script: str, more: dict[str, Any]) -> None:
    (found,) = tasks(cli(script, TESTS))
    assert found == {"task": "EndpointTest", "display_name": "x", "script": "tests/integration/a_test.py", **more}


@pytest.mark.parametrize(
    "script",
    [
        f"pytest a_test.py --scoreurl {SHOW}",
        f"pytest a_test.py b_test.py --junitxml=r.xml --scoreurl {SHOW}",
        f"pytest tests/a_test.py --junitxml=r.xml --scoreurl {SHOW}",
        f"pytest a_test.py::test_x --junitxml=r.xml --scoreurl {SHOW}",
        f"python -m pytest a_test.py --junitxml=r.xml --scoreurl {SHOW}",
        f"pytest a_test.py --junitxml=r.xml --scoreurl {SHOW}/score",
        f"pytest a_test.py --junitxml=r.xml --scoreurl {SHOW.replace('scoringUri', 'swaggerUri')}",
        f"pytest a_test.py --junitxml=r.xml --scoreurl {SHOW.replace('-o tsv', '')}",
        f"pytest a_test.py --junitxml=r.xml --scoreurl {SHOW} --scorekey {KEYS.replace('svc', 'other')}",
        f"pytest a_test.py --junitxml=r.xml --scoreurl {SHOW} --scorekey $(key)",
        "pytest a_test.py --junitxml=r.xml --scoreurl http://x",
        f"pytest a_test.py --junitxml=r.xml --scoreurl {SHOW} || true",
        f'url={SHOW}\necho "##vso[task.setvariable variable=url]$url"\npytest a_test.py --junitxml=r.xml --scoreurl "$url"',
    ],
)
def test_another_test_stays_a_script(script: str) -> None:
    found = tasks(cli(script, TESTS), cli(f"{DEPLOY} -m a:1 --ic inference.yml"))
    assert [each["task"] for each in found] == ["AzureCLI", "ModelDeploy"]


@pytest.mark.parametrize(("value", "expected"), [("a:1", "ModelDeploy"), ("a:1 b:2", "AzureCLI"), ("$(x)", "AzureCLI")])
def test_a_macro_without_quotes_is_one_word_only_if_its_value_is(value: str, expected: str) -> None:
    script = f"{DEPLOY} -m $(Models) --ic inference.yml --overwrite"
    assert tasks(cli(script), variables={"models": {"value": value}})[0]["task"] == expected
    quoted = script.replace("$(Models)", '"$(Models)"')
    assert tasks(cli(quoted), variables={"models": {"value": value}})[0]["task"] == "ModelDeploy"


def plain(identifier: str, version: str, **inputs: str) -> dict[str, Any]:
    return {"taskId": identifier, "version": version, "name": "x", "condition": "succeeded()", "inputs": inputs}


BASH, POWERSHELL = "6c731c3c-3c68-459a-a5c9-bde6e6595b5b", "e213ff0f-5d5c-4791-802d-52ea3e7be1f1"
PYTHON, USE = "6392f95f-7e76-4a18-b3c7-7f078d2f7700", "33c63b11-352b-45a2-ba1b-54cb568a29ca"
COVERAGE = "2a7ebc54-c13e-490e-81a5-d7561ab7cd97"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (plain(USE, "0.*", versionSpec="3.9", addToPath="False"), {"task": "UsePythonVersion", "version": "3.9", "add_to_path": False}),
        (plain(USE, "0.*", versionSpec="3.9", allowUnstable="true"), {"task": "UsePythonVersion@0", "inputs": {"versionSpec": "3.9", "allowUnstable": "true"}}),
        (
            plain(BASH, "3.*", targetType="filePath", filePath=f"{ROOT}/req/install_requirements.sh", workingDirectory=f"{ROOT}/req"),
            {"task": "InstallRequirements", "script": "req/install_requirements.sh"},
        ),
        (
            plain(BASH, "3.*", targetType="filePath", filePath=f"{ROOT}/req/install_requirements.sh", workingDirectory=ROOT),
            {"task": "Bash", "file": "req/install_requirements.sh"},
        ),
        (
            plain(POWERSHELL, "2.*", targetType="inline", script="ls", pwsh="true", errorActionPreference="continue", workingDirectory=ROOT),
            {"task": "PowerShell", "script": "ls", "error_action": "continue"} | {"pwsh": True},
        ),
        (plain(PYTHON, "0.*", scriptSource="filePath", scriptPath=f"{ROOT}/a.py", arguments="-x", workingDirectory=ROOT), {"task": "Python", "file": "a.py", "arguments": "-x"}),
        (plain(COVERAGE, "2.*", summaryFileLocation=f"{ROOT}/cov.xml"), {"task": "PublishCodeCoverage", "summary": "cov.xml", "condition": "succeeded()"}),
        (
            {**cli("az login", ROOT), "inputs": cli("az login", ROOT)["inputs"] | {"visibleAzLogin": "false"}},
            {"task": "AzureCLI@2"},
        ),
    ],
)  # fmt: skip
def test_plain_tasks(given: dict[str, Any], expected: dict[str, Any]) -> None:
    (found,) = tasks(given)
    assert {key: found.get(key) for key in expected} == expected
