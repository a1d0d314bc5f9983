"""Task groups that `import --all` makes step templates of: one for all releases, which do the same as before."""

import json
from pathlib import Path
from typing import Any

import pytest

from support.classic_data import AZURE_CLI, BASH, CONNECTION, DELAY, GROUP, build, definition, phase, stage, task
from support.process import CliHere
from support.yaml_text import safe_load

INPUTS = [
    {"name": "what", "label": "What", "defaultValue": "hi", "helpMarkDown": "What is\nsaid."},
    {"name": "connection", "required": True, "defaultValue": ""},
    {"name": "script path", "defaultValue": ""},
    {"name": "spn", "type": "boolean", "defaultValue": "false"},
    {"name": "unused", "defaultValue": "x"},
]
SAY = {
    "displayName": "Say $(WHAT)",
    "task": {"id": BASH, "versionSpec": "3.*", "definitionType": "task"},
    "inputs": {"targetType": "inline", "script": "echo $(what) $(other)\necho done"},
    "timeoutInMinutes": 5,
    "continueOnError": True,
}
LOGIN = {
    "displayName": "Log in",
    "task": {"id": AZURE_CLI, "versionSpec": "2.*", "definitionType": "task"},
    "inputs": {
        "connectedServiceNameARM": "$(connection)",
        "scriptType": "bash",
        "scriptLocation": "scriptPath",
        "scriptPath": "$(script path)",
        "addSpnToEnvironment": "$(spn)",
    },
    "condition": "and(succeeded(), ne('$(what)', 'bye'))",
    "environment": {"WHAT": "$(what)"},
}
VALUES = {"what": "hello", "connection": CONNECTION, "script path": "drop/run.sh", "spn": "true"}


@pytest.fixture
def cli(tmp_path: Path) -> CliHere:
    here = CliHere(tmp_path)
    (tmp_path / ".git").mkdir()
    here.write("names.json", json.dumps({"service_connections": {CONNECTION: "azure-web"}}))
    return here


def group(*tasks: dict[str, Any], **more: Any) -> dict[str, Any]:
    version = {"major": more.pop("major", 1), "minor": 0}
    head = {"id": GROUP, "name": "Deploy web", "description": "Deploys\nthe web.", "instanceNameFormat": "Deploy"}
    return {**head, "version": version, "inputs": INPUTS, "tasks": list(tasks or (SAY, LOGIN)), **more}


def call(version: str = "1.*", /, inputs: dict[str, str] | None = None, **more: Any) -> dict[str, Any]:
    given = VALUES | (inputs or {})
    return task(GROUP, version, definitionType="metaTask", name="Deploy it", inputs=given, **more)


def put(cli: CliHere, name: str, *tasks: dict[str, Any], **more: Any) -> None:
    data = definition(stage(deployPhases=[phase(*tasks, **more)]), name=name, artifacts=[build()])
    cli.write(f"exports/{name}.json", json.dumps(data))


def groups(cli: CliHere, *found: dict[str, Any]) -> None:
    cli.write("exports/groups.json", json.dumps({"count": len(found), "value": list(found)}))


def run(cli: CliHere, *options: str) -> dict[str, Any]:
    arguments = ("--output", "releases", "--names", "names.json", "--format", "json", *options)
    found: dict[str, Any] = json.loads(cli("import", "--all", "exports", *arguments).out)
    return found


def tasks_of(cli: CliHere, name: str) -> list[dict[str, Any]]:
    data = safe_load((cli.folder / "releases" / f"{name}.release.yml").read_text(encoding="utf-8"))
    (found,) = data["stages"]
    tasks: list[dict[str, Any]] = found.get("tasks") or found["jobs"][0]["tasks"]
    return tasks


