"""`catalog sync --project`: the names of a project in a lock file, as completion reads them."""

import json

import pytest

from azrelease.catalog.project_lock import PROJECT_LOCK, ProjectNames, project_lock_text, project_names
from fake_azure_devops import Service
from support.process import Cli, CliHere
from support.registering import use


def test_the_names_of_a_project_are_locked(cli: Cli, service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, service)
    service.organization.project("MLOps").add_environment("production")
    service.organization.project("MLOps").add_environment("Staging")
    here = CliHere(cli.folder)
    done = here("catalog", "sync", "--organization", service.url, "--project", "MLOps")
    assert done.code == 0, done.err
    assert "wrote azrelease-project.lock.json: " in done.out
    text = (here.folder / PROJECT_LOCK).read_text(encoding="utf-8")
    assert json.loads(text)["environments"] == ["production", "Staging"]
    names = project_names(here.folder)
    assert names.environments == ("production", "Staging")
    assert {"churn-azure", "github"} <= set(names.service_connections)
    assert "shared" in names.variable_groups
    assert set(names.pools) == {"Azure Pipelines", "gpu", "ml-agents"}
    assert text == project_lock_text(names, f"{service.url}/MLOps")


def test_a_project_that_does_not_exist_is_said_and_no_names_are_written(
    cli: Cli, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, service)
    here = CliHere(cli.folder)
    done = here("catalog", "sync", "--organization", service.url, "--project", "Nowhere")
    assert done.code == 3
    assert "Nowhere" in done.err
    assert not (here.folder / PROJECT_LOCK).exists()


@pytest.mark.parametrize("text", ["", "[]", "{", '{"version": 2, "pools": ["a"]}', '{"version": 1, "pools": 3}'])
def test_a_lock_that_cannot_be_used_has_no_names(cli: Cli, text: str) -> None:
    cli.write(PROJECT_LOCK, text)
    assert project_names(cli.folder) == ProjectNames()
