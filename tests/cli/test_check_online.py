"""`check --online`: what only the service can say, at its lines."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from fake_azure_devops import Organization, Service, serve
from support.process import Cli, CliHere, Result
from support.registering import FULL, SECRETS, seed, use


@pytest.fixture
def cli(cli: Cli) -> Cli:
    return CliHere(cli.folder)


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    with serve(Organization("org")) as found:
        seed(found)
        use(monkeypatch, found, **SECRETS)
        yield found


def online(cli: Cli, *arguments: str) -> Result:
    return cli("check", "release.yml", "--online", "--select", "AZR9", *arguments)


def test_a_registered_release_has_nothing_to_mend(cli: Cli, service: Service) -> None:
    cli.write("release.yml", FULL)
    assert cli("apply", "--yes").code == 0
    before = len(service.writes)
    done = online(cli)
    assert (done.code, done.err) == (0, "")
    previews = service.writes[before:]
    assert [call.path.rpartition("/")[2] for call in previews] == ["preview"]
    assert previews[0].body["previewRun"] is True
    assert previews[0].body["yamlOverride"].startswith("#")


def test_what_the_service_says_stands_at_its_line(cli: Cli, service: Service) -> None:
    cli.write("release.yml", FULL)
    assert cli("apply", "--yes").code == 0
    assert cli("render").code == 0
    service.organization.project("MLOps").preview_error = (
        "/azure-pipelines.yml (Line: 12, Col: 5): Unexpected value 'stage'\n"
        "/azure-pipelines.yml (Line: 20, Col: 9): Job 'x' is twice\n"
        "/templates/safe.yml (Line: 3, Col: 1): It is another file"
    )
    done = online(cli)
    assert done.code == 1
    assert "azure-pipelines.yml:12:5: error: Unexpected value 'stage' [AZR901 refused-by-service]" in done.out
    assert "azure-pipelines.yml:20:9: error: Job 'x' is twice [AZR901 refused-by-service]" in done.out
    assert "azure-pipelines.yml:1:1: error: /templates/safe.yml (Line: 3, Col: 1): It is another file" in done.out


def test_what_the_project_does_not_have_is_told_where_it_is_named(cli: Cli, service: Service) -> None:
    text = FULL.replace("churn-azure, secrets", "churn-azure, secrets").replace(
        "name: churn-ws, service_connection: churn-azure", "name: churn-ws, service_connection: churn-azur"
    )
    cli.write("release.yml", text.replace("churn-vault, shared]", "churn-vault, shard]") + "    agent: {pool: gpus}\n")
    done = online(cli, "--format", "json")
    assert done.code == 1
    found = {(f["code"], f["severity"], f["message"], f["line"], f["hint"]) for f in json.loads(done.out)["findings"]}
    lines = text.splitlines()
    workspace = next(number for number, line in enumerate(lines, 1) if line.startswith("workspace"))
    groups = next(number for number, line in enumerate(lines, 1) if line.startswith("variable_groups"))
    assert {
        (
            "AZR902",
            "error",
            "project MLOps has no service connection `churn-azur`",
            workspace,
            "Did you mean `churn-azure`?",
        ),
        ("AZR902", "error", "project MLOps has no variable group `shard`", groups, "Did you mean `shared`?"),
        ("AZR902", "error", "project MLOps has no agent pool `gpus`", len(lines) + 1, "Did you mean `gpu`?"),
    } <= found
    told = {message for _, severity, message, _, _ in found if severity == "warning"}
    assert "project MLOps has no environment `churn-production`: the first run creates it without checks" in told
    assert ("info" in {severity for _, severity, *_ in found}) is True
    assert not service.writes


@pytest.mark.usefixtures("service")
def test_a_comment_hides_it_and_is_not_unused_without_the_service(cli: Cli) -> None:
    cli.write("release.yml", FULL)
    assert cli("apply", "--yes").code == 0
    text = FULL.replace(
        "variable_groups: [churn-settings",
        "# azrelease: ignore[AZR902] made by another team\nvariable_groups: [other, churn-settings",
    )
    cli.write("release.yml", text)
    assert online(cli).code == 0
    assert "AZR111" not in cli("check", "release.yml").out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("check", "pipeline.yml", "--online"), "--online is for release files"),
        (("check", "-", "--online"), "--online is for release files"),
        (("check", "release.yml", "--project", "MLOps"), "--organization and --project are for --online"),
    ],
)
@pytest.mark.usefixtures("service")
def test_wrong_usage_is_told(cli: Cli, arguments: tuple[str, ...], said: str) -> None:
    cli.write("release.yml", FULL)
    cli.write("pipeline.yml", "steps:\n- script: echo one\n")
    done = cli(*arguments)
    assert done.code == 2
    assert said in done.err


def test_a_service_that_does_not_answer_is_no_finding(
    cli: Cli, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli.write("release.yml", FULL)
    monkeypatch.setenv("AZURE_DEVOPS_EXT_PAT", "wrong")
    done = online(cli)
    assert done.code == 3
    assert "the token is not accepted" in done.err
    assert "wrong" not in done.err
    assert not service.writes


def test_connections_that_are_about_to_stop_working_are_told(cli: Cli, service: Service) -> None:
    cli.write("release.yml", FULL)
    assert cli("apply", "--yes").code == 0
    endpoints = service.organization.project("MLOps").endpoints
    connection = next(found for found in endpoints.values() if found["name"] == "churn-azure")

    def findings() -> list[str]:
        done = online(cli, "--format", "json")
        return [f["message"] for f in json.loads(done.out)["findings"] if f["code"] == "AZR904"]

    today = datetime.now(tz=UTC)
    connection["uses"] = [(today - timedelta(days=days)).isoformat() for days in (79, 300)]
    assert findings() == []
    connection["uses"] = [(today - timedelta(days=90)).isoformat()]
    (found,) = findings()
    assert "`churn-azure` was last used on" in found
    assert found.endswith("days ago: after 100 days without use the service disables it")
    connection["uses"] = [None]
    connection["authorization"]["parameters"] |= {"workloadIdentityFederationIssuer": "https://vstoken.dev.azure.com/x"}
    assert findings() == [
        "service connection `churn-azure` has the issuer of Azure DevOps, which retires on 2027-07-01"
    ]
    connection["authorization"]["parameters"] |= {
        "workloadIdentityFederationIssuer": "https://login.microsoftonline.com/x/v2.0"
    }
    assert findings() == []
