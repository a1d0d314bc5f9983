"""`plan` and `apply` with `--classic`: a release definition instead of a pipeline."""

from collections.abc import Iterator
from typing import Any

import pytest

from fake_azure_devops import Fault, Organization, Service, serve
from support.process import Cli, CliHere
from support.registering import SECRETS, seed

TOKEN = "planted-token-4711-0815"
RELEASE = """
name: churn
folder: \\models
description: Deploys the churn model.
artifact: {pipeline: churn-training, name: model}
variables: {region: westeurope}
secrets: [api.key]
variable_groups: [shared]
workspace: {resource_group: churn-rg, name: churn-ws, service_connection: churn-azure}
stages:
  - name: staging
    endpoint: churn-staging
    target: managed
    secrets: [token]
  - name: production
    endpoint: churn
    target: managed
    approval:
      approvers: [ada@example.com, grace@example.com]
      minimum: 2
      timeout: 3 days
"""


@pytest.fixture
def cli(cli: Cli) -> Cli:
    return CliHere(cli.folder)


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    with serve(Organization("org", tokens={TOKEN})) as found:
        seed(found).add_definition("churn-training", "\\")
        values = {
            **SECRETS,
            "AZURE_DEVOPS_EXT_PAT": TOKEN,
            "AZURE_DEVOPS_ORG_URL": found.url,
            "SYSTEM_TEAMPROJECT": "MLOps",
        }
        for name, value in values.items():
            monkeypatch.setenv(name, value)
        yield found


def definitions(service: Service) -> list[dict[str, Any]]:
    return list(service.organization.project("MLOps").release_definitions.values())


def test_plan_apply_plan(cli: Cli, service: Service) -> None:
    cli.write("release.yml", RELEASE)
    first = cli("plan", "--classic", "--exit-code")
    assert (first.code, first.err) == (1, "")
    assert "create release definition \\models\\churn" in first.out
    assert "apply needs the value of api.key" in first.out
    assert "apply needs the value of token" in first.out
    applied = cli("apply", "--classic", "--yes")
    assert (applied.code, applied.err) == (0, "")
    (made,) = definitions(service)
    production = next(each for each in made["environments"] if each["name"] == "production")
    approvals = production["preDeployApprovals"]["approvals"]
    assert [each["approver"]["displayName"] for each in approvals] == ["Ada Lovelace", "Grace Hopper"]
    again = cli("plan", "--classic", "--exit-code")
    assert (again.code, "Nothing to change." in again.out) == (0, True), again.out
    # Nothing of a pipeline is made, or looked for.
    project = service.organization.project("MLOps")
    assert not project.environments
    assert not project.checks
    assert [each["name"] for each in project.definitions.values()] == ["churn-training"]


def test_a_change_is_told_and_the_rest_stays(cli: Cli, service: Service) -> None:
    cli.write("release.yml", RELEASE)
    assert cli("apply", "--classic", "--yes").code == 0
    (made,) = definitions(service)
    made["retentionPolicy"] = {"daysToKeep": 99}
    cli.write("release.yml", RELEASE.replace("westeurope", "northeurope"))
    shown = cli("plan", "--classic")
    assert "variables.region.value: westeurope → northeurope" in shown.out
    assert "To do: 1 to update." in shown.out
    done = cli("apply", "--classic", "--yes")
    assert (done.code, done.err) == (0, "")
    (after,) = definitions(service)
    assert after["variables"]["region"]["value"] == "northeurope"
    assert after["retentionPolicy"] == {"daysToKeep": 99}
    assert cli("plan", "--classic", "--exit-code").code == 0


@pytest.mark.usefixtures("service")
def test_fewer_approvers_need_consent(cli: Cli) -> None:
    cli.write("release.yml", RELEASE)
    assert cli("apply", "--classic", "--yes").code == 0
    cli.write("release.yml", RELEASE.replace(", grace@example.com]\n      minimum: 2", "]"))
    done = cli("apply", "--classic", "--yes")
    assert done.code == 2
    assert "the controls of a stage change" in done.err
    assert cli("apply", "--classic", "--yes", "--allow-weaker").code == 0
    assert cli("plan", "--classic", "--exit-code").code == 0


