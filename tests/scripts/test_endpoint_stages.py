"""Every stage of the endpoint samples run for real against a stand-in `az`: first, again, and after a failure at any call."""

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from copy import deepcopy
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import yaml

from azrelease import expand
from azrelease.rehearsal.azure import SimulatedAzureCLI
from support.agent import PYTEST, Agent, new_agent
from support.endpoint_artifact import QUICK_PYTEST, artifact, models
from support.thorough import THOROUGH, some_of
from support.yaml_text import safe_load

# What is tested here is scripts of bash, which have no coverage; measuring that of the stand-in takes a fifth of the time.
pytestmark = pytest.mark.no_cover

SAMPLES = Path(__file__).parent.parent.parent / "samples"
NAMES = ("minimal", "insurance-managed", "insurance-kubernetes", "insurance-batch", "insurance-many-regions")
PIPELINES: dict[str, dict[str, Any]] = {
    name: dict(expand(SAMPLES / name / "azure-pipelines.yml").pipeline or {}) for name in NAMES
}
"""What the service makes of the samples."""
STAGES = [(name, stage["stage"]) for name, pipeline in PIPELINES.items() for stage in pipeline["stages"]]
READS = ("list", "show", "list-jobs", "get-credentials", "get-logs", "invoke", "add", "download")
MakeAgent = Callable[..., Agent]


def kinds_of_stage() -> list[tuple[str, str]]:
    """The stages, without those that run the scripts of another one on another endpoint or workspace."""
    found: dict[str, tuple[str, str]] = {}
    for sample, name in STAGES:
        stage = next(stage for stage in PIPELINES[sample]["stages"] if stage["stage"] == name)
        # The scripts are the same: what differs is which steps there are, and what they are given besides names.
        steps = re.findall(r'"displayName": "[^"]*"|"ARG_[A-Z_]+"', json.dumps(stage["jobs"]))
        found.setdefault(str(steps), (sample, name))
    return list(found.values())


every_kind_of_stage = pytest.mark.parametrize(("sample", "stage"), kinds_of_stage())
every_stage = pytest.mark.parametrize(("sample", "stage"), STAGES)


@pytest.fixture
def make_agent(bash: str, tmp_path: Path) -> Iterator[MakeAgent]:
    with ExitStack() as stack:

        def make(pytest_program: str = QUICK_PYTEST, az: SimulatedAzureCLI | None = None) -> Agent:
            if az is None:
                az = SimulatedAzureCLI()
                az.v2.models["insurance"] = models(3)
            return stack.enter_context(new_agent(bash, tmp_path / str(uuid4()), artifact(1), az, pytest=pytest_program))

        yield make


def publish(agent: Agent, version: int) -> None:
    """A new artifact, with this version of the model."""
    for name, text in artifact(version).items():
        (agent.workspace / name).write_text(text, encoding="utf-8", newline="\n")


def pytest_log(agent: Agent) -> Path:
    """How pytest was called, by each call a line."""
    return Path(agent.environment["PATH"].split(":")[0]) / "pytest.log"


def in_service(agent: Agent) -> dict[str, str]:
    """The version of the model that each endpoint serves with; all traffic has to go to one deployment that is there."""
    found = {}
    for name, endpoint in agent.az.v2.endpoints.items():
        if endpoint["deployments"] or endpoint["traffic"]:
            ((live, share),) = endpoint["traffic"].items()
            assert share == 100
            found[name] = version(endpoint["deployments"][live])
    for name, endpoint in agent.az.v2.batch_endpoints.items():
        if endpoint["deployments"]:
            found[name] = version(endpoint["deployments"][endpoint["defaults"]["deployment_name"]])
    return found


def version(deployment: dict[str, Any]) -> str:
    return str(deployment["model"]).rpartition("/")[2]


def check(agent: Agent, sample: str, stage: str, expected: int) -> None:
    """The one endpoint serves with the expected version; it never did not serve; nothing is there twice."""
    assert set(in_service(agent).values()) == {str(expected)}
    assert agent.az.v2.gaps == []
    assert set(agent.az.v2.creations.values()) == {1}
    most = 2 if (sample, stage) == ("insurance-kubernetes", "production") else 1  # it keeps the old one
    (endpoint,) = (*agent.az.v2.endpoints.values(), *agent.az.v2.batch_endpoints.values())
    assert len(endpoint["deployments"]) <= most


