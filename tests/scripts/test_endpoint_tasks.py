"""What the tasks of endpoints do when their scripts run, against a stand-in `az` that keeps state."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from azrelease import load, render
from azrelease.rehearsal.azure import Host, SimulatedAzureCLI
from support import azure_ai_ml
from support.agent import Agent, StageRun, new_agent
from support.endpoint_artifact import FILES, QUICK_PYTEST, ROOT, artifact, models
from support.releases import release
from support.texts import shell_texts, texts
from support.thorough import examples
from support.yaml_text import safe_load

SAMPLES = Path(__file__).parent.parent.parent / "samples"
HERE = "training/drop"

texts_without_nul = texts.map(lambda text: text.replace("\0", ""))


@pytest.fixture
def agent(bash: str, tmp_path: Path) -> Iterator[Agent]:
    files = {f"{HERE}/{name}": text for name, text in FILES.items()}
    files[f"{HERE}/metadata/model.json"] = '{"modelId": "insurance:2"}'
    az = SimulatedAzureCLI()
    az.v2.models["insurance"] = models(3)
    with new_agent(bash, tmp_path / "agent", files, az, pytest=QUICK_PYTEST) as made:
        yield made


def run(agent: Agent, *tasks: str, target: str = "managed", stage: str = "", **environment: str) -> StageRun:
    """Run a stage with these tasks, in flow style, after the extension is installed."""
    listed = "".join(f"    - {{{task}}}\n" for task in ("task: InstallAzureCLIExtension, extension: ml", *tasks))
    text = f"- name: test\n  endpoint: insurance\n  target: {target}\n{stage}  tasks:\n{listed}"
    pipeline: dict[str, Any] = safe_load(render(release(text)))
    return agent.run_stage(pipeline, "test", **environment)


ENDPOINT = "task: OnlineEndpoint"
FUNCTIONS = (
    "Define functions",
    "Define functions for deployments",
    "Define functions for traffic",
    "Define functions for models",
)
INLINE = "instance_type: Standard_DS3_v2, code_configuration: {code: deployment, scoring_script: score.py}"


def deploy(name: str, more: str = "") -> str:
    return f"task: OnlineDeployment, deployment: {name}, model: 'insurance:1', definition: {{{INLINE}}}{more}"


def traffic(agent: Agent) -> dict[str, int]:
    found: dict[str, int] = agent.az.v2.endpoints["insurance"]["traffic"]
    return found


def deployments(agent: Agent) -> dict[str, Any]:
    found: dict[str, Any] = agent.az.v2.endpoints["insurance"]["deployments"]
    return found


def test_an_endpoint_is_made_once_and_then_only_told_what_is_said(agent: Agent) -> None:
    first = "task: OnlineEndpoint, definition: {description: one, tags: {team: claims}, auth_mode: aml_token}"
    assert run(agent, first).failed is None
    endpoint = agent.az.v2.endpoints["insurance"]
    assert (endpoint["auth_mode"], endpoint["description"], endpoint["tags"]) == (
        "aml_token",
        "one",
        {"team": "claims"},
    )
    assert run(agent, deploy("blue")).failed is None
    second = "task: OnlineEndpoint, definition: {description: two $(word), tags: {team: $(team)}, auth_mode: key}"
    done = run(agent, second, ARG_UPDATES="description=two words\ntags.team=x y\n")
    assert done.failed is None
    assert "made with auth_mode aml_token, which cannot be changed" in done.log
    assert (endpoint["description"], endpoint["tags"]) == ("two words", {"team": "x y"})
    assert traffic(agent) == {"blue": 100}
    assert agent.az.v2.creations["insurance"] == 1
    assert not any("--file" in call for call in agent.az.calls if call[:3] == ["ml", "online-endpoint", "update"])


def test_an_endpoint_from_a_file_on_kubernetes_gets_the_cluster_of_the_stage(agent: Agent) -> None:
    (agent.workspace / HERE / "deployment/endpoint.yml").write_text("name: x\nauth_mode: key\n")
    done = run(agent, "task: OnlineEndpoint, file: deployment/endpoint.yml", target="{type: kubernetes, compute: big}")
    assert done.failed is None, done.log
    assert agent.az.v2.endpoints["insurance"]["compute"] == "azureml:big"
    ((_, _, data),) = agent.az.v2.files
    assert data["compute"] == "azureml:big"


def test_a_failed_endpoint_is_not_built_on(agent: Agent) -> None:
    run(agent, ENDPOINT)
    agent.az.v2.endpoints["insurance"]["provisioning_state"] = "Failed"
    done = run(agent, ENDPOINT)
    assert (
        "The endpoint is in state Failed and has no deployment: delete it, and run this again. az ml online-endpoint "
        "delete --name insurance\n"
    ) in done.log
    assert done.failed is not None
    agent.az.v2.endpoints["insurance"]["provisioning_state"] = "Succeeded"
    run(agent, deploy("blue"))
    agent.az.v2.endpoints["insurance"]["provisioning_state"] = "Failed"
    done = run(agent, ENDPOINT)
    assert done.failed is None
    assert "##vso[task.logissue type=warning]The endpoint is in state Failed" in done.log


def test_a_deployment_is_made_then_updated_and_gets_all_traffic(agent: Agent) -> None:
    assert run(agent, ENDPOINT, deploy("blue")).failed is None
    assert run(agent, deploy("green")).failed is None
    assert traffic(agent) == {"green": 100}
    done = run(agent, deploy("blue", ", set: {instance_count: 3, tags.note: 'a b'}, skip_script_validation: true"))
    assert done.failed is None, done.log
    assert traffic(agent) == {"blue": 100}
    assert (deployments(agent)["blue"]["data"]["instance_count"], deployments(agent)["blue"]["tags"]) == (
        "3",
        {"note": "a b"},
    )
    assert agent.az.v2.gaps == []


def test_a_deployment_without_traffic(agent: Agent) -> None:
    assert run(agent, ENDPOINT, deploy("blue"), deploy("green", ", all_traffic: false")).failed is None
    assert traffic(agent) == {"blue": 100}


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("model: 'insurance:3'", "3"),
        ("model: 'azureml:insurance:3'", "3"),
        ("model: insurance@latest", "3"),
        ("model: 'insurance:$(version)'", "1"),
        ("model_metadata: metadata/model.json", "2"),
    ],
)
def test_which_model(agent: Agent, model: str, expected: str) -> None:
    task = f"task: OnlineDeployment, {model}, definition: {{{INLINE}}}"
    late = {"ARG_MODEL": "azureml:insurance:1"} if "$(version)" in model else {}
    done = run(agent, ENDPOINT, task, **late)
    assert done.failed is None, done.log
    assert deployments(agent)["blue"]["model"].endswith(f"/models/insurance/versions/{expected}")


@pytest.mark.parametrize("content", ["{}", "not json", '{"name": "insurance"}', "[]", None])
def test_a_metadata_file_without_a_model_is_named_as_the_cause(agent: Agent, content: str | None) -> None:
    path = agent.workspace / HERE / "metadata/model.json"
    path.unlink()
    if content is not None:
        path.write_text(content)
    done = run(
        agent, ENDPOINT, f"task: OnlineDeployment, model_metadata: metadata/model.json, definition: {{{INLINE}}}"
    )
    assert done.failed == "Deploy the model"
    assert "metadata/model.json: " in done.log
    assert "does not say which model was registered" in done.log
    assert "Traceback" not in done.log


def test_a_failed_deployment_shows_its_log(agent: Agent) -> None:
    done = run(agent, ENDPOINT, deploy("blue"), deploy("blue").replace("insurance:1", "insurance:9"))
    assert done.failed == "Deploy the model"
    assert "log of blue" in done.log
    assert traffic(agent) == {"blue": 100}


def test_traffic_is_shared_and_who_is_not_named_gets_none(agent: Agent) -> None:
    run(agent, ENDPOINT, deploy("blue"), deploy("green"), deploy("red"))
    done = run(agent, "task: AllocateTraffic, traffic: {blue: 90, green: 10}")
    assert done.failed is None, done.log
    assert traffic(agent) == {"blue": 90, "green": 10}
    (call,) = [call for call in agent.az.calls if "blue=90 green=10 red=0" in call]
    assert call[:3] == ["ml", "online-endpoint", "update"]
    missing = run(agent, "task: AllocateTraffic, traffic: {blue: 90, black: 10}")
    assert "The endpoint has no deployment black." in missing.log
    assert traffic(agent) == {"blue": 90, "green": 10}


def test_traffic_is_mirrored(agent: Agent) -> None:
    run(agent, ENDPOINT, deploy("blue"), deploy("green", ", all_traffic: false"))
    assert run(agent, "task: MirrorTraffic, deployment: green, percent: 20").failed is None
    assert agent.az.v2.endpoints["insurance"]["mirror_traffic"] == {"green": 20}
    assert run(agent, "task: MirrorTraffic, deployment: green, percent: 0").failed is None
    assert agent.az.v2.endpoints["insurance"]["mirror_traffic"] == {}


def test_a_deployment_is_deleted_unless_it_serves_or_is_gone(agent: Agent) -> None:
    run(agent, ENDPOINT, deploy("blue"), deploy("green"))
    assert run(agent, "task: DeleteDeployment, deployment: blue").failed is None
    assert list(deployments(agent)) == ["green"]
    again = run(agent, "task: DeleteDeployment, deployment: blue")
    assert again.failed is None
    assert "There is no deployment blue" in again.log
    serving = run(agent, "task: DeleteDeployment, deployment: green")
    assert serving.failed is not None
    assert "still gets traffic" in serving.log
    assert list(deployments(agent)) == ["green"]


def test_a_sample_request(agent: Agent) -> None:
    run(agent, ENDPOINT, deploy("blue"))
    ask = "task: InvokeEndpoint, request: tests/sample-request.json"
    done = run(agent, ask, f"{ask}, deployment: blue, expect: '[0.5]'")
    assert done.failed is None, done.log
    assert done.log.count("[0.5]") == 2
    assert "does not hold the text that is expected" in run(agent, f"{ask}, expect: '0.7'").log
    agent.az.v2.host = Host(answer="")
    assert run(agent, ask).failed == "Send a sample request"
    assert "did not answer" in run(agent, f"{ask}, deployment: black").log


def test_one_deployment_is_tested_by_its_name(agent: Agent) -> None:
    run(agent, ENDPOINT, deploy("blue"))
    log = Path(agent.environment["PATH"].split(":")[0]) / "pytest.log"
    assert run(agent, "task: EndpointTest, deployment: blue").failed is None
    assert log.read_text().endswith(
        "--scoreurl http://127.0.0.1/insurance/score --scorekey key-of-insurance --scoredeployment blue\n"
    )


GATE = "task: EvaluationGate, metric: accuracy"


def metric(agent: Agent, version: int, **tags: str) -> None:
    agent.az.v2.models["insurance"][version - 1]["tags"] = tags


@pytest.mark.parametrize(
    ("old", "new", "more", "passes"),
    [
        ("0.90", "0.91", "", True),
        ("0.90", "0.90", "", False),
        ("0.90", "0.89", "", False),
        ("0.90", "0.91", ", minimum_gain: 0.01", True),
        ("0.2", "0.3", ", minimum_gain: 0.1", True),
        ("0.90", "0.9099", ", minimum_gain: 0.01", False),
        ("12", "11.5", ", direction: minimize", True),
        ("12", "12.5", ", direction: minimize", False),
        ("1e-3", "9e-4", ", direction: minimize, minimum_gain: 0.0001", True),
    ],
)
def test_the_new_model_goes_on_only_if_it_is_better(agent: Agent, old: str, new: str, more: str, passes: bool) -> None:
    run(agent, ENDPOINT, deploy("blue"))
    metric(agent, 1, accuracy=old)
    metric(agent, 2, accuracy=new)
    done = run(agent, f"{GATE}{more}")
    assert (done.failed is None) is passes, done.log
    assert f"{new} against {old}" in done.log


def test_a_first_release_passes_and_says_so(agent: Agent) -> None:
    done = run(agent, GATE)
    assert done.failed is None
    assert "There is no endpoint yet" in done.log
    run(agent, ENDPOINT)
    assert "No deployment is in service: the new model passes." in run(agent, GATE).log


def test_the_model_in_service_passes(agent: Agent) -> None:
    run(agent, ENDPOINT, deploy("blue"))
    done = run(agent, f"{GATE}, model: 'insurance:1'")
    assert done.failed is None
    assert "insurance:1 is the one in service" in done.log


def test_the_newest_version_is_looked_up(agent: Agent) -> None:
    run(agent, ENDPOINT, deploy("blue"))
    done = run(agent, f"{GATE}, model: insurance@latest")
    assert "insurance:3 is better than insurance:1" in done.log


@pytest.mark.parametrize(
    ("tags", "message"),
    [
        ({2: {"auc": "1"}}, "The new model insurance:2 has no metric accuracy in its tags."),
        ({1: {"auc": "1"}}, "The model in service, insurance:1, has no metric accuracy in its tags."),
        ({2: {"accuracy": "high"}}, "The metrics cannot be compared."),
    ],
)
def test_a_missing_metric_fails_and_says_which(agent: Agent, tags: dict[int, dict[str, str]], message: str) -> None:
    run(agent, ENDPOINT, deploy("blue"))
    for version, values in tags.items():
        metric(agent, version, **values)
    done = run(agent, GATE)
    assert done.failed == "Compare accuracy with the model in service"
    assert message in done.log


def test_metrics_from_properties_and_from_a_file(agent: Agent) -> None:
    run(agent, ENDPOINT, deploy("blue"))
    agent.az.v2.models["insurance"][0]["properties"] = {"f1 score": "0.5"}
    agent.az.v2.models["insurance"][1]["properties"] = {"f1 score": "0.6"}
    done = run(agent, "task: EvaluationGate, metric: f1 score, metrics_from: properties")
    assert "0.6 against 0.5" in done.log
    from_file = run(agent, f"{GATE}, metrics_file: metadata/metrics.json")
    assert "0.95 against 0.91" in from_file.log
    missing = run(agent, "task: EvaluationGate, metric: auc, metrics_file: metadata/metrics.json")
    assert "has no metric auc in its metadata/metrics.json." in missing.log
    assert "cannot be read" in run(agent, f"{GATE}, metrics_file: nowhere.json").log


def test_a_model_that_is_not_registered_has_no_metrics(agent: Agent) -> None:
    run(agent, ENDPOINT, deploy("blue"))
    deployments(agent)["blue"]["model"] = "azureml:/subscriptions/s/codes/x"
    assert "This is no registered model" in run(agent, GATE).log


REGISTER = "task: RegisterModel, model: churn, path: deployment/score.py, tags: {accuracy: 0.9, note: a b}"


def test_a_model_is_registered_once_for_a_run(agent: Agent) -> None:
    assert run(agent, REGISTER).failed is None
    (model,) = agent.az.v2.models["churn"]
    assert model["tags"]["azrelease_run"] == "1234"
    output = agent.workspace / HERE / "metadata/model.json"
    assert json.loads(output.read_text()) == {"name": "churn", "version": "1"}
    again = run(agent, REGISTER)
    assert "churn:1 is registered already" in again.log
    assert len(agent.az.v2.models["churn"]) == 1
    assert run(agent, REGISTER, BUILD_BUILDID="1235").failed is None
    assert json.loads(output.read_text()) == {"name": "churn", "version": "2"}


def test_a_model_is_registered_under_a_given_version(agent: Agent) -> None:
    for _ in range(2):
        assert run(agent, f"{REGISTER}, version: '7', output: out/model.json").failed is None
    assert [model["version"] for model in agent.az.v2.models["churn"]] == ["7"]


def test_what_was_registered_is_what_is_deployed(agent: Agent) -> None:
    task = f"task: OnlineDeployment, model_metadata: metadata/model.json, definition: {{{INLINE}}}"
    assert run(agent, ENDPOINT, REGISTER, task).failed is None
    assert deployments(agent)["blue"]["model"].endswith("/models/churn/versions/1")


BATCH = "{type: batch, compute: cpu}"


SHARED = f"task: OnlineDeployment, registry: shop, definition: {{{INLINE}}}"


@pytest.mark.parametrize(
    ("model", "version"),
    [
        ("model: 'insurance:2'", "2"),
        ("model: insurance@latest", "3"),
        ("model_metadata: metadata/model.json", "2"),
    ],
)
def test_a_model_of_a_registry_is_deployed(agent: Agent, model: str, version: str) -> None:
    agent.az.v2.registries["shop"] = {"insurance": models(3)}
    agent.az.v2.models.clear()
    done = run(agent, ENDPOINT, f"{SHARED}, {model}")
    assert done.failed is None, done.log
    assert deployments(agent)["blue"]["model"] == f"azureml://registries/shop/models/insurance/versions/{version}"


def test_a_model_that_is_registered_in_a_registry_is_deployed_from_it(agent: Agent) -> None:
    """The metadata file says where it is."""
    deploys = f"task: OnlineDeployment, model_metadata: metadata/model.json, definition: {{{INLINE}}}"
    for _ in range(2):
        done = run(agent, ENDPOINT, f"{REGISTER}, registry: shop", deploys)
        assert done.failed is None, done.log
    assert [model["version"] for model in agent.az.v2.registries["shop"]["churn"]] == ["1"]
    assert "churn" not in agent.az.v2.models
    output = agent.workspace / HERE / "metadata/model.json"
    assert json.loads(output.read_text()) == {"name": "churn", "version": "1", "registry": "shop"}
    assert deployments(agent)["blue"]["model"] == "azureml://registries/shop/models/churn/versions/1"


def test_a_model_goes_from_the_workspace_of_staging_to_that_of_production(agent: Agent) -> None:
    done = run(agent, ENDPOINT, deploy("blue"), "task: ShareModel, registry: shop")
    assert done.failed is None, done.log
    assert [model["version"] for model in agent.az.v2.registries["shop"]["insurance"]] == ["2"]
    again = run(agent, "task: ShareModel, registry: shop")
    assert again.failed is None, again.log
    assert "The registry shop has the model insurance:2 already." in again.log
    newest = run(agent, "task: ShareModel, registry: shop, model: insurance@latest")
    assert newest.failed is None, newest.log
    assert [model["version"] for model in agent.az.v2.registries["shop"]["insurance"]] == ["2", "3"]
    agent.az.v2.models.clear()
    agent.az.v2.endpoints.clear()
    production = run(agent, ENDPOINT, f"{SHARED}, model_metadata: metadata/model.json")
    assert production.failed is None, production.log
    assert deployments(agent)["blue"]["model"].startswith("azureml://registries/shop/")
    ((call),) = {tuple(call[5:]) for call in agent.az.calls if call[:3] == ["ml", "model", "share"] and "2" in call}
    assert call[-12:] == (
        "--version", "2", "--registry-name", "shop", "--share-with-name", "insurance", "--share-with-version", "2",
        "--resource-group", "rg", "--workspace-name", "ws",
    )  # fmt: skip


def test_models_of_a_registry_are_compared(agent: Agent) -> None:
    agent.az.v2.registries["shop"] = {"insurance": models(3)}
    run(agent, ENDPOINT, f"{SHARED}, model: 'insurance:2'")
    gate = f"{GATE}, registry: shop, model:"
    assert "the one in service" in run(agent, f"{gate} 'insurance:2'").log
    better = run(agent, f"{gate} insurance@latest")
    assert better.failed is None, better.log
    assert "insurance:3 is better than insurance:2" in better.log
    assert "insurance:1 is not better than insurance:2" in run(agent, f"{gate} 'insurance:1'").log
    agent.az.v2.models["insurance"][1]["tags"] = {"accuracy": "0.99"}
    other = run(agent, f"{GATE}, model: 'insurance:2'")
    assert "0.99 against 0.92" in other.log, "the workspace has another model of that name and version"


def test_a_batch_deployment_is_made_then_updated_and_is_the_default(agent: Agent) -> None:
    tasks = ("task: BatchEndpoint, definition: {description: d, tags: {a: b}}", "task: BatchDeployment")
    for _ in range(2):
        done = run(agent, *tasks, "task: BatchInvoke", target=BATCH)
        assert done.failed is None, done.log
    endpoint = agent.az.v2.batch_endpoints["insurance"]
    assert endpoint["defaults"] == {"deployment_name": "blue"}
    assert list(endpoint["deployments"]) == ["blue"]
    assert endpoint["deployments"]["blue"]["data"]["compute"] == "azureml:cpu"
    assert len(agent.az.v2.jobs) == 2


def test_an_answer_and_a_log_cannot_hold_logging_commands(agent: Agent) -> None:
    run(agent, ENDPOINT, deploy("blue"))
    command = "###" + "#VsO[task.setvariable variable=x]y"

    def answer(words: list[str], folder: Path) -> tuple[int, str, str]:
        if "invoke" in words or "get-logs" in words:
            return 0, f"seen: {command}\n", ""
        if words[1:3] == ["online-deployment", "update"]:
            return 1, "", "it does not start\n"
        return agent.az(words, folder)

    agent.listen(answer)
    for task, told in (("task: InvokeEndpoint, request: sample.json", 1), (deploy("blue"), 1)):
        done = run(agent, task)
        assert done.log.count("seen: ####VsO [task.") == told, done.log
        assert command not in done.log


def test_results_are_tested_only_after_a_job(agent: Agent) -> None:
    done = run(agent, "task: BatchTest", target=BATCH)
    assert done.failed == "Test the results of the batch job"
    assert "No batch job was run in this job before" in done.log


def test_a_batch_deployment_that_is_not_the_default_is_invoked_by_name(agent: Agent) -> None:
    run(agent, "task: BatchEndpoint", "task: BatchDeployment", target=BATCH)
    other = "task: BatchDeployment, deployment: other, set_default: false, skip_script_validation: true"
    job = (
        "task: BatchInvoke, deployment: other, inputs: {data: 'azureml:data:1', data.type: uri_file}, output_path: out"
    )
    done = run(agent, other, job, target=BATCH)
    assert done.failed is None, done.log
    assert agent.az.v2.batch_endpoints["insurance"]["defaults"] == {"deployment_name": "blue"}
    assert [found["deployment"] for found in agent.az.v2.jobs] == ["other"]


@pytest.mark.parametrize("status", ["Failed", "Canceled"])
def test_a_batch_job_that_fails_fails_the_step_and_a_retry_starts_another(agent: Agent, status: str) -> None:
    run(agent, "task: BatchEndpoint", "task: BatchDeployment", target=BATCH)
    agent.az.v2.statuses = ("Running", status)
    agent.attempt = 0
    done = run(agent, "task: BatchInvoke", target=BATCH)
    assert done.failed == "Run a batch job"
    assert "did not complete" in done.log
    agent.attempt = 0
    agent.az.v2.jobs[0]["looks"] = 5
    run(agent, "task: BatchInvoke", target=BATCH)
    assert [job["name"].rpartition("-")[2] for job in agent.az.v2.jobs] == ["1", "2"]


def test_a_rollout_that_is_to_be_left_alone_has_no_way_back() -> None:
    text = (
        "- name: test\n  endpoint: insurance\n  target: managed\n  rollout: {on_failure: leave, keep_old: true, test: none}\n"
        "  tasks:\n    - task: OnlineDeployment\n"
    )
    pipeline = safe_load(render(release(text)))
    hooks = pipeline["stages"][0]["jobs"][0]["strategy"]["runOnce"]["on"]
    assert [step["displayName"] for step in hooks.pop("success")["steps"]] == [
        *FUNCTIONS,
        "Install Azure CLI extension ml",
        "Finish the rollout",
    ]
    assert hooks == {}


def test_a_rollout_tests_before_and_only_then_if_told_so() -> None:
    text = (
        "- name: test\n  endpoint: insurance\n  target: managed\n  rollout: {steps: [50, 100], test: before}\n"
        "  tasks:\n    - task: OnlineDeployment\n    - {task: EndpointTest, name: check}\n    - {task: Bash, script: echo}\n"
    )
    pipeline = safe_load(render(release(text)))
    steps = pipeline["stages"][0]["jobs"][0]["strategy"]["runOnce"]["deploy"]["steps"]
    assert [step.get("displayName") for step in steps] == [
        *FUNCTIONS,
        "Download the artifact",
        "Take back a rollout that was cut off",
        "Deploy beside the deployment in service",
        "Endpoint test",
        "Send 50 % of the traffic to the new deployment",
        "Send 100 % of the traffic to the new deployment",
        None,
    ]


def test_a_repeated_test_has_a_name_only_once() -> None:
    text = (
        "- name: test\n  endpoint: insurance\n  target: managed\n  rollout: {steps: [50, 100]}\n"
        "  tasks:\n    - task: OnlineDeployment\n    - {task: EndpointTest, name: check, display_name: Check}\n"
    )
    pipeline = safe_load(render(release(text)))
    steps = pipeline["stages"][0]["jobs"][0]["strategy"]["runOnce"]["deploy"]["steps"]
    assert [(step["displayName"], step.get("name")) for step in steps if step["displayName"].startswith("Check")] == [
        ("Check", "check"),
        ("Check at 50 %", None),
        ("Check at 100 %", None),
    ]


EVERYTHING = """\
description: "it's $HOME `x` \\\\ \\"q\\""
code_configuration: {code: deployment, scoring_script: score.py}
environment: {name: env, version: 3, image: a/b:1, conda_file: deployment/conda.yml}
environment_variables: {A: 1, B: "yes", C: "a: b"}
instance_type: Standard_DS3_v2
instance_count: 2
app_insights_enabled: true
request_settings: {request_timeout_ms: 1, max_concurrent_requests_per_instance: 2, max_queue_wait_ms: 3}
liveness_probe: {initial_delay: 1, period: 2, timeout: 3, success_threshold: 4, failure_threshold: 5}
readiness_probe: {initial_delay: 1}
tags: {a b: "1"}
properties: {p: q}
"""
MANAGED = (
    EVERYTHING
    + "scale_settings: {type: default}\negress_public_network_access: disabled\nmodel_mount_path: /m\n"
    + "data_collector: {collections: {model_inputs: {enabled: true}}, sampling_rate: 0.5}\n"
)
KUBERNETES = (
    EVERYTHING
    + "scale_settings: {type: target_utilization, min_instances: 1, max_instances: 2, polling_interval: 3,"
    + " target_utilization_percentage: 70}\n"
    + 'resources: {requests: {cpu: "0.5", memory: 1Gi}, limits: {cpu: 1, memory: 2Gi, gpu: 1}}\n'
)
BATCH_EVERYTHING = """\
description: d
code_configuration: {code: deployment, scoring_script: batch_score.py}
environment: azureml:env@latest
compute: cpu
resources: {instance_count: 2}
settings:
  max_concurrency_per_instance: 2
  mini_batch_size: 10
  output_action: summary_only
  retry_settings: {max_retries: 3, timeout: 300}
  error_threshold: -1
  logging_level: debug
  environment_variables: {A: b}
