"""`catalog sync` over real HTTP, through the real client."""

import json

import pytest

from azrelease.errors import UserError
from azrelease.registration import organization_url
from support.process import Cli, CliHere, Result
from support.task_service import Service, serve


def task(name: str, version: str, **more: object) -> dict[str, object]:
    major, minor, patch = map(int, version.split("."))
    return {
        "id": "00000000-0000-0000-0000-00000000000A",
        "name": name,
        "version": {"major": major, "minor": minor, "patch": patch},
        **more,
    }


TASKS = [
    task("Ship", "1.2.0", inputs=[{"name": "old", "type": "string"}]),
    task(
        "Ship",
        "1.10.3",
        contributionIdentifier="contoso.tools.ship-task",
        runsOn=["Agent"],
        deprecated=True,
        execution={"Node10": {}, "Node20_1": {}},
        groups=[{"name": "advanced", "visibleRule": "where = cloud"}],
        inputs=[
            {
                "name": "where",
                "type": "pickList",
                "required": True,
                "options": {"cloud": "The cloud", "here": "Here"},
                "defaultValue": "here",
            },
            {"name": "region", "type": "string", "required": True, "groupName": "advanced", "aliases": ["place"]},
            {"name": "note", "type": "string", "defaultValue": "x" * 200},
            {"name": "fast", "type": "boolean", "defaultValue": True},
            {"name": "more", "type": "pickList", "options": {"a": "A"}, "properties": {"EditableOptions": "True"}},
        ],
    ),
    task("Ship", "2.0.0", inputs=[]),
]


@pytest.fixture
def cli(cli: Cli) -> Cli:
    return CliHere(cli.folder)