def run(agent: Agent, sample: str, stage: str, **environment: str) -> None:
    done = agent.run_stage(PIPELINES[sample], stage, **environment)
    assert done.failed is None, done.log


@every_stage
def test_a_first_a_second_and_a_repeated_release(make_agent: MakeAgent, sample: str, stage: str) -> None:
    agent = make_agent()
    for number in (1, 2, 2, 3) if THOROUGH else (1, 2, 2):
        publish(agent, number)
        run(agent, sample, stage)
        check(agent, sample, stage, number)


def test_the_results_of_each_test_are_kept(make_agent: MakeAgent) -> None:
    """With the real pytest."""
    agent = make_agent(PYTEST)
    for number in (1, 2):
        publish(agent, number)
        run(agent, "insurance-managed", "production")
    names = sorted(path.name for path in agent.workspace.rglob("junit/*.xml"))
    assert names == ["test-results-10.xml", "test-results-100.xml", "test-results-50.xml", "test-results.xml"]
    for results in agent.workspace.rglob("junit/*.xml"):
        (suite,) = ET.parse(results).getroot()
        assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("1", "0", "0")


@every_stage
def test_no_key_is_in_the_log_but_to_be_masked(make_agent: MakeAgent, sample: str, stage: str) -> None:
    done = make_agent().run_stage(PIPELINES[sample], stage)
    assert all(line.startswith("##vso[task.setsecret]") for line in done.log.splitlines() if "-of-" in line)


@every_kind_of_stage
def test_a_failure_at_any_call_of_a_first_release(make_agent: MakeAgent, sample: str, stage: str) -> None:
    fail_everywhere(make_agent(), sample, stage, 1)


@every_kind_of_stage
def test_a_failure_at_any_call_of_a_second_release(make_agent: MakeAgent, sample: str, stage: str) -> None:
    agent = make_agent()
    run(agent, sample, stage)
    publish(agent, 2)
    fail_everywhere(agent, sample, stage, 2)


def fail_everywhere(agent: Agent, sample: str, stage: str, number: int) -> None:
    """From where the agent stands: let every single call fail, before and after its effect, and run the stage again.

    After half of the failures the agent is lost, so that nothing is rolled back.
    """
    start = deepcopy((agent.az.v2, agent.attempt))
    agent.az.calls.clear()
    run(agent, sample, stage)
    calls = deepcopy(agent.az.calls)
    check(agent, sample, stage, number)
    for index, call in some_of(list(enumerate(calls, start=1)), 16, len(stage) + number):
        reads = next(word for word in call[1:] if word in READS or word in ("create", "update", "delete")) in READS
        for when, lost in [("before", False), *([] if reads else [("after", True), ("after", False)])]:
            agent.az.v2, agent.attempt = deepcopy(start)
            agent.az.calls.clear()
            agent.az.fail = f"{when}:{index}"
            failed = agent.run_stage(PIPELINES[sample], stage, lost=lost)
            agent.az.fail = None
            assert failed.failed is not None or "get-logs" in call, f"{call} failed unnoticed\n{failed.log}"
            if number > 1:
                assert set(in_service_anyhow(agent)) <= {"1", "2"}, failed.log
            else:
                agent.az.v2.gaps.clear()
            run(agent, sample, stage)
            check(agent, sample, stage, number)


def in_service_anyhow(agent: Agent) -> list[str]:
    """The versions that serve, also while two share the traffic."""
    found = []
    for endpoint in agent.az.v2.endpoints.values():
        assert sum(endpoint["traffic"].values()) == 100
        found += [version(endpoint["deployments"][name]) for name in endpoint["traffic"]]
    for endpoint in agent.az.v2.batch_endpoints.values():
        found.append(version(endpoint["deployments"][endpoint["defaults"]["deployment_name"]]))
    return found


