"""`azrelease import` and `azrelease export`, as a user runs them."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from azrelease.release import load
from support.process import Cli, CliHere
from support.yaml_text import safe_load

SAMPLES = Path(__file__).parent.parent.parent / "samples"
USE = "33c63b11-352b-45a2-ba1b-54cb568a29ca"


def definition(name: str = "web", **more: Any) -> dict[str, Any]:
    task = {"taskId": USE, "version": "0.*", "name": "Use Python", "inputs": {"versionSpec": "3.12"}}
    given = {"agentSpecification": {"identifier": "ubuntu-24.04"}, "timeoutInMinutes": 30}
    phase = {"name": "Agent job", "phaseType": 1, "deploymentInput": given, "workflowTasks": [task]}
    start = [{"conditionType": 1, "name": "ReleaseStarted", "value": ""}]
    return {
        "name": name,
        "environments": [{"name": "Dev", "rank": 1, "conditions": start, "deployPhases": [phase], **more}],
    }


LOST = {"schedules": [{"daysToRelease": 1}]}


def write(cli: Cli, name: str, data: Any, encoding: str = "utf-8") -> str:
    (cli.folder / name).write_bytes(json.dumps(data).encode(encoding))
    return name


@pytest.fixture
def cli(cli: Cli) -> Cli:
    return CliHere(cli.folder)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_definition_becomes_a_release_file_and_is_accounted_for(cli: Cli, encoding: str) -> None:
    done = cli("import", write(cli, "d.json", definition(), encoding))
    assert (done.code, done.err) == (0, "")
    assert load(cli.folder / "release.yml").release.name == "web"
    assert done.out.splitlines()[0] == "d.json: web"
    assert "Use Python becomes UsePythonVersion" in done.out
    assert done.out.endswith("  lost                        0\n\nwrote release.yml\n")
    assert cli("render").code == 0
    assert cli("check").code == 0


def test_a_lost_control_stops_the_import_unless_it_is_accepted(cli: Cli) -> None:
    name = write(cli, "d.json", definition(**LOST))
    done = cli("import", name)
    assert done.code == 1
    assert "lost                     environments[0].schedules: Stage: schedule (a control): " in done.out
    assert "→ Add a business hours check to the environment" in done.out
    assert done.err == (
        "error: d.json: 1 control cannot be carried; nothing was written. See the report, or pass --accept-loss.\n"
    )
    assert [path.name for path in cli.folder.iterdir()] == ["d.json"]
    assert cli("import", name, "--accept-loss").code == 0
    assert (cli.folder / "release.yml").is_file()


def test_a_release_file_is_not_written_over(cli: Cli) -> None:
    cli.write("release.yml", "mine")
    name = write(cli, "d.json", definition())
    done = cli("import", name)
    assert done.code == 2
    assert "release.yml: already exists" in done.err
    assert (cli.folder / "release.yml").read_text(encoding="utf-8") == "mine"
    assert cli("import", name, "--force").code == 0
    assert cli("import", name, "-o", "other.yml").code == 0
    assert (cli.folder / "other.yml").is_file()


def test_several_definitions_stand_each_for_themselves(cli: Cli) -> None:
    first = write(cli, "a.json", [definition("one / two"), definition("one / two")])
    second = write(cli, "b.json", definition("three", **LOST))
    done = cli("import", first, second, "--format", "json")
    assert done.code == 1
    found = {release["name"]: release for release in json.loads(done.out)["releases"]}
    assert found["three"]["output"] is None
    assert found["three"]["summary"]["lost"] == 1
    names = sorted(path.name for path in cli.folder.glob("*.yml"))
    assert names == ["one-two-2.release.yml", "one-two.release.yml"]
    assert cli("import", first, "-o", "-").code == 2
    assert cli("import", first, "-o", "nowhere").code == 2
    (cli.folder / "out").mkdir()
    assert cli("import", first, "-o", "out").code == 0
    assert len(list((cli.folder / "out").iterdir())) == 2


def test_a_definition_can_come_from_standard_input_and_go_to_standard_output(cli: Cli) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-m", "azrelease", "import", "-", "-o", "-"],
        input=json.dumps(definition()).encode(), cwd=cli.folder, capture_output=True, check=False, env=environment,
    )  # fmt: skip
    assert done.returncode == 0
    assert safe_load(done.stdout)["name"] == "web"
    assert done.stderr.decode().startswith("standard input: web\n")


def test_of_several_none_is_written_where_one_is_there(cli: Cli) -> None:
    name = write(cli, "d.json", [definition("one"), definition("two")])
    cli.write("two.release.yml", "mine")
    done = cli("import", name)
    assert (done.code, done.out) == (2, "")
    assert not (cli.folder / "one.release.yml").exists()


def test_the_report_as_markdown(cli: Cli) -> None:
    done = cli("import", write(cli, "d.json", definition("we|b", **LOST)), "--format", "markdown")
    assert "## we\\|b" in done.out
    assert "| ❌ | Stage: schedule **(control)** | `environments[0].schedules` |" in done.out
    assert "| ✅ carried | " in done.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere.json"], "nowhere.json: cannot be read"),
        (["bad.json"], "bad.json:1:8: is not JSON: remove the extra comma"),
        (["d.json", "--definition", "3"], "--definition replaces a file"),
        ([], "is empty"),
        (["d.json", "--names", "names.json"], "unknown kind `pool`"),
        (["d.json", "--names", "bad.json"], "bad.json:1:8: is not JSON"),
        (["d.json", "--names", "list.json"], "expected names by id for each kind"),
        (["d.json", "--names", "odd.json"], "expected names by id for each kind"),
        (["d.json", "--org", "https://x"], "--organization and --project are for --definition"),
        (["d.json", "--names", "nowhere"], "nowhere: cannot be read"),
        (["d.json", "--task-groups", "d.json"], "d.json: expected a task group"),
        (["latin.json"], "is neither UTF-8 nor UTF-16"),
    ],
)
def test_what_cannot_be_used_is_told(cli: Cli, arguments: list[str], said: str) -> None:
    write(cli, "d.json", definition())
    write(cli, "names.json", {"pool": {"1": "x"}})
    write(cli, "list.json", [1])
    write(cli, "odd.json", {"pools": {"3": {"a": 1}}})
    cli.write("bad.json", '{"a": 1,}')
    (cli.folder / "latin.json").write_bytes(b'{"name": "\xe9"}')
    done = cli("import", *arguments)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert "Traceback" not in done.err


def test_a_definition_that_no_release_can_be_made_of_is_refused(cli: Cli) -> None:
    data = definition() | {"variables": {"a": {"value": "1"}, "A": {"value": "2"}}}
    done = cli("import", write(cli, "d.json", data), "--accept-loss")
    assert done.code == 1
    assert "cannot be used  variables.A.[key]: `A` and `a` are one variable to Azure Pipelines" in done.out
    assert "no release can be made of it; see the report" in done.err


def test_an_export_is_imported_as_what_it_was(cli: Cli) -> None:
    source = SAMPLES / "insurance" / "release.yml"
    cli.write("release.yml", source.read_text(encoding="utf-8"))
    done = cli("export")
    assert done.code == 0
    assert "wrote insurance.json" in done.out
    assert "Approval: instructions" in done.out
    assert cli("import", "insurance.json", "-o", "again.yml").code == 0
    assert load(cli.folder / "again.yml").release == load(source).release
    assert cli("export").code == 2
    assert cli("export", "--force", "--portal").code == 0
    assert (
        json.loads((cli.folder / "insurance.json").read_text(encoding="utf-8"))["environments"][0]["deployPhases"][0][
            "phaseType"
        ]
        == 1
    )


def test_an_export_that_loses_a_control_stops(cli: Cli) -> None:
    cli.write("release.yml", (SAMPLES / "fan-out" / "release.yml").read_text(encoding="utf-8"))
    done = cli("export", "-o", "-")
    assert (done.code, done.out) == (1, "")
    assert "cannot be exported; nothing was written" in done.err
    done = cli("export", "-o", "-", "--accept-loss", "--format", "json")
    assert done.code == 0
    assert json.loads(done.out)["name"] == "fraud detection"
    assert json.loads(done.err)["releases"][0]["summary"]["lost"] > 0


def test_an_export_never_replaces_the_release_it_is_made_from(cli: Cli) -> None:
    cli.write("release.yml", (SAMPLES / "minimal" / "release.yml").read_text(encoding="utf-8"))
    done = cli("export", "-o", "release.yml", "--force", "--accept-loss")
    assert done.code == 2
    assert "is the release itself" in done.err


def test_a_secret_in_a_definition_is_neither_printed_nor_written(cli: Cli) -> None:
    variables = {"dbPassword": {"value": "hunter2 correct horse"}, "apiToken": {"value": "hunter3", "isSecret": True}}
    name = write(cli, "d.json", definition() | {"variables": variables})
    for arguments in (("-o", "-"), ("--format", "json"), ("--format", "markdown", "--force"), ("--force",)):
        done = cli("import", name, *arguments)
        assert "hunter" not in done.out + done.err
    assert "a secret in plain text is not printed" in cli("import", name, "-o", "-").err
    assert "AZR501" in cli("check", "release.yml").out
    token = "ghp_" + "a1B2" * 9
    done = cli("import", write(cli, "t.json", definition() | {"variables": {"a": {"value": token}}}), "-o", "t.yml")
    assert (done.code, (cli.folder / "t.yml").exists()) == (2, False)
    assert token not in done.out + done.err
