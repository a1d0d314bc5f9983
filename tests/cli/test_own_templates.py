"""The setting `templates`: heeded by every command, and an error where it would replace nothing."""

import json
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from fake_azure_devops import Organization, Service, serve
from support.process import Cli, CliHere
from support.registering import FULL, SECRETS, seed, use
from support.yaml_text import safe_load

RELEASE = """\
name: churn
artifact: {pipeline: churn-training, name: model}
workspace: {resource_group: rg, name: ws, service_connection: azure}
stages:
  - name: staging
    tasks:
      - task: InstallAzureCLIExtension
        extension: ml
"""
SCRIPT = "scripts/install_azure_cli_extension.sh.j2"
MARK = "our own way to extension"
STEP = "models/azrelease/install-azure-cli-extension.yml"


@pytest.fixture
def cli(tmp_path: Path) -> CliHere:
    """A repository whose settings name a folder of templates, and a release in a folder of it."""
    here = CliHere(tmp_path)
    here.write("azrelease.toml", 'templates = "ours"\n')
    here.write(f"ours/{SCRIPT}", f'echo "{MARK}" {{{{ extension }}}}\n')
    here.write("models/release.yml", RELEASE)
    return here


def test_render_and_its_check(cli: CliHere) -> None:
    assert cli("render", "models").code == 0
    text = (cli.folder / STEP).read_text(encoding="utf-8")
    assert f'echo "{MARK}" "$ARG_EXTENSION"\n' in text
    assert "az extension add" not in text
    assert cli("render", "--check", "models").code == 0
    cli.write(f"ours/{SCRIPT}", 'echo "another way" {{ extension }}\n')
    changed = cli("render", "--check", "models")
    assert changed.code == 1
    assert "another way" in changed.out


def test_an_option_goes_before_the_setting(cli: CliHere) -> None:
    cli.write(f"theirs/{SCRIPT}", "echo theirs {{ extension }}\n")
    whole = cli("render", "--stdout", "--layout", "inline", "models", "--templates", "theirs")
    assert 'echo theirs "$ARG_EXTENSION"' in whole.out


def test_graph_and_export(cli: CliHere) -> None:
    assert MARK in cli("graph", "models/release.yml", "--format", "html").out
    assert MARK in cli("export", "models/release.yml", "--output", "-", "--accept-loss").out


def test_rehearse(cli: CliHere, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    (cli.folder / "drop").mkdir()
    done = cli("rehearse", "models/release.yml", "--artifact", "drop", "--format", "json")
    logs = [line for stage in json.loads(done.out)["stages"] for job in stage["jobs"] for step in job["steps"] for line in step["log"]]  # fmt: skip
    assert f"{MARK} ml" in logs


def test_init_beside_a_release_that_is_there(cli: CliHere) -> None:
    assert cli("init", "models", "--yes").code == 0
    assert MARK in (cli.folder / STEP).read_text(encoding="utf-8")


def test_hooks_look_at_a_commit_of_a_template(samples: Path) -> None:
    for hook in safe_load((samples.parent / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")):
        assert re.search(hook["files"], f"ours/{SCRIPT}")
        assert re.search(hook["files"], "models/release.yml")
        assert not re.search(hook["files"], "models/train.py")


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    with serve(Organization("org")) as found:
        seed(found)
        use(monkeypatch, found, **SECRETS)
        yield found


def test_bootstrap_plan_and_drift(cli: Cli, service: Service) -> None:
    cli.write("models/release.yml", FULL)
    assert cli("bootstrap", "models", "--yes").code == 0
    assert MARK in (cli.folder / STEP).read_text(encoding="utf-8")
    repository = next(
        each for each in service.organization.project("MLOps").repositories.values() if each.name == "models"
    )
    files = [cli.folder / "models" / "azure-pipelines.yml", *(cli.folder / "models" / "azrelease").glob("*")]
    repository.commit(
        "main", {path.relative_to(cli.folder).as_posix(): path.read_text(encoding="utf-8") for path in files}
    )
    done = cli("drift", "models")
    assert (done.code, done.err) == (0, ""), done.out
    assert cli("plan", "models", "--exit-code").code == 0


WRONG = {
    "a folder": ('templates = "our"\n', "azrelease.toml:1:13: error: there is no folder `our`", "Did you mean `ours`?"),
    "another type": ("templates = 5\n", "azrelease.toml:1:13: error: `templates` has to be the path of a folder", "Write `templates ="),
    "an empty name": ('templates = ""\n', "azrelease.toml:1:13: error: `templates` has to be the path of a folder", "Write `templates ="),
    "a file": ('templates = "azrelease.toml"\n', "azrelease.toml:1:13: error: `azrelease.toml` is not a folder", "It is looked for"),
    "the setting": ('template = "ours"\n', "azrelease.toml:1:1: error: unknown setting `template`", "Did you mean `templates`?"),
}  # fmt: skip
COMMANDS = [
    ("render", "models"),
    ("render", "--check", "models"),
    ("graph", "models/release.yml"),
    ("export", "models/release.yml", "--output", "-", "--accept-loss"),
    ("rehearse", "models/release.yml"),
    ("check", "models"),
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("case", WRONG)
def test_a_setting_that_is_wrong_is_an_error_at_its_place(cli: CliHere, case: str, command: tuple[str, ...]) -> None:
    text, message, hint = WRONG[case]
    cli.write("azrelease.toml", text)
    done = cli(*command)
    assert done.code in (1, 2)
    assert message in done.out + done.err
    assert hint in done.out + done.err


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("scripts/install_azure_cli_extention.sh.j2", f"Did you mean `{SCRIPT}`?"),
        ("script/install_azure_cli_extension.sh.j2", f"Did you mean `{SCRIPT}`?"),
        ("stage.yml.j2", "Did you mean `pipeline/stage.yml.j2`?"),
        ("something/else.j2", "Templates are in `page/`, `pipeline/`"),
    ],
)
def test_a_template_that_replaces_nothing_is_an_error_with_what_is_meant(cli: CliHere, name: str, hint: str) -> None:
    cli.write(f"ours/{name}", "x\n")
    for command in (("render", "models"), ("check", "models"), ("graph", "models/release.yml")):
        done = cli(*command)
        assert done.code in (1, 2)
        said = done.out + done.err
        assert f"azrelease.toml:1:13: error: ours: `{name}` replaces no template, and none here includes it" in said
        assert hint in said
    cli.write("azrelease.toml", "releases = []\n")
    option = cli("render", "models", "--templates", "ours")
    assert option.code == 2
    assert f"`{name}` replaces no template" in option.err


def test_a_template_that_another_one_includes_and_other_files_are_no_mistake(cli: CliHere) -> None:
    cli.write(f"ours/{SCRIPT}", '{% include "parts/ours.sh.j2" %}\necho {{ extension }}\n')
    cli.write("ours/parts/ours.sh.j2", f"echo {MARK}\n")
    cli.write("ours/README.md", "Ours.\n")
    done = cli("render", "models", "--stdout", "--layout", "inline")
    assert (done.code, done.err) == (0, "")
    assert MARK in done.out


def test_check_finds_nothing_wrong_with_the_setting(cli: CliHere) -> None:
    assert cli("render", "models").code == 0
    assert "azrelease.toml" not in cli("check", "models").out


def test_a_template_that_only_names_itself_is_included_by_none(cli: CliHere) -> None:
    cli.write("ours/mine.sh.j2", "{# 'mine.sh.j2' #}\n")
    assert "`mine.sh.j2` replaces no template" in cli("render", "models").err
