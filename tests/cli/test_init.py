"""`azrelease init`: options, questions on a terminal, what a newcomer does first."""

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fake_azure_devops import Organization, Service, serve
from support.process import PATIENT, CliHere, unmeasured
from support.registering import seed, use
from support.yaml_text import safe_load

NEEDED = ("--resource-group", "rg", "--workspace", "ws", "--service-connection", "azure")
FOLDER = "Churn Modell"


@pytest.fixture
def here(tmp_path: Path) -> CliHere:
    """The command line in an empty folder, in this process."""
    folder = tmp_path / FOLDER
    folder.mkdir()
    return CliHere(folder)


def release(folder: Path) -> dict[str, Any]:
    data: dict[str, Any] = safe_load((folder / "release.yml").read_text(encoding="utf-8"))
    return data


def contents(folder: Path) -> dict[str, bytes]:
    paths = ((path.relative_to(folder), path) for path in folder.rglob("*") if path.is_file())
    return {name.as_posix(): path.read_bytes() for name, path in paths if name.parts[0] != ".git"}


def test_defaults_come_from_the_folder(here: CliHere) -> None:
    done = here("init", "--yes")
    assert (done.code, done.err) == (0, "")
    said = release(here.folder)
    assert said["name"] == "churn-modell"
    assert said["artifact"] == {"pipeline": "churn-modell-training", "name": "model"}
    assert said["workspace"] == {
        "resource_group": "churn-modell-rg",
        "name": "churn-modell-ws",
        "service_connection": "churn-modell-azure",
    }
    assert [(stage["endpoint"], stage["target"]) for stage in said["stages"]] == [
        ("churn-modell-staging", "managed"),
        ("churn-modell", "managed"),
    ]
    assert said["stages"][1]["trigger"] == "manual"
    wrote = [line.removeprefix("wrote ") for line in done.out.splitlines() if line.startswith("wrote ")]
    assert wrote == sorted(contents(here.folder))
    assert "azrelease bootstrap release.yml --include .azrelease --include" in done.out


def test_every_question_is_an_option(here: CliHere) -> None:
    # fmt: off
    done = here(
        "init", "new/place", "--name", "Churn", *NEEDED, "--pipeline", "train", "--artifact", "a b",
        "--image", "ubuntu-latest", "--staging", "kubernetes:small",
        "--production", "batch:big", "--approver", "jane@example.com", "--approver", "[MLOps]\\Owners",
    )
    # fmt: on
    assert (done.code, done.err) == (0, "")
    said = release(here.folder / "new" / "place")
    assert said["name"] == "Churn"
    assert said["artifact"] == {"pipeline": "train", "name": "a b"}
    assert said["agent"] == {"image": "ubuntu-latest"}
    staging, production = said["stages"]
    assert staging["target"] == {"type": "kubernetes", "compute": "small"}
    assert production["target"] == {"type": "batch", "compute": "big"}
    assert production["approval"]["approvers"] == ["jane@example.com", "[MLOps]\\Owners"]
    assert "\nNext: cd new/place; " in done.out


def test_where_nobody_can_be_asked_all_that_is_missing_or_wrong_is_told_at_once(here: CliHere) -> None:
    done = here("init", "--name", "a/b", "--workspace", "ws", "--production", "moon")
    assert done.code == 2
    assert done.out == ""
    lines = done.err.removeprefix("error: ").splitlines()
    assert [line.partition(":")[0] for line in lines] == ["--name", "--production", "no terminal to ask on"]
    assert "--resource-group, --service-connection, or take the defaults with --yes" in lines[-1]
    assert contents(here.folder) == {}


def test_what_has_a_default_is_not_asked_for(here: CliHere) -> None:
    assert here("init", *NEEDED).code == 0
    assert release(here.folder)["artifact"]["pipeline"] == "churn-modell-training"


def test_a_dry_run_writes_nothing_and_tells_the_same(here: CliHere) -> None:
    dry = here("init", "--yes", "--dry-run")
    assert dry.code == 0
    assert contents(here.folder) == {}
    wet = here("init", "--yes")
    listed = [line for line in wet.out.splitlines() if line.startswith("wrote ")]
    assert dry.out.splitlines() == [line.replace("wrote ", "would write ", 1) for line in listed]


