"""`drift`: the release, its YAML here and on its branch, and what the service has."""

import json
from collections.abc import Iterator

import pytest

from fake_azure_devops import Organization, Service, serve
from support.process import Cli, CliHere
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


def registered(cli: Cli, service: Service) -> None:
    """A release that is rendered, committed and registered."""
    cli.write("release.yml", FULL)
    assert cli("render").code == 0
    commit(cli, service)
    assert cli("apply", "--yes").code == 0


def commit(cli: Cli, service: Service) -> None:
    repository = next(
        each for each in service.organization.project("MLOps").repositories.values() if each.name == "models"
    )
    files = [cli.folder / "azure-pipelines.yml", *(cli.folder / "azrelease").glob("*.yml")]
    texts = {path.relative_to(cli.folder).as_posix(): path.read_text(encoding="utf-8") for path in files}
    repository.commit("main", texts)


def test_all_say_the_same(cli: Cli, service: Service) -> None:
    registered(cli, service)
    done = cli("drift")
    assert (done.code, done.err) == (0, "")
    assert done.out == "1 release: release, YAML and service agree.\n"
    assert service.violations == []


def test_the_yaml_may_stand_where_the_registration_says(cli: Cli, service: Service) -> None:
    cli.write("release.yml", FULL.replace("  default_branch: main", "  default_branch: main\n  yaml: .azure/churn.yml"))
    assert cli("bootstrap", "--yes").code == 0
    repository = next(
        each for each in service.organization.project("MLOps").repositories.values() if each.name == "models"
    )
    texts = {
        path.relative_to(cli.folder).as_posix(): path.read_text(encoding="utf-8")
        for path in (cli.folder / ".azure").rglob("*.yml")
    }
    assert ".azure/azrelease/endpoint.yml" in texts
    repository.commit("main", texts)
    done = cli("drift")
    assert (done.code, done.out) == (0, "1 release: release, YAML and service agree.\n")


def test_each_place_that_is_apart_is_told(cli: Cli, service: Service) -> None:
    registered(cli, service)
    project = service.organization.project("MLOps")
    approval = next(check for check in project.checks.values() if check["type"]["name"] == "Approval")
    approval["settings"]["minRequiredApprovers"] = 1
    yaml = cli.folder / "azure-pipelines.yml"
    yaml.write_text(yaml.read_text(encoding="utf-8").replace("northeurope", "x") + "# by hand\n", encoding="utf-8")
    commit(cli, service)
    done = cli("drift", "--format", "json")
    assert done.code == 1
    found = [
        (each["where"], each["what"], each["is"] if "is" in each else each["there"])
        for each in json.loads(done.out)["drift"]
    ]
    assert found == [
        ("file", "azure-pipelines.yml", "edited by hand"),
        ("branch", "azure-pipelines.yml on main", "another text"),
        ("service", "check approval of churn-production: minimum", "1"),
    ]
    text = cli("drift")
    assert text.code == 1
    assert text.out.splitlines()[-1] == "1 release: 3 differences from the release."
    markdown = cli("drift", "--format", "markdown")
    assert "| churn | service | check approval of churn-production: minimum | 1 | 2 | azrelease apply |" in markdown.out


def test_nothing_is_there_yet(cli: Cli, service: Service) -> None:
    cli.write("release.yml", FULL)
    done = cli("drift", "--format", "json")
    assert done.code == 1
    found = json.loads(done.out)["drift"]
    assert {(each["where"], each["what"]) for each in found} >= {
        ("file", "azure-pipelines.yml"),
        ("file", "azrelease/endpoint.yml"),
        ("branch", "azure-pipelines.yml on main"),
        ("branch", "azrelease/endpoint.yml on main"),
    }
    assert {each["there"] for each in found} == {"missing"}
    assert all(call.method == "GET" or "query" in call.path for call in service.calls)


def test_what_is_left_of_an_earlier_release_is_told(cli: Cli, service: Service) -> None:
    registered(cli, service)
    cli.write("release.yml", FULL.replace("    lock: latest\n", ""))
    done = cli("drift", "--format", "json")
    found = {(each["where"], each["what"], each["hint"]) for each in json.loads(done.out)["drift"]}
    assert ("file", "azure-pipelines.yml", "azrelease render") in found
    assert ("service", "check exclusive lock of churn-staging", "azrelease apply --prune") in found