def rollouts() -> list[tuple[str, str, int]]:
    """The stages with a rollout, and how many tests they run."""
    return [
        ("insurance-managed", "staging", 2),
        ("insurance-managed", "production", 4),
        ("insurance-kubernetes", "production", 3),
        ("insurance-many-regions", "europe", 3),
        ("insurance-many-regions", "asia", 2),
    ]


@pytest.mark.parametrize(("sample", "stage", "tests"), rollouts())
def test_a_failed_test_puts_everything_back_as_it_was(
    make_agent: MakeAgent, sample: str, stage: str, tests: int
) -> None:
    for failing in some_of(range(1, tests + 1), 3, 0):
        agent = make_agent()
        run(agent, sample, stage)
        publish(agent, 2)
        before = deepcopy(agent.az.v2.endpoints)
        done = agent.run_stage(PIPELINES[sample], stage, FAIL_TEST=str(tests + failing))
        assert done.failed is not None
        assert done.failed.startswith("Endpoint test"), done.log
        assert "Publish test results" in done.steps
        (endpoint,) = agent.az.v2.endpoints.values()
        assert {**endpoint, "deployments": {}} == {**next(iter(before.values())), "deployments": {}}
        assert "log of green" in done.log
        check(agent, sample, stage, 1)
        run(agent, sample, stage)
        check(agent, sample, stage, 2)


@pytest.mark.parametrize(("sample", "stage", "tests"), rollouts())
def test_a_first_release_that_fails_its_test_leaves_no_deployment(
    make_agent: MakeAgent, sample: str, stage: str, tests: int
) -> None:
    for failing in some_of(range(1, tests + 1), 3, 0):
        agent = make_agent()
        done = agent.run_stage(PIPELINES[sample], stage, FAIL_TEST=str(failing))
        assert done.failed is not None, done.log
        (endpoint,) = agent.az.v2.endpoints.values()
        assert (endpoint["deployments"], endpoint["traffic"]) == ({}, {})
        agent.az.v2.gaps.clear()
        run(agent, sample, stage)
        check(agent, sample, stage, 1)


def test_a_failure_at_any_call_of_the_way_back(make_agent: MakeAgent) -> None:
    sample, stage = "insurance-managed", "production"
    agent = make_agent()
    run(agent, sample, stage)
    publish(agent, 2)
    start = deepcopy(agent.az.v2)
    agent.az.calls.clear()
    agent.run_stage(PIPELINES[sample], stage, FAIL_TEST="6")
    back = next(i for i, call in enumerate(agent.az.calls) if i > 3 and call[:2] == ["extension", "add"])
    calls = deepcopy(agent.az.calls)
    for index in some_of(range(back + 1, len(calls) + 1), 6, 0):
        for when in ("before", "after"):
            agent.az.v2 = deepcopy(start)
            agent.az.calls.clear()
            agent.az.fail = f"{when}:{index}"
            tests = len(pytest_log(agent).read_text().splitlines())
            failed = agent.run_stage(PIPELINES[sample], stage, FAIL_TEST=str(tests + 2))
            agent.az.fail = None
            assert failed.failed is not None
            assert set(in_service_anyhow(agent)) <= {"1", "2"}
            run(agent, sample, stage)
            check(agent, sample, stage, 2)


def test_traffic_goes_step_by_step_and_the_new_deployment_is_tested_before_it_gets_any(make_agent: MakeAgent) -> None:
    agent = make_agent()
    run(agent, "insurance-managed", "production")
    publish(agent, 2)
    agent.az.calls.clear()
    pytest_log(agent).unlink()
    run(agent, "insurance-managed", "production")
    traffic = [call[call.index("--traffic") + 1] for call in agent.az.calls if "--traffic" in call]
    assert traffic == ["green=10 blue=90", "green=50 blue=50", "green=100 blue=0"]
    tested = [line.partition("--scoredeployment ")[2] for line in pytest_log(agent).read_text().splitlines()]
    assert tested == ["green", "green", "green", ""]
    invoked = [
        call[call.index("--deployment-name") + 1] if "--deployment-name" in call else ""
        for call in agent.az.calls
        if "invoke" in call
    ]
    assert invoked == ["green", "green", "green", ""]