def test_run_again_it_adds_what_is_missing_and_leaves_the_rest(here: CliHere) -> None:
    assert here("init", *NEEDED, "--staging", "kubernetes:small", "--approver", "jane").code == 0
    first = contents(here.folder)
    for path in ("azure-pipelines.yml", "deployment/kubernetes-deployment.yml", "azure-pipelines.ci.yml"):
        (here.folder / path).unlink()
    here.write("README.md", "ours\n")
    # The release that is there says all: nothing is asked, and no other names are written.
    done = here("init")
    assert (done.code, done.err) == (0, "")
    assert [line for line in done.out.splitlines() if line.startswith(("wrote", "kept"))] == [
        "kept, differs: README.md",
        "wrote azure-pipelines.ci.yml",
        "wrote azure-pipelines.yml",
        "wrote deployment/kubernetes-deployment.yml",
    ]
    assert contents(here.folder) == {**first, "README.md": b"ours\n"}
    other = here("init", "--workspace", "other", "--staging", "kubernetes:small")
    assert (other.code, other.err) == (2, "error: release.yml exists and says otherwise: leave --workspace out\n")


def test_the_pipeline_is_rendered_from_the_release_that_is_there(here: CliHere) -> None:
    assert here("init", "--yes").code == 0
    path = here.folder / "release.yml"
    here.write("release.yml", path.read_text(encoding="utf-8").replace("lock: sequential", "lock: latest"))
    (here.folder / "azure-pipelines.yml").unlink()
    assert here("init").code == 0
    assert here("render", "--check").code == 0


def test_a_release_that_is_wrong_is_told_of_and_nothing_is_written(here: CliHere) -> None:
    here.write("release.yml", "name: x\n")
    done = here("init", "--yes")
    assert done.code == 2
    assert "release.yml:1:1: error" in done.err
    assert list(contents(here.folder)) == ["release.yml"]


def test_beside_a_release_that_people_have_remade_nothing_is_written_that_is_not_used(here: CliHere) -> None:
    assert here("init", "--yes").code == 0
    text = (here.folder / "release.yml").read_text(encoding="utf-8")
    here.write("release.yml", text.replace("name: staging", "name: acceptance"))
    done = here("init")
    assert (done.code, done.err) == (0, "")
    assert "\nwrote" not in done.out


def test_a_stage_more_changes_nothing(here: CliHere) -> None:
    assert here("init", "--yes").code == 0
    text = (here.folder / "release.yml").read_text(encoding="utf-8")
    here.write("release.yml", f"{text}\n  - name: after\n    tasks:\n      - task: Bash\n        script: ./tell.sh\n")
    (here.folder / "deployment" / "score.py").unlink()
    done = here("init")
    assert (done.code, done.err) == (0, "")
    assert "wrote deployment/score.py\n" in done.out


def test_settings_of_the_editor_that_are_there_stay_and_it_says_what_to_add(here: CliHere) -> None:
    here.write(".vscode/settings.json", "{}\n")
    done = here("init", "--yes")
    assert done.code == 0
    assert "kept, differs: .vscode/settings.json\n" in done.out
    assert '.vscode/settings.json: add "yaml.schemas": {"./.azrelease/release.schema.json": ' in done.out
    assert (here.folder / ".vscode" / "settings.json").read_text(encoding="utf-8") == "{}\n"


def test_a_pipeline_of_theirs_stays_and_it_says_what_is_in_the_way(here: CliHere) -> None:
    here.write("azure-pipelines.yml", "steps:\n- script: make\n")
    done = here("init", "--yes")
    assert done.code == 0
    assert "\nazure-pipelines.yml: differs from what the release renders to" in done.out
    assert (here.folder / "azure-pipelines.yml").read_text(encoding="utf-8") == "steps:\n- script: make\n"