def steps_of(cli: CliHere, release: str) -> list[dict[str, Any]]:
    """The steps that the service makes of a release, without inputs that are empty or have their default."""
    assert cli("render", release).code == 0
    folder, _, name = release.rpartition("/")
    done = cli("expand", f"{folder}/{name.removesuffix('release.yml')}azure-pipelines.yml")
    assert done.code == 0, done.err
    (job,) = safe_load(done.out)["stages"][0]["jobs"]
    steps: list[dict[str, Any]] = job["strategy"]["runOnce"]["deploy"]["steps"]
    defaults = {"scriptLocation": "scriptPath", "addSpnToEnvironment": "false"}
    for step in steps:
        inputs = {
            name: str(value).lower() if isinstance(value, bool) else value for name, value in step["inputs"].items()
        }
        step["inputs"] = {name: value for name, value in inputs.items() if value not in ("", defaults.get(name))}
    return steps


def test_a_task_group_becomes_one_template_that_releases_call(cli: CliHere) -> None:
    groups(cli, group())
    put(cli, "web", call())
    put(cli, "shop", call(inputs={"what": "hi", "script path": "$(System.DefaultWorkingDirectory)/_app/x.sh"}), task())
    found = run(cli)
    assert found["summary"] == {"definitions": 2, "written": 2, "already there": 0, "stopped": 0}
    (template,) = found["templates"]
    assert template == {
        "path": "releases/task-groups/Deploy-web.yml",
        "group": "Deploy web",
        "outcome": "written",
        "callers": 2,
        "is_edited": False,
    }
    (called,) = tasks_of(cli, "web")
    assert called == {
        "task": "Template",
        "file": "task-groups/Deploy-web.yml",
        "parameters": {
            "what": "hello",
            "connection": "azure-web",
            "script_path": "$(Pipeline.Workspace)/drop/run.sh",
            "spn": "true",
        },
    }
    # A value that is the default is left out.
    assert list(tasks_of(cli, "shop")[0]["parameters"]) == ["connection", "script_path", "spn"]
    text = (cli.folder / "releases" / "task-groups" / "Deploy-web.yml").read_text(encoding="utf-8")
    assert text.splitlines()[:12] == [
        "# Imported by azrelease from the task group `Deploy web`, version 1.",
        text.splitlines()[1],
        "# Deploys the web.",
        "parameters:",
        "# What What is said.",
        "- name: what",
        "  type: string",
        "  default: hi",
        "- name: connection",
        "  type: string",
        "- name: script_path",
        "  type: string",
    ]
    assert "unused" not in text
    assert cli("render", "releases").code == 0
    checked = cli("check", "releases")
    assert (checked.code, "error" in checked.out) == (0, False), checked.out


@pytest.mark.parametrize(
    "inputs",
    [
        {},
        {"what": 'a "b" $(d) \\ # é\nand more'},
        {"what": "", "script path": ""},
        {"what": "$(Release.ReleaseId)", "spn": "false"},
        {"script path": "$(script)", "connection": "$(connection)"},
    ],
)
def test_a_release_does_the_same_as_with_the_tasks_of_the_group(cli: CliHere, inputs: dict[str, str]) -> None:
    groups(cli, group())
    put(cli, "web", call(inputs=inputs))
    run(cli, "--accept-loss")
    options = ("--names", "names.json", "--accept-loss", "--output", "one/release.yml")
    (cli.folder / "one").mkdir()
    assert cli("import", "exports/web.json", "--task-groups", "exports/groups.json", *options).code == 0
    assert tasks_of(cli, "web")[0]["task"] == "Template"
    assert steps_of(cli, "releases/web.release.yml") == steps_of(cli, "one/release.yml")