def test_a_split_that_no_rollout_made_is_not_touched(make_agent: MakeAgent) -> None:
    agent = make_agent()
    run(agent, "insurance-managed", "staging")
    endpoint = agent.az.v2.endpoints["insurance-staging"]
    endpoint["deployments"]["canary"] = {**endpoint["deployments"]["blue"], "name": "canary", "tags": {}}
    endpoint["traffic"] = {"blue": 70, "canary": 30}
    before = deepcopy(endpoint)
    done = agent.run_stage(PIPELINES["insurance-managed"], "staging")
    assert done.failed == "Take back a rollout that was cut off"
    assert "split between blue and canary" in done.log
    assert agent.az.v2.endpoints["insurance-staging"] == before


def test_where_two_replaced_each_other_a_rollout_that_was_cut_off_is_taken_back_and_no_other_split(
    make_agent: MakeAgent,
) -> None:
    agent = make_agent()
    sample, stage = "insurance-kubernetes", "production"
    for number in (1, 2, 3):
        publish(agent, number)
        run(agent, sample, stage)
    endpoint = agent.az.v2.endpoints["insurance-k8s"]
    replaces = {
        name: d["tags"].get("azrelease_replaces", "/").split("/")[0] for name, d in endpoint["deployments"].items()
    }
    assert replaces == {"green": "blue", "blue": "green"}
    finished = deepcopy(endpoint)
    for traffic in ({"green": 50, "blue": 50}, {"green": 10, "blue": 90}):
        endpoint["traffic"] = dict(traffic)
        done = agent.run_stage(PIPELINES[sample], stage)
        assert "which no rollout did" in done.log
        assert endpoint["traffic"] == traffic
    agent.az.v2.endpoints["insurance-k8s"] = endpoint = finished
    tests = len(pytest_log(agent).read_text().splitlines())
    cut_off = agent.run_stage(PIPELINES[sample], stage, lost=True, FAIL_TEST=str(tests + 2))
    assert endpoint["traffic"] == {"green": 20, "blue": 80}, cut_off.log
    done = agent.run_stage(PIPELINES[sample], stage)
    assert "A rollout was cut off: all traffic goes back to blue." in done.log
    check(agent, sample, stage, 3)


@pytest.mark.parametrize("state", ["Creating", "Updating", "Deleting"])
def test_an_operation_that_still_goes_on_is_waited_for(make_agent: MakeAgent, state: str) -> None:
    agent = make_agent()
    run(agent, "insurance-managed", "staging")
    endpoint = agent.az.v2.endpoints["insurance-staging"]
    endpoint["provisioning_state"] = state
    answer = agent.az.__class__.__call__
    looks = 0

    def settle(words: list[str], folder: Path) -> Any:
        nonlocal looks
        looks += words[:3] == ["ml", "online-endpoint", "list"]
        if looks == 3:
            endpoint["provisioning_state"] = "Succeeded"
        return answer(agent.az, words, folder)

    agent.listen(settle)
    run(agent, "insurance-managed", "staging")
    assert looks == 4  # the last one is of the step that takes back a rollout


@pytest.mark.parametrize("state", ["Creating", "Updating", "Scaling", "Deleting"])
def test_a_deployment_that_is_still_being_changed_is_waited_for(make_agent: MakeAgent, state: str) -> None:
    """A run that was cut off has left it: nothing is changed before it has settled."""
    agent = make_agent()
    run(agent, "insurance-managed", "staging")
    endpoint, looks = agent.az.v2.endpoints["insurance-staging"], 0
    left = {**endpoint["deployments"]["blue"], "name": "green", "tags": {}, "provisioning_state": state}
    endpoint["deployments"]["green"] = left
    agent.az.calls.clear()

    def settle(words: list[str], folder: Path) -> Any:
        nonlocal looks
        looks += words[:3] == ["ml", "online-deployment", "list"]
        if looks == 3 and left["provisioning_state"] == state:
            left["provisioning_state"] = "Succeeded"
            if state == "Deleting":
                del endpoint["deployments"]["green"]
        elif looks < 3:
            assert words[:3] != ["ml", "online-deployment", "delete"]
        return agent.az(words, folder)

    agent.listen(settle)
    publish(agent, 2)
    done = agent.run_stage(PIPELINES["insurance-managed"], "staging")
    assert done.failed is None, done.log
    assert done.log.count("is still being changed; waiting.") == 2
    check(agent, "insurance-managed", "staging", 2)