tags: {a: b}
"""
ENDPOINT_EVERYTHING = """\
description: d
auth_mode: aml_token
identity: {type: user_assigned, user_assigned_identities: [{resource_id: /subscriptions/s/x}]}
tags: {a: b}
properties: {p: q}
"""


def indented(text: str) -> str:
    return "".join(f"        {line}\n" for line in text.splitlines())


def test_definitions_with_every_field_load_in_azure_ai_ml(agent: Agent) -> None:
    """Every key of a definition, as the CLI is handed it."""
    listed = "  tasks:\n    - {task: InstallAzureCLIExtension, extension: ml}\n"
    wanted = []
    for target, endpoint, deployment, kinds in (
        ("managed", f"{ENDPOINT_EVERYTHING}public_network_access: disabled\n", MANAGED, ("Online", "Managed")),
        ("{type: kubernetes, compute: big}", ENDPOINT_EVERYTHING, KUBERNETES, ("Online", "Kubernetes")),
        ("batch", "description: d\ntags: {a: b}\n", BATCH_EVERYTHING, ("Batch", "Batch")),
    ):
        agent.az.v2.endpoints.clear()
        tasks = f"    - task: {kinds[0]}Endpoint\n      definition:\n{indented(endpoint)}"
        tasks += (
            f"    - task: {kinds[0]}Deployment\n      model: 'insurance:1'\n      definition:\n{indented(deployment)}"
        )
        text = f"- name: test\n  endpoint: insurance\n  target: {target}\n{listed}{tasks}"
        done = agent.run_stage(safe_load(render(release(text))), "test")
        # The stand-in wants a model that is registered.
        assert done.failed is None, done.log
        wanted.append(kinds[1])
    classes = list(azure_ai_ml.load(descriptions(agent)).values())
    assert classes == [
        "ManagedOnlineEndpoint",
        "ManagedOnlineDeployment",
        "KubernetesOnlineEndpoint",
        "KubernetesOnlineDeployment",
        "BatchEndpoint",
        "ModelBatchDeployment",
    ]


def descriptions(agent: Agent) -> list[tuple[str, Path]]:
    """What the CLI was handed, each as a file where the CLI found it; what stands on the command line is in it."""
    files = []
    for number, (kind, folder, data) in enumerate(agent.az.v2.files):
        name = {"name": "insurance", **({"endpoint_name": "insurance"} if "deployment" in kind else {})}
        path = folder / f"handed-over-{number}.yml"
        path.write_text(yaml.safe_dump({**data, **name}), encoding="utf-8")
        files.append((kind, path))
    return files


def test_what_the_samples_hand_over_loads_in_azure_ai_ml(bash: str, tmp_path: Path) -> None:
    with ExitStack() as stack:
        files = []
        for folder in sorted(SAMPLES.glob("insurance-*")):
            pipeline = safe_load(render(load(folder / "release.yml").release))
            az = SimulatedAzureCLI()
            az.v2.models["insurance"] = models(1)
            place = tmp_path / folder.name
            made = stack.enter_context(new_agent(bash, place, artifact(1), az, pytest=QUICK_PYTEST))
            for stage in pipeline["stages"]:
                assert made.run_stage(pipeline, stage["stage"]).failed is None
            files += descriptions(made)
        assert (tmp_path / "insurance-batch" / "work" / ROOT).is_dir()
        assert len(files) >= 16
        assert set(azure_ai_ml.load(files).values()) >= {"ManagedOnlineDeployment", "ModelBatchDeployment"}


@pytest.mark.no_cover  # twice as long with it, and hardly a line that the samples do not reach
@settings(max_examples=examples(60), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
def test_no_text_of_a_definition_is_changed_on_its_way(data: st.DataObject, agent: Agent) -> None:
    """Whether it stands in the file or is set on the command line: the CLI gets what was written."""
    words = {name: data.draw(shell_texts) for name in ("description", "instance_type", "model_mount_path")}
    variables = data.draw(st.dictionaries(st.sampled_from(["A", "B", "LONG_NAME"]), texts_without_nul, max_size=3))
    tags = data.draw(st.dictionaries(st.sampled_from(["a", "b c"]), texts_without_nul, max_size=2))
    definition = {**words, "environment_variables": variables, "tags": tags}
    endpoint_words = {"description": data.draw(shell_texts), "tags": tags}
    subject = release(f"- name: test\n  endpoint: insurance\n  target: managed\n  tasks: [{{{REGISTER}}}]\n")
    stage = {
        "name": "test",
        "endpoint": "insurance",
        "target": "managed",
        "tasks": [
            {"task": "InstallAzureCLIExtension"},
            {"task": "OnlineEndpoint", "definition": endpoint_words},
            {"task": "OnlineDeployment", "definition": definition},
        ],
    }
    pipeline = safe_load(render(type(subject).model_validate({**subject.model_dump(), "stages": [stage]})))
    agent.az.v2.endpoints.clear()
    agent.az.v2.files.clear()
    done = agent.run_stage(pipeline, "test")
    assert done.failed is None, done.log
    endpoint, deployment = (handed for _, _, handed in agent.az.v2.files)
    assert endpoint["description"] == endpoint_words["description"]
    assert {name: deployment[name] for name in words} == words
    assert (deployment.get("environment_variables", {}), deployment.get("tags", {})) == (variables, tags)
    assert endpoint.get("tags", {}) == tags


def test_a_name_that_is_not_known_in_a_hook_is_no_reason_to_say_that_all_is_well(agent: Agent) -> None:
    """A variable that a step has set is not there in another job."""
    listed = "  tasks:\n    - {task: InstallAzureCLIExtension}\n    - {task: OnlineEndpoint}\n    - {task: OnlineDeployment}\n"
    text = f"- name: test\n  endpoint: $(endpoint)\n  target: managed\n  rollout: {{test: none}}\n{listed}"
    pipeline = safe_load(render(release(text)))
    done = agent.run_stage(pipeline, "test")
    assert done.failed == "Create the endpoint if it is not there"
    assert "nothing to take back" not in done.log
    assert (
        done.log.count(
            "##vso[task.logissue type=error]Resource group, workspace or endpoint is a variable that is not known"
        )
        == 2
    )