@pytest.fixture
def secret(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("AZURE_DEVOPS_EXT_PAT", "planted-token-4711")
    monkeypatch.delenv("SYSTEM_ACCESSTOKEN", raising=False)
    monkeypatch.delenv("AZURE_DEVOPS_ORG_URL", raising=False)
    monkeypatch.delenv("SYSTEM_COLLECTIONURI", raising=False)
    return "planted-token-4711"


def sync(cli: Cli, service: Service, *more: str) -> Result:
    return cli("catalog", "sync", "--organization", service.url, *more)


def test_the_newest_version_of_each_major_is_kept_in_the_form_of_the_table(cli: Cli, secret: str) -> None:
    with serve(Service(TASKS)) as service:
        done = sync(cli, service)
    assert (done.code, done.out, done.err) == (0, "wrote azrelease-tasks.lock.json: 3 tasks\n", "")
    text = (cli.folder / "azrelease-tasks.lock.json").read_text()
    lock = json.loads(text)
    assert (lock["version"], lock["organization"]) == (1, service.url)
    assert list(lock["tasks"]) == ["Ship@1", "Ship@2", "contoso.tools.ship-task.Ship@1"]
    assert lock["tasks"]["Ship@1"] == {
        "id": "00000000-0000-0000-0000-00000000000a",
        "runs_on": ["Agent"],
        "deprecated": True,
        "handlers": ["Node10", "Node20_1"],
        "inputs": {
            "where": {"type": "picklist", "required": True, "default": "here", "options": ["cloud", "here"]},
            "region": {"type": "string", "required": True, "visible_when": ["where = cloud"], "aliases": ["place"]},
            "note": {"type": "string", "has_default": True},
            "fast": {"type": "boolean", "default": "true"},
            "more": {"type": "picklist", "options": ["a"], "editable": True},
        },
    }
    assert len(text.splitlines()) == 5  # one task on a line
    assert secret not in text + done.out + done.err
    assert {method for method, _, _ in service.requests} == {"OPTIONS", "GET"}


@pytest.mark.usefixtures("secret")
def test_check_knows_the_tasks_of_the_lock(cli: Cli) -> None:
    with serve(Service(TASKS)) as service:
        sync(cli, service)
    cli.write(
        "azure-pipelines.yml",
        "steps:\n- task: Ship@1\n  inputs:\n    where: cloud\n- task: contoso.tools.ship-task.Ship@1\n  inputs:\n    wehre: here\n- task: Shpi@2\n- task: CopyFiles@2\n"
        "  inputs: {contents: a, targetFolder: b}\n",
    )
    done = cli("check", "--format", "json")
    found = [(f["code"], f["line"], f["column"]) for f in json.loads(done.out)["findings"]]
    assert found == [("AZR404", 2, 9), ("AZR407", 2, 9), ("AZR407", 5, 9), ("AZR403", 7, 5), ("AZR402", 8, 9)]


@pytest.mark.parametrize(("status", "part"), [(401, "token is not accepted"), (403, "TF400813")])
def test_a_refusal_is_said_without_the_token(cli: Cli, secret: str, status: int, part: str) -> None:
    with serve(Service(TASKS, status)) as service:
        done = sync(cli, service)
    assert done.code == 3
    assert part in done.err
    assert secret not in done.err
    assert "Traceback" not in done.err
    assert not (cli.folder / "azrelease-tasks.lock.json").exists()


@pytest.mark.usefixtures("secret")
def test_without_credentials_nothing_is_asked(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AZURE_DEVOPS_EXT_PAT")
    with serve(Service(TASKS)) as service:
        done = sync(cli, service)
    assert done.code == 2
    assert "AZURE_DEVOPS_EXT_PAT" in done.err
    assert service.requests == []


@pytest.mark.usefixtures("secret")
def test_the_token_of_a_pipeline_is_taken_too(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AZURE_DEVOPS_EXT_PAT")
    monkeypatch.setenv("SYSTEM_ACCESSTOKEN", "pipeline-token")
    with serve(Service(TASKS)) as service:
        monkeypatch.setenv("SYSTEM_COLLECTIONURI", service.url)
        assert cli("catalog", "sync", "-o", "lock.json").code == 0
    assert (cli.folder / "lock.json").exists()
    assert {authorization for _, _, authorization in service.requests} == {"Bearer pipeline-token"}


@pytest.mark.parametrize(
    ("given", "environment", "expected"),
    [
        ("https://dev.azure.com/a/", {}, "https://dev.azure.com/a"),
        (None, {"AZURE_DEVOPS_ORG_URL": "https://dev.azure.com/b"}, "https://dev.azure.com/b"),
        (None, {"SYSTEM_COLLECTIONURI": "https://dev.azure.com/c/"}, "https://dev.azure.com/c"),
    ],
)
def test_the_address_comes_from_the_option_or_the_environment(
    given: str | None, environment: dict[str, str], expected: str
) -> None:
    assert organization_url(given, environment) == expected


@pytest.mark.parametrize(
    "given", [None, "contoso", "ftp://x/y", "https://user:pw@dev.azure.com/a", "http://dev.azure.com/a"]
)
def test_what_is_no_address_is_refused(given: str | None) -> None:
    with pytest.raises(UserError) as caught:
        organization_url(given, {})
    assert "pw" not in str(caught.value).replace("https://user:pw", "")


@pytest.mark.parametrize(
    "address", ["ftp://me:hunter2@example.com/x", "me:hunter2@dev.azure.com/x", "https://me:hunter2@[x"]
)
def test_an_invalid_address_with_a_password_is_not_repeated(address: str) -> None:
    with pytest.raises(UserError) as raised:
        organization_url(address, {})
    assert "hunter2" not in str(raised.value)


@pytest.mark.parametrize("text", ["{", "[]", '{"version": 2, "tasks": {}}', '{"version": 1}'])
def test_a_broken_lock_is_named(cli: Cli, text: str) -> None:
    cli.write("azrelease-tasks.lock.json", text)
    cli.write("azure-pipelines.yml", "steps: []\n")
    done = cli("check")
    assert done.code == 2
    assert "azrelease-tasks.lock.json" in done.err
    assert "catalog sync" in done.err