def test_a_call_with_controls_of_its_own_keeps_its_tasks(cli: CliHere) -> None:
    groups(cli, group(SAY))
    calls = {
        "plain": call(),
        "disabled": call(enabled=False),
        "continues": call(continueOnError=True),
        "conditional": call(condition="always()"),
        "limited": call(timeoutInMinutes=9),
    }
    for name, each in calls.items():
        put(cli, name, each)
    found = {each["name"]: each for each in run(cli)["releases"]}
    assert found["limited"]["outcome"] == "stopped"
    assert [tasks_of(cli, name)[0]["task"] for name in ("plain", "disabled", "conditional")] == [
        "Template",
        "Bash",
        "Bash",
    ]
    assert tasks_of(cli, "disabled")[0]["enabled"] is False
    assert tasks_of(cli, "conditional")[0]["condition"] == "always()"
    # Each task of the group continues anyway, so the call says nothing more.
    assert tasks_of(cli, "continues")[0]["task"] == "Template"
    rows = [row["message"] for row in found["disabled"]["rows"] if row["construct"] == "Task group"]
    assert rows == ["Deploy it: the stage contains the tasks of the group, with its parameters filled in"]


def test_what_depends_on_the_definition_stays_in_the_release(cli: CliHere) -> None:
    about_build = SAY | {"inputs": {"targetType": "inline", "script": "echo $(Build.BuildNumber) $(what)"}}
    groups(cli, group(about_build))
    put(cli, "web", call())
    run(cli)
    (found,) = tasks_of(cli, "web")
    assert found["script"] == "echo $(resources.pipeline._app.runName) hello"
    assert not (cli.folder / "releases" / "task-groups").exists()


def test_an_agentless_job_keeps_its_tasks(cli: CliHere) -> None:
    wait = {
        "displayName": "Wait",
        "task": {"id": DELAY, "versionSpec": "1.*"},
        "inputs": {"delayForMinutes": "$(what)"},
    }
    groups(cli, group(wait))
    put(cli, "web", call(inputs={"what": "3"}), phaseType="runOnServer")
    run(cli)
    assert tasks_of(cli, "web")[0]["task"] == "Delay@1"


def test_values_that_become_parts_of_scripts_are_reported(cli: CliHere) -> None:
    groups(cli, group())
    put(cli, "web", call())
    (release,) = run(cli)["releases"]
    rows = {row["construct"]: row["message"] for row in release["rows"] if row["handling"] == "carried with a change"}
    assert rows["Task group: parameters in scripts"].startswith("Deploy it: what: the values become parts of scripts")
    assert rows["Task group"].startswith("Deploy it: a step template")


def test_versions_and_equal_names_have_their_own_templates(cli: CliHere) -> None:
    other = group(SAY | {"displayName": "Other"}) | {"id": "9" * 8 + GROUP[8:]}
    groups(cli, group(), group(SAY, major=2), other)
    put(cli, "web", call(), call("2.*"), {**call(), "taskId": other["id"]})
    found = run(cli)
    assert len({each["path"] for each in found["templates"]}) == 3
    assert [each["file"] for each in tasks_of(cli, "web")] == [
        "task-groups/Deploy-web.yml",
        "task-groups/Deploy-web-2.yml",
        "task-groups/Deploy-web-3.yml",
    ]


def test_groups_in_a_group_are_part_of_its_template(cli: CliHere) -> None:
    inner = group(SAY) | {"id": "9" * 8 + GROUP[8:], "name": "Inner"}
    reference = {"id": inner["id"], "versionSpec": "1.*", "definitionType": "metaTask"}
    outer = {"displayName": "Call", "task": reference, "inputs": {"what": "[$(what)]"}}
    groups(cli, group(outer), inner)
    put(cli, "web", call())
    run(cli)
    assert [each["task"] for each in tasks_of(cli, "web")] == ["Template"]
    text = (cli.folder / "releases" / "task-groups" / "Deploy-web.yml").read_text(encoding="utf-8")
    assert "echo [${{ parameters.what }}] $(other)" in text


def test_a_group_that_is_missing_or_calls_itself_stops_its_callers(cli: CliHere) -> None:
    reference = {"id": GROUP, "versionSpec": "1.*", "definitionType": "metaTask"}
    groups(cli, group({"displayName": "Again", "task": reference, "inputs": {}}))
    put(cli, "web", call())
    put(cli, "shop", {**call(), "taskId": CONNECTION})
    found = run(cli)
    assert [each["outcome"] for each in found["releases"]] == ["stopped", "stopped"]
    assert {each["decisions"][0]["advice"] for each in found["releases"]} == {"Pass its export with --task-groups."}
    assert found["templates"] == []


