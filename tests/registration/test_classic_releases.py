"""`import` straight from an organization, over real HTTP, through the real client."""

import json
from typing import Any

import pytest

from support.process import Cli, CliHere, Result
from support.release_service import Service, serve
from support.yaml_text import safe_load

GUID = "627fe375-40c8-4134-a333-7301495cb460"
GROUP = "11111111-2222-3333-4444-555555555555"
BASH = "6c731c3c-3c68-459a-a5c9-bde6e6595b5b"
CLI = "46e4be58-730b-4389-8a2f-ea10b3e5e815"

DEFINITION = {
    "id": 3,
    "name": "Web CD",
    "variableGroups": [7],
    "environments": [
        {
            "name": "Dev",
            "rank": 1,
            "conditions": [{"conditionType": "event", "name": "ReleaseStarted", "value": ""}],
            "deployPhases": [
                {
                    "name": "Agent job",
                    "phaseType": "agentBasedDeployment",
                    "deploymentInput": {"queueId": 18, "timeoutInMinutes": 30},
                    "workflowTasks": [
                        {
                            "taskId": CLI,
                            "version": "2.*",
                            "name": "Look",
                            "inputs": {
                                "connectedServiceNameARM": GUID,
                                "scriptType": "bash",
                                "scriptLocation": "inlineScript",
                                "inlineScript": "az account show",
                            },
                        },
                        {"taskId": GROUP, "version": "1.*", "definitionType": "metaTask", "name": "Say", "inputs": {}},
                    ],
                }
            ],
        }
    ],
}
TASK_GROUP = {
    "id": GROUP,
    "version": {"major": 1},
    "tasks": [
        {
            "displayName": "Hello",
            "task": {"id": BASH, "versionSpec": "3.*", "definitionType": "task"},
            "inputs": {"targetType": "inline", "script": "echo hello"},
        }
    ],
}


def listed(*items: dict[str, Any]) -> dict[str, Any]:
    return {"count": len(items), "value": list(items)}


ANSWERS = {
    "/My Web/_apis/release/definitions": listed(
        {"id": 3, "name": "Web CD"}, {"id": 4, "name": "two"}, {"id": 5, "name": "Two"}
    ),
    "/My Web/_apis/release/definitions/3": DEFINITION,
    "/My Web/_apis/serviceendpoint/endpoints": listed({"id": GUID, "name": "azure"}),
    "/My Web/_apis/distributedtask/variablegroups": listed({"id": 7, "name": "common"}),
    "/My Web/_apis/distributedtask/queues": listed({"id": 18, "name": "own agents"}),
    "/My Web/_apis/distributedtask/deploymentgroups": listed(),
    "/My Web/_apis/distributedtask/taskgroups": listed(TASK_GROUP),
}


@pytest.fixture
def cli(cli: Cli) -> Cli:
    return CliHere(cli.folder)


@pytest.fixture
def token(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("AZURE_DEVOPS_EXT_PAT", "planted-token-4711")
    for name in ("SYSTEM_ACCESSTOKEN", "AZURE_DEVOPS_ORG_URL", "SYSTEM_COLLECTIONURI", "SYSTEM_TEAMPROJECT"):
        monkeypatch.delenv(name, raising=False)
    return "planted-token-4711"


def fetch(cli: Cli, service: Service, definition: str, *more: str) -> Result:
    with serve(service):
        return cli("import", "--definition", definition, "--org", service.url, "--project", "My Web", *more)


@pytest.mark.parametrize("which", ["3", "web cd"])
def test_a_definition_comes_with_the_names_of_what_it_means(cli: Cli, token: str, which: str) -> None:
    service = Service(ANSWERS)
    done = fetch(cli, service, which, "--format", "json")
    assert done.code == 0, done.err
    release = safe_load((cli.folder / "release.yml").read_text(encoding="utf-8"))
    assert release["variable_groups"] == ["common"]
    assert release["agent"] == {"pool": "own agents"}
    first, second = release["stages"][0]["tasks"]
    assert (first["task"], first["service_connection"]) == ("AzureCLI", "azure")
    assert (second["task"], second["script"]) == ("Bash", "echo hello")
    changed = {row["construct"] for row in json.loads(done.out)["releases"][0]["rows"] if row["handling"] != "carried"}
    assert changed == {"Task group"}
    assert all(authorization for _, authorization in service.requests)
    assert token not in done.out + done.err


@pytest.mark.parametrize(
    ("which", "said"),
    [
        ("web dc", "has no release definition `web dc`. Did you mean `Web CD`?"),
        ("TWO", "has several release definitions named `TWO`; pass the id of one: 4, 5"),
    ],
)
def test_a_name_has_to_be_that_of_one(cli: Cli, token: str, which: str, said: str) -> None:
    done = fetch(cli, Service(ANSWERS), which)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert token not in done.err


def test_what_the_service_refuses_is_told(cli: Cli, token: str) -> None:
    done = fetch(cli, Service(ANSWERS), "99")
    assert done.code == 3
    assert "does not exist" in done.err
    done = fetch(cli, Service(ANSWERS, status=401), "3")
    assert done.code == 3
    assert "it needs the scope Release (read)" in done.err
    assert token not in done.err
    assert not (cli.folder / "release.yml").exists()


@pytest.mark.usefixtures("token")
def test_a_project_has_to_be_named(cli: Cli) -> None:
    done = cli("import", "--definition", "3", "--org", "http://127.0.0.1:1")
    assert done.code == 2
    assert "the project is unknown" in done.err