def test_in_a_folder_of_a_checkout_pipelines_are_named_from_its_top(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    folder = tmp_path / "models" / "churn"
    assert CliHere(tmp_path)("init", str(folder), "--yes").code == 0
    check = release(folder)["registration"]["pull_request_check"]
    assert check == {"yaml": "models/churn/azure-pipelines.check.yml"}
    checked = CliHere(tmp_path)("check", "--fail-on", "info")
    assert checked.out.endswith(" files checked, nothing found\n")


def test_a_file_is_no_folder(here: CliHere) -> None:
    here.write("file", "")
    done = here("init", "file", "--yes")
    assert (done.code, done.err) == (2, "error: file: is a file; init takes a folder\n")


@pytest.mark.parametrize("sample", ["insurance", "minimal"])
def test_from_a_classic_definition(here: CliHere, samples: Path, sample: str) -> None:
    there = samples / sample / "release.yml"
    assert here("export", str(there), "--output", "d.json").code == 0
    done = here("init", "--from", "d.json")
    assert (done.code, done.err) == (0, "")
    assert "carried" in done.out
    assert "wrote release.yml\n" in done.out
    written = set(contents(here.folder))
    tests = {"prod", "staging"} if sample == "insurance" else {"production", "staging"}
    assert {f"tests/integration/{stage}_test.py" for stage in tests} <= written
    assert not [path for path in written if path.startswith(("deployment", "training"))]
    assert here("render", "--check").code == 0
    fail_on = "error" if sample == "insurance" else "info"
    assert here("check", "--fail-on", fail_on).code == 0
    again = here("init")
    assert (again.code, again.err) == (0, "")
    assert "wrote" not in again.out


def test_a_definition_that_would_lose_a_control_stops_it(here: CliHere, samples: Path) -> None:
    assert here("export", str(samples / "minimal" / "release.yml"), "--output", "d.json").code == 0
    definition = json.loads((here.folder / "d.json").read_text(encoding="utf-8"))
    definition["isDisabled"] = True
    here.write("d.json", json.dumps(definition))
    done = here("init", "--from", "d.json")
    assert done.code == 1
    assert "cannot be carried; nothing was written" in done.err
    assert list(contents(here.folder)) == ["d.json"]
    assert here("init", "--from", "d.json", "--accept-loss").code == 0
    assert "release.yml" in contents(here.folder)


def test_a_file_with_several_definitions_is_no_project(here: CliHere, samples: Path) -> None:
    assert here("export", str(samples / "minimal" / "release.yml"), "--output", "d.json").code == 0
    definition = json.loads((here.folder / "d.json").read_text(encoding="utf-8"))
    here.write("d.json", json.dumps([definition, definition]))
    done = here("init", "--from", "d.json")
    assert (done.code, done.err) == (2, "error: d.json: expected one definition, got 2\n")


def test_a_folder_that_pipelines_cannot_name_is_refused(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    done = CliHere(tmp_path)("init", "$(folder)", "--yes")
    assert done.code == 2
    assert "Azure Pipelines cannot use a folder of this name" in done.err
    assert contents(tmp_path) == {}


def test_what_a_release_of_theirs_lacks_is_said(here: CliHere, samples: Path) -> None:
    here.write("release.yml", (samples / "minimal" / "release.yml").read_text(encoding="utf-8"))
    done = here("init")
    assert done.code == 0
    assert "release.yml: add registration: {pull_request_check: {yaml: azure-pipelines.check.yml}}\n" in done.out
    assert here("render", "--check").code == 0


def test_options_that_mean_nothing_are_refused(here: CliHere) -> None:
    assert here("init", "--yes", "--accept-loss").code == 2
    done = here("init", "--from", "d.json", "--workspace", "ws")
    assert (done.code, done.err) == (2, "error: --from takes all answers from the definition: leave --workspace out\n")


def process(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {**unmeasured(), "PYTHONPATH": os.pathsep.join(sys.path), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    return subprocess.run(
        [sys.executable, "-m", *arguments], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )


NEWCOMER = (
    ("azrelease", "render", "--check"),
    ("azrelease", "graph", "--format", "html", "--output", "release.html"),
    ("azrelease", "check", "--fail-on", "info"),
    ("pytest", "-q"),
)
"""What a newcomer runs after `init`; all of it succeeds."""

LONGEST = 20.0
"""Seconds of processors for all of it: what others make this machine wait does not count. On a quiet one it is below 5."""


def spent() -> float:
    """The seconds of processors that the processes which ended so far have taken; 0 on Windows, which keeps no count."""
    times = os.times()
    return times.children_user + times.children_system


@pytest.mark.no_cover
def test_what_a_newcomer_does_takes_no_time(tmp_path: Path) -> None:
    begin = spent()
    for command in (("azrelease", "init", "--yes"), *NEWCOMER):
        done = process(*command, cwd=tmp_path)
        assert done.returncode == 0, (command, done.stdout, done.stderr)
    took = spent() - begin
    print(f"a newcomer is done after {took:.1f} s of a processor")
    assert took < LONGEST


def start_typing(folder: Path, *arguments: str) -> Any:
    """`azrelease init` on a terminal."""
    pexpect = pytest.importorskip("pexpect")
    if os.name == "nt":
        pytest.skip("there is no such terminal on Windows")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "NO_COLOR": "1", "TERM": "dumb"}
    return pexpect.spawn(
        sys.executable, ["-m", "azrelease", "init", *arguments], cwd=folder, env=environment, encoding="utf-8", timeout=PATIENT
    )  # fmt: skip


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    """An empty folder with a name of its own."""
    folder = tmp_path / "churn"
    folder.mkdir()
    return folder


@pytest.mark.no_cover
def test_the_same_with_keys_typed(place: Path) -> None:
    begin = spent()
    terminal = start_typing(place)
    for question, typed in (
        (r"Name of the release \[churn\]: ", ""),
        (r"Resource group of the workspace \[churn-rg\]: ", "rg: 'one'"),
        (r"workspace \[churn-ws\]: ", "$(ws)"),
        (r"would replace a part of `\$\(ws\)`.*workspace \[churn-ws\]: ", "ws"),
        (r"Service connection of Azure DevOps to it \[churn-azure\]: ", ""),
        (r"CI pipeline that trains the model \[churn-training\]: ", "\\team\\train"),
        (r"artifact that it publishes \[model\]: ", ""),
        (r"Image of the agents \[ubuntu-24.04\]: ", "windows-latest"),
        (r"runs windows.*Image of the agents \[ubuntu-24.04\]: ", ""),
        (r"Where staging runs .* \[managed\]: ", "kubernetes"),
        (r"nothing runs on `kubernetes`.*\[managed\]: ", "kubernetes:small"),
        (r"Where production runs \[kubernetes:small\]: ", "managed"),
        (r"Where pipelines install azrelease from .*: ", "azrelease"),
        (r"bare name.*Where pipelines install azrelease from .*: ", ""),
        (r"Who approves production .*: ", "[MLOps]\\Release Approvers"),
        (r"Who approves production .*: ", "jane@example.com"),
        (r"Who approves production .*: ", ""),
    ):
        terminal.expect(question)
        assert list(place.iterdir()) == []
        terminal.sendline(typed)
    terminal.expect("azrelease bootstrap release.yml")
    terminal.wait()
    assert terminal.exitstatus == 0
    for command in NEWCOMER:
        done = process(*command, cwd=place)
        assert done.returncode == 0, (command, done.stdout, done.stderr)
    took = spent() - begin
    print(f"with keys typed it takes {took:.1f} s of a processor")
    assert took < LONGEST
    said = release(place)
    assert said["workspace"] == {"resource_group": "rg: 'one'", "name": "ws", "service_connection": "churn-azure"}
    assert said["artifact"]["pipeline"] == "\\team\\train"
    assert [stage["target"] for stage in said["stages"]] == [{"type": "kubernetes", "compute": "small"}, "managed"]
    assert said["stages"][1]["approval"]["approvers"] == ["[MLOps]\\Release Approvers", "jane@example.com"]


@pytest.mark.no_cover
@pytest.mark.parametrize("key", ["\x03", "\x04"], ids=["Ctrl-C", "Ctrl-D"])
def test_breaking_off_writes_nothing(place: Path, key: str) -> None:
    terminal = start_typing(place, "--name", "churn")
    terminal.expect(r"Resource group of the workspace \[churn-rg\]: ")
    terminal.send(key)
    terminal.expect("nothing was written")
    terminal.wait()
    assert terminal.exitstatus == 130
    assert list(place.iterdir()) == []


TOKEN = "planted-token-4711-0815"


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    with serve(Organization("org", tokens={TOKEN})) as found:
        seed(found)
        use(monkeypatch, found, TOKEN)
        monkeypatch.delenv("SYSTEM_COLLECTIONURI", raising=False)
        yield found


def test_what_it_says_to_do_next_brings_the_project_to_azure_devops(place: Path, service: Service) -> None:
    cli = CliHere(place)
    subprocess.run(["git", "init", "--quiet"], cwd=place, check=True, env=unmeasured())
    done = cli("init", "--yes", "--approver", "ada@example.com")
    assert done.code == 0
    (said,) = [line for line in done.out.splitlines() if line.startswith("azrelease bootstrap")]
    pushed = cli(*shlex.split(said)[1:], "--yes")
    assert (pushed.code, pushed.err) == (0, ""), pushed.out
    repository = next(
        each for each in service.organization.project("MLOps").repositories.values() if each.name == "models"
    )
    files = repository.files("refs/heads/azrelease/churn")
    assert {path.lstrip("/") for path in files} == set(contents(place))
    again = cli("plan", "--exit-code")
    assert again.code == 0, again.out