def test_a_second_run_leaves_templates_alone(cli: CliHere) -> None:
    groups(cli, group())
    put(cli, "web", call())
    run(cli)
    path = cli.folder / "releases" / "task-groups" / "Deploy-web.yml"
    before = path.stat().st_mtime_ns
    put(cli, "shop", call())
    found = run(cli)
    assert [each["outcome"] for each in found["templates"]] == ["already there"]
    assert path.stat().st_mtime_ns == before
    # A person's change of the template stays, and new releases call it.
    path.write_text(path.read_text(encoding="utf-8").replace("echo done", "echo finished"), encoding="utf-8")
    put(cli, "third", call())
    found = run(cli)
    assert found["summary"]["written"] == 1
    assert found["templates"][0]["is_edited"] is True
    assert "echo finished" in path.read_text(encoding="utf-8")
    # Where the group changes, too, somebody has to decide.
    groups(cli, group(SAY))
    put(cli, "fourth", call())
    found = run(cli)
    stopped = [each for each in found["releases"] if each["outcome"] == "stopped"]
    assert {each["name"] for each in stopped} == {"fourth", "shop", "third", "web"}
    assert "task-groups/Deploy-web.yml: was edited by hand" in stopped[0]["decisions"][0]["what"]
    assert not (cli.folder / "releases" / "fourth.release.yml").exists()
    assert run(cli, "--force")["summary"]["stopped"] == 0
    assert "echo finished" not in path.read_text(encoding="utf-8")


def test_a_release_without_its_template_is_not_written(cli: CliHere) -> None:
    groups(cli, group())
    put(cli, "web", call())
    put(cli, "plain", task())
    cli.write("releases/task-groups", "a file in place of the folder")
    found = run(cli)
    outcomes = {each["name"]: each["outcome"] for each in found["releases"]}
    assert outcomes == {"web": "stopped", "plain": "written"}
    names = sorted(path.name for path in (cli.folder / "releases").iterdir())
    assert names == ["plain.release.yml", "task-groups"]


def test_a_release_that_cannot_be_written_takes_its_new_template_with_it(cli: CliHere) -> None:
    groups(cli, group())
    put(cli, "web", call())
    cli.write("releases/web.release.yml/x", "a folder in place of the file")
    assert run(cli)["summary"]["stopped"] == 1
    assert not list((cli.folder / "releases").glob("task-groups/*"))


def test_a_secret_in_plain_text_is_not_written(cli: CliHere) -> None:
    key = "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA\n-----END RSA PRIVATE KEY-----"
    secret = SAY | {"inputs": {"targetType": "inline", "script": f"echo '{key}'"}}
    groups(cli, group(secret))
    put(cli, "web", call())
    (release,) = run(cli)["releases"]
    assert release["outcome"] == "stopped"
    (decision,) = release["decisions"]
    assert "a secret in plain text" in decision["what"]
    assert decision["advice"].startswith("Make it a secret variable")
    assert not (cli.folder / "releases").exists()


def test_where_all_releases_extend_a_template_paths_begin_at_the_top(cli: CliHere) -> None:
    repositories = '[{alias = "governed", repository = "platform/pipelines", ref = "refs/tags/v1"}]'
    extended = '{file = "v1/Official.yml", repository = "governed"}'
    cli.write("azrelease.toml", f"[defaults]\ntemplate_repositories = {repositories}\npipeline_template = {extended}\n")
    groups(cli, group())
    put(cli, "web", call())
    assert run(cli)["summary"]["written"] == 1
    assert tasks_of(cli, "web")[0]["file"] == "/releases/task-groups/Deploy-web.yml"
    assert cli("render", "releases").code == 0
    text = (cli.folder / "releases" / "web.azure-pipelines.yml").read_text(encoding="utf-8")
    assert "- template: /releases/task-groups/Deploy-web.yml@self" in text