def test_a_failed_batch_job_fails_the_stage_and_the_old_deployment_stays_the_default(make_agent: MakeAgent) -> None:
    agent = make_agent()
    run(agent, "insurance-batch", "production")
    publish(agent, 2)
    agent.az.v2.statuses = ("Running", "Failed")
    done = agent.run_stage(PIPELINES["insurance-batch"], "production")
    assert done.failed == "Run a batch job"
    check(agent, "insurance-batch", "production", 1)
    agent.az.v2.statuses = ("Completed",)
    run(agent, "insurance-batch", "production")
    check(agent, "insurance-batch", "production", 2)


def test_a_batch_step_that_is_tried_again_goes_on_waiting(make_agent: MakeAgent) -> None:
    agent = make_agent()
    run(agent, "insurance-batch", "staging")
    (job,) = agent.az.v2.jobs
    assert job["name"].startswith("azrelease-1234-1-staging-")
    agent.attempt = 0
    run(agent, "insurance-batch", "staging")
    assert len(agent.az.v2.jobs) == 1


def test_two_stages_of_a_run_on_one_endpoint_do_not_take_each_other_back(make_agent: MakeAgent) -> None:
    agent = make_agent()
    pipeline = deepcopy(PIPELINES["insurance-managed"])
    text = yaml.safe_dump(pipeline["stages"][0]).replace("staging_test", "production_test")
    pipeline["stages"][1] = {**safe_load(text), "stage": "production"}
    assert agent.run_stage(pipeline, "staging").failed is None
    publish(agent, 2)
    agent.attempt = 0
    assert agent.run_stage(pipeline, "staging", BUILD_BUILDID="1235").failed is None
    agent.attempt = 0
    (agent.workspace / "insurance-training/landing/metadata/model.json").unlink()
    done = agent.run_stage(pipeline, "production", BUILD_BUILDID="1235")
    assert "This run has made no deployment" in done.log
    assert in_service(agent) == {"insurance-staging": "2"}


def test_an_old_deployment_with_capitals_keeps_its_traffic_until_the_new_one_is_tested(make_agent: MakeAgent) -> None:
    agent = make_agent()
    run(agent, "insurance-managed", "staging")
    endpoint = agent.az.v2.endpoints["insurance-staging"]
    endpoint["deployments"] = {"Prod": {**endpoint["deployments"]["blue"], "name": "Prod"}}
    endpoint["traffic"] = {"prod": 100}
    before = len(pytest_log(agent).read_text().splitlines())
    done = agent.run_stage(PIPELINES["insurance-managed"], "staging", FAIL_TEST=str(before + 2))
    assert done.failed == "Endpoint test at 100 %"
    assert (endpoint["traffic"], list(endpoint["deployments"])) == ({"prod": 100}, ["Prod"])
    run(agent, "insurance-managed", "staging")
    assert (endpoint["traffic"], list(endpoint["deployments"])) == ({"blue": 100}, ["blue"])


def cut_off_at(agent: Agent, sample: str, stage: str, tests: int, build: str) -> None:
    """Run a release whose agent is lost with a test, so that nothing is taken back."""
    before = len(pytest_log(agent).read_text().splitlines())
    agent.attempt = 0
    done = agent.run_stage(PIPELINES[sample], stage, lost=True, FAIL_TEST=str(before + tests), BUILD_BUILDID=build)
    assert done.failed is not None, done.log


def test_a_rollout_that_was_cut_off_is_taken_back_before_models_are_compared(make_agent: MakeAgent) -> None:
    """Release 2 is cut off with half of the traffic; release 3 is worse than 2, but better than 1, which it replaces."""
    sample, stage = "insurance-managed", "production"
    agent = make_agent()
    run(agent, sample, stage)
    publish(agent, 2)
    cut_off_at(agent, sample, stage, 3, "2")
    endpoint = agent.az.v2.endpoints["insurance"]
    assert endpoint["traffic"] == {"green": 50, "blue": 50}
    agent.az.v2.models["insurance"][2]["tags"] = {"accuracy": "0.915"}
    publish(agent, 3)
    agent.attempt = 0
    run(agent, sample, stage, BUILD_BUILDID="3")
    check(agent, sample, stage, 3)


