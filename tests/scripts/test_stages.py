"""The stages of the insurance sample run for real against a stand-in `az`: first, again, and after a failure anywhere."""

import json
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from copy import deepcopy
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from azrelease import expand
from support.agent import Agent, new_agent

SAMPLE = Path(__file__).parent.parent.parent / "samples" / "insurance" / "azure-pipelines.yml"
PIPELINE: dict[str, Any] = dict(expand(SAMPLE).pipeline or {})
"""What the service makes of the sample."""

ARTIFACT = {
    "deployment/aciDeploymentConfigStaging.yml": "computeType: ACI\ncontainerResourceRequirements: {cpu: 1, memoryInGB: 1}\n",
    "deployment/aksDeploymentConfigProd.yml": "computeType: AKS\nauthEnabled: true\n",
    "deployment/inferenceConfig.yml": "entryScript: score.py\nruntime: python\ncondaFile: scoringConfig.yml\n",
    "deployment/score.py": "def init(): ...\ndef run(data): ...\n",
    "deployment/scoringConfig.yml": "name: scoring\n",
    "metadata/model.json": json.dumps(
        {"modelId": "insurance:3", "workspaceName": "mlops-wsh-aml-1", "resourceGroupName": "mlops-wsh-rg-1"}
    ),
    "package_requirement/install_requirements.sh": "set -e\ntest -f requirements.txt\n",
    "package_requirement/requirements.txt": "requests\n",
    "tests/integration/conftest.py": (
        "def pytest_addoption(parser):\n    parser.addoption('--scoreurl')\n    parser.addoption('--scorekey')\n"
    ),
    "tests/integration/staging_test.py": (
        "def test_url(request):\n    assert request.config.getoption('--scoreurl') == 'http://127.0.0.1/insurance-service-aci/score'\n"
        "    assert request.config.getoption('--scorekey') is None\n"
    ),
    "tests/integration/prod_test.py": (
        "def test_url_and_key(request):\n"
        "    assert request.config.getoption('--scoreurl') == 'http://127.0.0.1/insurance-service-aks/score'\n"
        "    assert request.config.getoption('--scorekey') == 'key-of-insurance-service-aks'\n"
    ),
}
ROOT = "MLOps-WorkShop-1-CI/landing/s"
RESULTS = f"{ROOT}/tests/integration/junit/test-results.xml"


@pytest.fixture
def make_agent(bash: str, tmp_path: Path) -> Iterator[Callable[..., Agent]]:
    files = {f"{ROOT}/{name}": text for name, text in ARTIFACT.items()}
    files |= {f"fraud/drop/{name}": text for name, text in FAN_OUT_ARTIFACT.items()}
    with ExitStack() as stack:
        yield lambda **more: stack.enter_context(new_agent(bash, tmp_path / str(uuid4()), files, **more))


def test_staging_deploys_tests_and_publishes(make_agent: Callable[[], Agent]) -> None:
    agent = make_agent()
    run = agent.run_stage(PIPELINE, "staging")
    assert run.failed is None, run.log
    assert run.steps == [
        "Download the artifact",
        "Use Python 3.10",
        "Install Azure CLI extension azure-cli-ml",
        "Deploy to ACI",
        "Install requirements",
        "Staging test",
        "Publish staging test results",
    ]
    assert agent.az.v1.services["insurance-service-aci"]["deployments"] == 1
    (suite,) = ET.parse(agent.workspace / RESULTS).getroot()
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("1", "0", "0")


def test_staging_again_updates_the_service(make_agent: Callable[[], Agent]) -> None:
    agent = make_agent()
    for _ in range(2):
        assert agent.run_stage(PIPELINE, "staging").failed is None
    assert agent.az.v1.services["insurance-service-aci"]["deployments"] == 2


