"""What a picture of a release says."""

import pytest

from azrelease.graph import Graph, release_graph
from azrelease.release import Release, load_document
from azrelease.yaml_document import YamlDocument
from fake_azure_devops import Organization, serve
from support.registering import FULL, SECRETS, plan, seed


@pytest.fixture
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)


def release(text: str) -> Release:
    return load_document(YamlDocument.parse(text, "release.yml")).release


def graph(text: str) -> Graph:
    return release_graph(release(text), "release.yml")


@pytest.mark.usefixtures("secrets")
def test_what_registration_makes_is_what_a_plan_creates() -> None:
    with serve(Organization("org")) as service:
        seed(service)
        changes = plan(service, release(FULL)).changes
    kinds = {"check": 0, "pipeline": 0, "environment": 0, "variable group": 0, "build validation": 0, "permission": 0}
    for change in changes:
        kind = str(change.key.kind)
        if kind in kinds:
            kinds[kind] += 1
    told = [fact.name for fact in graph(FULL).registered]
    assert sum(" of " in name for name in told) == kinds["check"] == 6
    assert told.count("pipeline") == kinds["pipeline"] == 2
    assert told.count("environment") == kinds["environment"] == 2
    assert told.count("variable group") == kinds["variable group"] == 2
    assert told.count("build validation") == kinds["build validation"] == 1


def test_every_control_of_a_stage_holds_it_back() -> None:
    staging, production = graph(FULL).stages
    assert [(hold.kind, hold.title) for hold in staging.before] == [
        ("check", "branches main, release/*"),
        ("check", "from 09:00 to 17:00"),
        ("check", "extends MLOps/templates/safe.yml"),
        ("lock", "one release at a time"),
        ("gate", "No open incident"),
    ]
    assert [(hold.kind, hold.title, hold.place) for hold in production.before] == [
        ("approval", "2 of [MLOps]\\Approvers, ada@example.com, Grace Hopper", "check on churn-production")
    ]
    assert production.after == ("staging",)


def test_secrets_are_named_and_a_secret_that_stands_in_the_file_is_hidden() -> None:
    text = FULL.replace(
        "variables: {region: westeurope,", "variables: {region: westeurope, dbPassword: hunter2hunter2,"
    )
    text = text.replace(
        "    target: managed\n    lock",
        "    target: managed\n    tasks: [{task: Bash, script: 'export API_TOKEN=hunter2hunter2'}]\n    lock",
    )
    found = graph(text)
    assert "hunter2" not in repr(found)
    assert ("api.key", "secret") in [(fact.name, fact.value) for fact in found.variables]


ONE = """\
name: churn
artifact: {pipeline: churn-training, name: model}
stages:
- name: staging
  variables: {size: small}
  tasks:
  - {task: PublishTestResults, merge: true, fail_on_failed_tests: false, timeout: 90 minutes, retries: 2, continue_on_error: true}
  - {task: Bash, script: ls, display_name: Look}
- name: production
  agent: {image: windows-2022}
  timeout: 2 hours
  retries: 3
  tasks:
  - {task: Bash, script: ls, display_name: Look, condition: always(), env: {SIZE: "$(size)"}}
"""


def test_what_a_stage_says_is_shown_and_nothing_else() -> None:
    staging, production = graph(ONE).stages
    assert [tuple(fact) for fact in staging.facts] == [("agent", "ubuntu-24.04")]
    assert [tuple(fact) for fact in staging.variables] == [("size", "small")]
    assert [tuple(fact) for fact in production.facts] == [
        ("agent", "windows-2022"),
        ("timeout", "2 hours"),
        ("retries", "3"),
    ]
    assert [job.place for stage in (staging, production) for job in stage.jobs] == [
        "ubuntu-24.04, deployment to churn-staging",
        "windows-2022, deployment to churn-production",
    ]


def test_what_a_step_says_is_shown_and_nothing_else() -> None:
    staging, production = graph(ONE).stages
    results, look = staging.jobs[0].parts[0].steps[-2:]
    assert {"mergeTestResults": "true"}.items() <= dict(results.inputs).items()
    assert results.notes[1:] == ("continues on error", "up to 2 retries", "at most 90 minutes")
    assert (look.title, look.script, look.notes) == ("Look", "ls", ())
    again = production.jobs[0].parts[0].steps[-1]
    assert again.notes == ("runs if always()", "up to 3 retries")
    assert ("env SIZE", "$(size)") in [tuple(fact) for fact in again.inputs]