def test_a_rollout_that_was_cut_off_is_taken_back_though_the_next_release_is_refused(make_agent: MakeAgent) -> None:
    sample, stage = "insurance-managed", "production"
    agent = make_agent()
    run(agent, sample, stage)
    publish(agent, 2)
    cut_off_at(agent, sample, stage, 2, "2")
    agent.az.v2.models["insurance"][2]["tags"] = {"accuracy": "0.5"}
    publish(agent, 3)
    agent.attempt = 0
    done = agent.run_stage(PIPELINES[sample], stage, BUILD_BUILDID="3")
    assert done.failed == "Compare accuracy with the model in service"
    assert "insurance:3 is not better than insurance:1" in done.log
    assert in_service(agent) == {"insurance": "1"}


def test_two_releases_that_were_cut_off_one_after_the_other_are_taken_back(make_agent: MakeAgent) -> None:
    sample, stage = "insurance-managed", "production"
    agent = make_agent()
    run(agent, sample, stage)
    for number in (2, 3):
        publish(agent, number)
        cut_off_at(agent, sample, stage, number, str(number))
    assert agent.az.v2.endpoints["insurance"]["traffic"] == {"green": 50, "blue": 50}
    publish(agent, 2)
    agent.attempt = 0
    done = agent.run_stage(PIPELINES[sample], stage, BUILD_BUILDID="4")
    assert done.failed is None, done.log
    assert "A rollout was cut off: all traffic goes back to blue." in done.log
    check(agent, sample, stage, 2)


def meanwhile(agent: Agent, other: Agent, sample: str, stage: str, call: str, number: int = 1) -> None:
    """While the agent waits for a call, another run makes its deployment and is lost with the first test of it.

    Args:
        agent: the one that is kept waiting.
        other: the one that works meanwhile; both have the same `az`.
        sample: what both run.
        stage: the stage of it.
        call: how the call begins that waits.
        number: the how-manieth of these calls it is.
    """
    count = 0

    def answered(words: list[str], folder: Path) -> Any:
        nonlocal count
        count += " ".join(words).startswith(call)
        if count == number and " ".join(words).startswith(call):
            extensions, other.attempt = list(agent.az.extensions), 0
            done = other.run_stage(PIPELINES[sample], stage, lost=True, FAIL_TEST="1", BUILD_BUILDID="B")
            assert done.failed is not None, done.log
            agent.az.extensions = extensions
        return agent.az(words, folder)

    agent.listen(answered)


def two_runs(make_agent: MakeAgent, sample: str, stage: str) -> tuple[Agent, Agent]:
    """Two agents on one endpoint that serves with version 1; the first has version 2, the other version 3."""
    agent = make_agent()
    run(agent, sample, stage)
    other = make_agent(az=agent.az)
    publish(agent, 2)
    publish(other, 3)
    agent.attempt = 0
    return agent, other


def runs_of(deployments: dict[str, Any]) -> dict[str, str]:
    """Which run has made each deployment."""
    return {name: made["tags"]["azrelease_run"].partition("-")[0] for name, made in deployments.items()}


def test_no_traffic_goes_to_a_deployment_that_another_run_has_made(make_agent: MakeAgent) -> None:
    sample, stage = "insurance-managed", "staging"
    agent, other = two_runs(make_agent, sample, stage)
    meanwhile(agent, other, sample, stage, "ml online-endpoint get-credentials")
    done = agent.run_stage(PIPELINES[sample], stage, BUILD_BUILDID="A")
    assert done.failed == "Send 100 % of the traffic to the new deployment", done.log
    assert "Another run has made the deployment green anew: no traffic is moved." in done.log
    assert "This run has made no deployment: there is nothing to take back." in done.log
    (endpoint,) = agent.az.v2.endpoints.values()
    assert runs_of(endpoint["deployments"]) == {"blue": "1234", "green": "B"}
    assert in_service(agent) == {"insurance-staging": "1"}