def test_production_makes_its_cluster_once_and_hands_the_masked_key_to_the_test(
    make_agent: Callable[[], Agent],
) -> None:
    agent = make_agent()
    for _ in range(2):
        run = agent.run_stage(PIPELINE, "production")
        assert run.failed is None, run.log
        lines = [line for line in run.log.splitlines() if "key-of-" in line]
        assert lines == ["##vso[task.setsecret]key-of-insurance-service-aks"]
    assert agent.az.v1.clusters == {
        "aks": {"vmSize": "Standard_E4s_v3", "agentCount": "3", "provisioningState": "Succeeded"}
    }
    assert sum(call[:4] == ["ml", "computetarget", "create", "aks"] for call in agent.az.calls) == 1


def test_a_failed_test_fails_the_stage_and_its_results_are_published(make_agent: Callable[[], Agent]) -> None:
    agent = make_agent()
    (agent.workspace / ROOT / "tests/integration/staging_test.py").write_text("def test_it():\n    assert False\n")
    run = agent.run_stage(PIPELINE, "staging")
    assert run.failed == "Staging test"
    assert run.steps[-1] == "Publish staging test results"
    (suite,) = ET.parse(agent.workspace / RESULTS).getroot()
    assert suite.get("failures") == "1"


def test_a_value_with_shell_in_it_is_only_a_value(make_agent: Callable[[], Agent]) -> None:
    agent = make_agent()
    name = 'a"; touch pwned; echo "$(touch pwned2) `touch pwned3`'
    pipeline = {
        **PIPELINE,
        "variables": [
            {**entry, "value": name} if entry["name"] == "service.name.staging" else entry
            for entry in PIPELINE["variables"]
        ],
    }
    agent.run_stage(pipeline, "staging")
    assert list(agent.az.v1.services) == [name]
    assert not list(agent.folder.rglob("pwned*"))


FAN_OUT: dict[str, Any] = dict(expand(SAMPLE.parent.parent / "fan-out/azure-pipelines.yml").pipeline or {})
TEST = "def test_url(request):\n    assert request.config.getoption('--scoreurl').endswith('/score')\n"
FAN_OUT_ARTIFACT = {
    **{
        f"deployment/{name}": ARTIFACT[f"deployment/{name}"]
        for name in ("aciDeploymentConfigStaging.yml", "inferenceConfig.yml")
    },
    "deployment/aksDeploymentConfigProd.yml": ARTIFACT["deployment/aksDeploymentConfigProd.yml"],
    **{
        f"{folder}/{name}": "x: y\n"
        for folder in ("deployment", "scoring")
        for name in ("score.py", "scoringConfig.yml")
    },
    "scoring/inference.json": '{"entryScript": "score.py", "condaFile": "scoringConfig.yml"}',
    "metadata/model.json": json.dumps(
        {"modelId": "fraud:12", "workspaceName": "fraud-ws", "resourceGroupName": "fraud-rg"}
    ),
    "package_requirement/install_requirements.sh": "set -e\n",
    "tests/integration/conftest.py": ARTIFACT["tests/integration/conftest.py"],
    "tests/conftest.py": ARTIFACT["tests/integration/conftest.py"],
    **{f"tests/{name}_test.py": TEST for name in ("smoke", "integration/test", "integration/europe")},
}


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(
    ("pipeline", "stage"),
    [(PIPELINE, "staging"), (PIPELINE, "production"), (FAN_OUT, "test"), (FAN_OUT, "europe"), (FAN_OUT, "asia")],
    ids=["insurance-staging", "insurance-production", "fan-out-test", "fan-out-europe", "fan-out-asia"],
)
def test_a_failure_at_any_call_stops_the_stage_and_the_next_run_completes_it(
    make_agent: Callable[..., Agent], pipeline: dict[str, Any], stage: str, when: str
) -> None:
    agent = make_agent(pytest="#!/bin/sh\n")
    if stage == "asia":
        agent.az.v1.clusters["fraud-asia"] = {"provisioningState": "Succeeded"}
    start = deepcopy(agent.az.v1)
    done = agent.run_stage(pipeline, stage)
    assert done.failed is None, done.log
    reference, calls = agent.az.v1, len(agent.az.calls)
    for number in range(1, calls + 1):
        agent.az.v1 = deepcopy(start)
        agent.az.calls.clear()
        agent.az.fail = f"{when}:{number}"
        failed = agent.run_stage(pipeline, stage)
        assert failed.failed is not None, f"call {number} failed unnoticed"
        agent.az.fail = None
        again = agent.run_stage(pipeline, stage)
        assert again.failed is None, again.log
        assert agent.az.v1.services.keys() == reference.services.keys()
        assert agent.az.v1.clusters == reference.clusters