def test_a_stage_that_goes_is_told(cli: Cli, service: Service) -> None:
    cli.write("release.yml", RELEASE)
    assert cli("apply", "--classic", "--yes").code == 0
    cli.write("release.yml", RELEASE[: RELEASE.index("  - name: production")])
    done = cli("apply", "--classic", "--yes")
    assert "stages are removed with their approvals: production" in done.err
    assert len(definitions(service)[0]["environments"]) == 2


def test_a_saved_plan_is_applied(cli: Cli, service: Service) -> None:
    cli.write("release.yml", RELEASE)
    assert cli("plan", "--classic", "--out", "plan.json").code == 0
    saved = (cli.folder / "plan.json").read_text(encoding="utf-8")
    assert not [secret for secret in (*SECRETS.values(), TOKEN) if secret in saved]
    done = cli("apply", "plan.json", "--yes")
    assert (done.code, done.err) == (0, "")
    assert len(definitions(service)) == 1
    assert cli("apply", "plan.json", "--yes").code == 0


def test_the_value_of_a_secret_is_needed_once(cli: Cli, service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    cli.write("release.yml", RELEASE)
    monkeypatch.delenv("API_KEY")
    refused = cli("apply", "--classic", "--yes")
    assert refused.code == 2
    assert "secret api.key: set the environment variable API_KEY to its value" in refused.err
    assert definitions(service) == []
    monkeypatch.setenv("API_KEY", SECRETS["API_KEY"])
    assert cli("apply", "--classic", "--yes").code == 0
    monkeypatch.delenv("API_KEY")
    cli.write("release.yml", RELEASE.replace("westeurope", "northeurope"))
    assert cli("apply", "--classic", "--yes").code == 0


@pytest.mark.parametrize("fault", [Fault.reset_after(), Fault.status(503, retry_after=0), Fault.reset_before()])
def test_a_lost_answer_doubles_nothing(cli: Cli, service: Service, fault: Fault) -> None:
    cli.write("release.yml", RELEASE)
    service.faults.when(
        lambda request: request.method == "POST" and request.path.lower().endswith("/release/definitions"), fault
    )
    assert cli("apply", "--classic", "--yes").code == 0
    assert len(definitions(service)) == 1
    assert cli("plan", "--classic", "--exit-code").code == 0


def test_a_control_that_a_definition_cannot_have_stops_it(cli: Cli, service: Service) -> None:
    controls = "    checks: {branches: {allowed: [main]}}\n    approval:\n"
    cli.write("release.yml", RELEASE.replace("    approval:\n", controls))
    done = cli("plan", "--classic")
    assert done.code == 2
    assert "a classic definition cannot have 1 of its controls" in done.err
    assert definitions(service) == []


def test_what_somebody_else_made_is_changed_only_with_consent(cli: Cli, service: Service) -> None:
    cli.write("release.yml", RELEASE)
    assert cli("apply", "--classic", "--yes").code == 0
    (made,) = definitions(service)
    made["description"] = "By hand."
    cli.write("release.yml", RELEASE.replace("westeurope", "northeurope"))
    done = cli("apply", "--classic", "--yes")
    assert done.code == 2
    assert "azrelease did not create it, and it differs in variables.region.value. Pass --adopt" in done.err
    assert made["variables"]["region"]["value"] == "westeurope"
    assert cli("apply", "--classic", "--yes", "--adopt").code == 0
    assert made["variables"]["region"]["value"] == "northeurope"
    assert made["description"] == "Deploys the churn model. [azrelease churn]"


def test_it_moves_to_another_folder(cli: Cli, service: Service) -> None:
    cli.write("release.yml", RELEASE)
    assert cli("apply", "--classic", "--yes").code == 0
    cli.write("release.yml", RELEASE.replace("\\models", "\\other"))
    shown = cli("plan", "--classic")
    assert "path: \\models → \\other" in shown.out
    assert cli("apply", "--classic", "--yes").code == 0
    assert [each["path"] for each in definitions(service)] == ["\\other"]
    assert cli("plan", "--classic", "--exit-code").code == 0


def test_tasks_of_one_name_are_told_apart(cli: Cli, service: Service) -> None:
    tasks = """
    tasks:
      - {task: Bash, display_name: Notify, script: echo one, env: {KEY: one}}
      - {task: Bash, display_name: Notify, script: echo two}
"""
    text = RELEASE[: RELEASE.index("  - name: production")] + tasks.lstrip("\n")
    cli.write("release.yml", text)
    assert cli("apply", "--classic", "--yes").code == 0
    assert cli("plan", "--classic", "--exit-code").code == 0
    cli.write("release.yml", text.replace("echo two", "echo three").replace(", env: {KEY: one}", ""))
    assert "workflowTasks[Notify].environment: KEY=one → -" in cli("plan", "--classic").out
    assert cli("apply", "--classic", "--yes").code == 0
    assert cli("plan", "--classic", "--exit-code").code == 0
    found = definitions(service)[0]["environments"][0]["deployPhases"][0]["workflowTasks"]
    assert [(each["inputs"]["script"], each["environment"]) for each in found] == [("echo one", {}), ("echo three", {})]


def test_secrets_of_stages_stay_when_something_else_changes(cli: Cli, service: Service) -> None:
    cli.write("release.yml", RELEASE)
    assert cli("apply", "--classic", "--yes").code == 0
    cli.write("release.yml", RELEASE.replace("Deploys the", "Deploys a"))
    assert cli("apply", "--classic", "--yes").code == 0
    (made,) = definitions(service)
    assert made["environments"][0]["variables"]["token"]["value"] == SECRETS["TOKEN"]
    assert made["variables"]["api.key"]["value"] == SECRETS["API_KEY"]


def test_a_secret_that_becomes_a_plain_value_is_told(cli: Cli, service: Service) -> None:
    cli.write("release.yml", RELEASE)
    assert cli("apply", "--classic", "--yes").code == 0
    text = RELEASE.replace("{region: westeurope}", "{region: westeurope, api.key: plain}").replace(
        "secrets: [api.key]\n", ""
    )
    cli.write("release.yml", text)
    done = cli("apply", "--classic", "--yes")
    assert "api.key is no longer secret" in done.err
    assert cli("apply", "--classic", "--yes", "--allow-weaker").code == 0
    assert definitions(service)[0]["variables"]["api.key"] == {"value": "plain", "isSecret": False}
    assert cli("plan", "--classic", "--exit-code").code == 0


def test_a_plain_value_that_becomes_a_secret_is_not_shown(cli: Cli, service: Service) -> None:
    cli.write("release.yml", RELEASE)
    assert cli("apply", "--classic", "--yes").code == 0
    (made,) = definitions(service)
    made["variables"]["API.KEY"] = {"value": "was-plain-before"}
    del made["variables"]["api.key"]
    shown = cli("plan", "--classic", "--out", "plan.json")
    assert "variables.api.key: (plain text) → (secret)" in shown.out
    assert "was-plain-before" not in shown.out + (cli.folder / "plan.json").read_text(encoding="utf-8")
    assert cli("apply", "plan.json", "--yes").code == 0
    assert made["variables"]["API.KEY"] == {"value": SECRETS["API_KEY"], "isSecret": True}
    assert set(made["variables"]) == {"API.KEY", "region"}


def test_variables_of_others_stay_and_are_told(cli: Cli, service: Service) -> None:
    cli.write("release.yml", RELEASE)
    assert cli("apply", "--classic", "--yes").code == 0
    (made,) = definitions(service)
    made["variables"]["theirs"] = {"value": "1"}
    shown = cli("plan", "--classic", "--prune")
    assert "variable theirs of release definition \\models\\churn" in shown.out
    cli.write("release.yml", RELEASE.replace("westeurope", "northeurope"))
    assert cli("apply", "--classic", "--prune", "--yes").code == 0
    assert made["variables"]["theirs"]["value"] == "1"


@pytest.mark.usefixtures("service")
def test_a_check_of_pull_requests_is_no_part_of_a_definition(cli: Cli) -> None:
    cli.write("release.yml", f"{RELEASE}registration: {{pull_request_check: {{yaml: pr.yml}}}}\n")
    done = cli("plan", "--classic")
    assert done.code == 2
    assert "a classic definition has no `registration.pull_request_check`" in done.err