def test_no_traffic_moves_when_another_run_has_replaced_the_deployment_in_service(make_agent: MakeAgent) -> None:
    """At the second step: what was in service before is not what is called so now."""
    sample, stage = "insurance-managed", "production"
    agent, _ = two_runs(make_agent, sample, stage)
    endpoint = agent.az.v2.endpoints["insurance"]

    def replaced(words: list[str], folder: Path) -> Any:
        if "green=10 blue=90" in words:
            endpoint["deployments"]["blue"]["tags"] = {"azrelease_run": "B-1-production"}
        return agent.az(words, folder)

    agent.listen(replaced)
    done = agent.run_stage(PIPELINES[sample], stage, BUILD_BUILDID="A")
    assert done.failed is not None
    assert done.failed.startswith("Send 50 %")
    assert "The deployment blue, which was in service before, is gone: no traffic is moved." in done.log
    assert endpoint["traffic"] == {"green": 10, "blue": 90}


@pytest.mark.parametrize("fails", [True, False])
def test_a_run_neither_goes_back_to_nor_deletes_what_another_run_has_made(make_agent: MakeAgent, fails: bool) -> None:
    """The other run begins when all traffic goes to the new deployment, so it makes its own in the place of the old."""
    sample, stage = "insurance-managed", "staging"
    agent, other = two_runs(make_agent, sample, stage)
    endpoint = agent.az.v2.endpoints["insurance-staging"]
    tests = len(pytest_log(agent).read_text().splitlines())
    meanwhile(agent, other, sample, stage, "ml online-endpoint get-credentials", 2)
    done = agent.run_stage(PIPELINES[sample], stage, BUILD_BUILDID="A", FAIL_TEST=str(tests + 2) if fails else "0")
    assert done.failed == ("Endpoint test at 100 %" if fails else None), done.log
    said = (
        "blue, which was in service before, is gone: green stays" if fails else "There is no old deployment to delete."
    )
    assert said in done.log
    assert runs_of(endpoint["deployments"]) == {"green": "A", "blue": "B"}
    assert in_service(agent) == {"insurance-staging": "2"}


def test_nothing_is_deleted_while_the_traffic_is_split(make_agent: MakeAgent) -> None:
    """A person has given the old deployment traffic again, after the last test."""
    agent, _ = two_runs(make_agent, "insurance-managed", "staging")
    endpoint, asked = agent.az.v2.endpoints["insurance-staging"], 0

    def split(words: list[str], folder: Path) -> Any:
        nonlocal asked
        answer = agent.az(words, folder)
        asked += words[:3] == ["ml", "online-endpoint", "get-credentials"]
        if asked == 2:  # the second test is the last
            asked, endpoint["traffic"] = 3, {"green": 60, "blue": 40}
        return answer

    agent.listen(split)
    done = agent.run_stage(PIPELINES["insurance-managed"], "staging", BUILD_BUILDID="A")
    assert done.failed == "Delete the old deployment"
    assert "The traffic does not go to green alone; nothing is deleted." in done.log
    assert sorted(endpoint["deployments"]) == ["blue", "green"]
    assert "azrelease_finished" not in endpoint["tags"] or not str(endpoint["tags"]["azrelease_finished"]).startswith(
        "A-"
    )


def taken_over(agent: Agent, call: str, name: str, *, fails: bool = False) -> None:
    """At a call, another run makes a deployment of the batch endpoint anew; the call takes effect, and may seem to fail."""

    def answered(words: list[str], folder: Path) -> Any:
        answer = agent.az(words, folder)
        if " ".join(words).startswith(call):
            agent.az.v2.batch_endpoints["claims-batch"]["deployments"][name]["tags"] = {"azrelease_run": "B-1-x"}
            return (1, "", "ERROR: connection reset\n") if fails and "--set" in words else answer
        return answer

    agent.listen(answered)


BATCH = ("insurance-batch", "production")
SWITCH = "ml batch-endpoint update --name claims-batch --set"