LIST = ["ml", "computetarget", "list"]


@pytest.mark.parametrize("state", ["Creating", "Updating", "Deleting"])
def test_a_cluster_that_is_still_being_changed_is_waited_for(make_agent: Callable[[], Agent], state: str) -> None:
    agent = make_agent()
    agent.az.v1.clusters["aks"] = {"provisioningState": state}
    looks = 0

    def settle(words: list[str], folder: Path) -> Any:
        nonlocal looks
        looks += words[:3] == LIST
        if looks == 3 and words[:3] == LIST:
            if state == "Deleting":
                agent.az.v1.clusters.clear()
            else:
                agent.az.v1.clusters["aks"]["provisioningState"] = "Succeeded"
        return agent.az(words, folder)

    agent.listen(settle)
    run = agent.run_stage(PIPELINE, "production")
    assert run.failed is None, run.log
    assert run.log.count(f"The compute target aks is in state {state}; waiting.") == 2
    assert [call[2] for call in agent.az.calls].count("create") == (state == "Deleting")


@pytest.mark.parametrize("state", ["Failed", "Canceled", "Unknown"])
def test_a_cluster_that_did_not_come_up_is_named_with_the_command_that_deletes_it(
    make_agent: Callable[[], Agent], state: str
) -> None:
    agent = make_agent()
    agent.az.v1.clusters["aks"] = {"provisioningState": state}
    run = agent.run_stage(PIPELINE, "production")
    assert run.failed == "Create the AKS cluster if it is not there"
    assert f"##vso[task.logissue type=error]The compute target aks is in state {state}: delete it" in run.log
    assert (
        "az ml computetarget delete --name aks --resource-group mlops-wsh-rg-1 --workspace-name mlops-wsh-aml-1"
        in run.log
    )
    assert agent.az.v1.services == {}


def test_a_cluster_whose_creation_was_cut_off_is_waited_for_by_the_next_run(make_agent: Callable[[], Agent]) -> None:
    """The creation goes on in Azure though the run that began it is gone."""
    agent = make_agent()

    def cut_off(words: list[str], folder: Path) -> Any:
        if words[:3] == ["ml", "computetarget", "create"]:
            agent.az.v1.clusters["aks"] = {"provisioningState": "Creating"}
            return 1, "", "ERROR: connection reset\n"
        return agent.az(words, folder)

    agent.listen(cut_off)
    assert agent.run_stage(PIPELINE, "production").failed == "Create the AKS cluster if it is not there"

    def goes_on(words: list[str], folder: Path) -> Any:
        answer = agent.az(words, folder)
        if words[:3] == LIST:
            agent.az.v1.clusters["aks"]["provisioningState"] = "Succeeded"
        return answer

    agent.listen(goes_on)
    run = agent.run_stage(PIPELINE, "production")
    assert run.failed is None, run.log
    assert "is in state Creating; waiting." in run.log


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"name": "insurance", "version": "3"}', "`workspaceName` is missing"),
        ('{"workspaceName": "mlops-wsh-aml-1", "resourceGroupName": "mlops-wsh-rg-1"}', "`modelId` is missing"),
        (
            '{"modelId": "insurance:3", "workspaceName": "other", "resourceGroupName": "mlops-wsh-rg-1"}',
            "the model is in the workspace other, not in mlops-wsh-aml-1",
        ),
    ],
)
def test_cli_v1_takes_only_a_metadata_file_that_it_has_written(
    make_agent: Callable[[], Agent], content: str, message: str
) -> None:
    agent = make_agent()
    (agent.workspace / ROOT / "metadata/model.json").write_text(content)
    run = agent.run_stage(PIPELINE, "staging")
    assert run.failed == "Deploy to ACI"
    assert message in run.log