@pytest.mark.parametrize(
    ("call", "name", "fails", "failed", "said", "default"),
    [
        (
            "ml batch-endpoint list-jobs",
            "green",
            False,
            "Make the new deployment the default",
            "made anew by another run",
            "blue",
        ),
        (f"{SWITCH} defaults", "blue", True, "Make the new deployment the default", "is gone: green stays", "green"),
        (f"{SWITCH} defaults", "blue", False, None, "There is no old deployment to delete.", "green"),
    ],
)
def test_a_batch_run_neither_switches_nor_goes_back_to_nor_deletes_what_another_run_has_made(
    make_agent: MakeAgent, call: str, name: str, fails: bool, failed: str | None, said: str, default: str
) -> None:
    agent, _ = two_runs(make_agent, *BATCH)
    taken_over(agent, call, name, fails=fails)
    done = agent.run_stage(PIPELINES["insurance-batch"], "production", BUILD_BUILDID="A")
    assert done.failed == failed, done.log
    assert said in done.log
    endpoint = agent.az.v2.batch_endpoints["claims-batch"]
    assert endpoint["defaults"] == {"deployment_name": default}
    assert sorted(endpoint["deployments"]) == ["blue", "green"]


def test_a_default_that_somebody_has_changed_meanwhile_is_not_changed_back(make_agent: MakeAgent) -> None:
    agent, _ = two_runs(make_agent, *BATCH)
    endpoint = agent.az.v2.batch_endpoints["claims-batch"]

    def changed(words: list[str], folder: Path) -> Any:
        if words[:3] == ["ml", "batch-endpoint", "list-jobs"]:
            endpoint["deployments"]["other"] = {**endpoint["deployments"]["blue"], "name": "other"}
            endpoint["defaults"]["deployment_name"] = "other"
        return agent.az(words, folder)

    agent.listen(changed)
    done = agent.run_stage(PIPELINES["insurance-batch"], "production", BUILD_BUILDID="A")
    assert done.failed == "Make the new deployment the default"
    assert "The default is other now, which was blue before: it is not changed." in done.log
    assert (endpoint["defaults"], sorted(endpoint["deployments"])) == ({"deployment_name": "other"}, ["blue", "other"])


def test_a_batch_job_with_wrong_results_is_not_promoted(make_agent: MakeAgent) -> None:
    """The job ends well; its results are tested before the default moves."""
    agent = make_agent()
    run(agent, *BATCH)
    publish(agent, 2)
    tests = len(pytest_log(agent).read_text().splitlines())
    done = agent.run_stage(PIPELINES["insurance-batch"], "production", FAIL_TEST=str(tests + 1))
    assert done.failed == "Test the results of the batch job", done.log
    assert "Publish test results" in done.steps
    assert "Make the new deployment the default" not in done.steps
    check(agent, *BATCH, 1)
    assert list(agent.az.v2.batch_endpoints["claims-batch"]["deployments"]) == ["blue"]
    run(agent, *BATCH)
    check(agent, *BATCH, 2)


def test_the_test_gets_the_results_of_the_job_of_this_run(make_agent: MakeAgent) -> None:
    """With the real pytest, which reads them."""
    agent = make_agent(PYTEST)
    test = agent.workspace / "insurance-training/landing/tests/integration/production_test.py"
    test.write_text(
        "from pathlib import Path\n\n\ndef test_results(request):\n"
        "    folder = Path(request.config.getoption('--predictions'))\n"
        "    assert [p.read_text() for p in folder.iterdir()] == ['claims.csv,1,0.5\\n']\n"
    )
    run(agent, *BATCH)
    (job,) = agent.az.v2.jobs
    download = next(call for call in agent.az.calls if call[:3] == ["ml", "job", "download"])
    assert (download[download.index("--name") + 1], download[download.index("--output-name") + 1]) == (
        job["name"],
        "score",
    )


def test_a_job_without_results_is_not_tested(make_agent: MakeAgent) -> None:
    agent = make_agent()

    def empty(words: list[str], folder: Path) -> Any:
        answer = agent.az(words, folder)
        if words[:3] == ["ml", "job", "download"]:
            (place,) = Path(words[words.index("--download-path") + 1]).rglob("predictions.csv")
            place.unlink()
        return answer

    agent.listen(empty)
    done = agent.run_stage(PIPELINES["insurance-batch"], "production")
    assert done.failed == "Test the results of the batch job"
    assert "has no output score" in done.log
    assert not pytest_log(agent).exists()
