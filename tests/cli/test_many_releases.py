"""A hundred releases that share what they can: one command takes all of them."""

import json
import time
from pathlib import Path

import pytest

from support.process import CliHere
from support.thorough import THOROUGH

COUNT = 100 if THOROUGH else 30
SETTINGS = """\
releases = ["models", "extra/*.release.yml"]

[defaults]
approvers = ["release-approvers@example.com"]
[defaults.agent]
image = "ubuntu-24.04"
[defaults.workspace]
resource_group = "shared-rg"
name = "shared-ws"
service_connection = "shared-azure"
[defaults.variables]
team = "models"
"""
BASE = """\
artifact: {name: model, branch: main}
trigger: {continuous_deployment: true}
stages:
  - name: staging
    target: managed
  - name: production
    target: managed
    rollout: blue_green
    lock: sequential
    approval: {minimum: 1}
"""


def release(number: int) -> str:
    return f"""\
extends: ../base.yml
name: model {number}
artifact: {{pipeline: training-{number}}}
stages:
  - {{name: staging, endpoint: model-{number}-staging}}
  - {{name: production, endpoint: model-{number}}}
"""


@pytest.fixture
def cli(tmp_path: Path) -> CliHere:
    cli = CliHere(tmp_path)
    (tmp_path / ".git").mkdir()
    cli.write("azrelease.toml", SETTINGS)
    cli.write("base.yml", BASE)
    for number in range(COUNT):
        cli.write(f"{'models' if number else 'extra'}/m{number}.release.yml", release(number))
    cli.write("drafts/release.yml", "name: not one of them\n")
    return cli


def pipelines(cli: CliHere) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in cli.folder.rglob("*azure-pipelines.yml")}


def changed_lines(before: dict[str, str], after: dict[str, str]) -> set[tuple[str, str]]:
    """The pairs of lines in which the files are apart."""
    assert before.keys() == after.keys()
    found: set[tuple[str, str]] = set()
    for name, text in before.items():
        old, new = text.splitlines(), after[name].splitlines()
        assert len(old) == len(new)
        found |= {(a.strip(), b.strip()) for a, b in zip(old, new, strict=True) if a != b and "-checksum:" not in a}
    return found


def test_one_command_takes_all_of_them(cli: CliHere) -> None:
    start = time.perf_counter()
    rendered = cli("render")
    assert (rendered.code, rendered.err) == (0, "")
    assert rendered.out.count("azure-pipelines.yml") == COUNT == len(pipelines(cli))
    assert rendered.out.count("step templates in ") == 2
    assert cli("render", "--check").code == 0
    (cli.folder / "drafts" / "release.yml").unlink()
    checked = cli("check", "models", "extra", "base.yml", "--format", "json")
    assert (checked.code, json.loads(checked.out)["findings"]) == (0, [])
    steps = [path for folder in ("models", "extra") for path in (cli.folder / folder / "azrelease").glob("*.yml")]
    assert json.loads(checked.out)["files"] == 2 * COUNT + len(steps)
    drawn = cli("graph", "--format", "html", "--output", "pages")
    assert (drawn.code, drawn.out) == (0, f"wrote {COUNT + 1} files to pages\n")
    print(f"{COUNT} releases rendered, compared, checked and drawn in {time.perf_counter() - start:.1f} s")


@pytest.mark.parametrize(
    ("setting", "now", "line"),
    [
        ('image = "ubuntu-24.04"', 'image = "ubuntu-22.04"', {("vmImage: ubuntu-24.04", "vmImage: ubuntu-22.04")}),
        ('team = "models"', 'team = "others"', {("team: models", "team: others")}),
    ],
)
def test_a_default_changes_what_it_is_a_default_of(
    cli: CliHere, setting: str, now: str, line: set[tuple[str, str]]
) -> None:
    # One release says its own: nothing of it changes.
    own = release(7) + "agent: {image: windows-2022}\nvariables: {team: mine}\n"
    cli.write("models/m7.release.yml", own)
    assert cli("render").code == 0
    before = pipelines(cli)
    cli.write("azrelease.toml", SETTINGS.replace(setting, now))
    assert cli("render", "--check").code == 1
    assert cli("render").code == 0
    after = pipelines(cli)
    assert changed_lines(before, after) == line
    assert [name for name in before if before[name] == after[name]] == ["m7.azure-pipelines.yml"]


def test_below_the_settings_they_are_the_same_ones(cli: CliHere) -> None:
    done = cli("render", cwd=cli.folder / "models")
    assert (done.code, done.out.count("azure-pipelines.yml")) == (0, COUNT)
    assert "wrote ../extra/m0.azure-pipelines.yml" in done.out
    findings = json.loads(cli("check", "--format", "json", cwd=cli.folder / "models").out)
    steps = list(cli.folder.glob("models/azrelease/*.yml"))
    assert findings["files"] == 2 * COUNT - 1 + len(steps)  # of `extra` the settings name the releases alone


def test_what_is_wrong_with_a_default_is_said_once(cli: CliHere) -> None:
    cli.write("azrelease.toml", SETTINGS.replace("ubuntu-24.04", "ubuntu-20.04"))
    done = cli("check", "models", "--format", "json")
    found = [(f["file"], f["line"], f["code"]) for f in json.loads(done.out)["findings"]]
    assert found == [("azrelease.toml", 6, "AZR705")]
    # It cannot be mended through one of the releases.
    assert cli("check", "--fix", "models/m1.release.yml").code == 1
    assert 'image = "ubuntu-20.04"' in (cli.folder / "azrelease.toml").read_text()


def test_what_is_wrong_in_a_base_is_said_there_and_a_comment_hides_it(cli: CliHere) -> None:
    ungraded = BASE.replace("    approval: {minimum: 1}\n", "").replace("  - name: production", "  - name: prod")

    def found(base: str) -> list[tuple[str, int, str]]:
        cli.write("base.yml", base)
        cli.write("models/m1.release.yml", release(1).replace("name: production", "name: prod"))
        done = cli("check", "models/m1.release.yml", "--format", "json")
        return [(f["file"], f["line"], f["code"]) for f in json.loads(done.out)["findings"]]

    # The name is said in both files: the release's own counts.
    assert found(ungraded) == [("models/m1.release.yml", 6, "AZR601")]
    retired = ungraded.replace("trigger:", "agent: {image: ubuntu-20.04}\ntrigger:")
    assert ("base.yml", 2, "AZR705") in found(retired)
    hidden = retired.replace("ubuntu-20.04}", "ubuntu-20.04}  # azrelease: ignore[AZR705] until spring")
    assert ("base.yml", 2, "AZR705") not in found(hidden)


def test_show_says_where_a_value_stands(cli: CliHere) -> None:
    shown = cli("show", "models/m1.release.yml").out
    assert "  name: model  # base.yml:1\n" in shown
    assert "  service_connection: shared-azure  # azrelease.toml:10\n" in shown
    assert "        - release-approvers@example.com  # azrelease.toml:4\n" in shown
    assert "  pipeline: training-1\n" in shown
    every = cli("show", "models/m1.release.yml", "--origins").out
    assert "  pipeline: training-1  # models/m1.release.yml:3\n" in every
    assert "    trigger: automatic  # default\n" in every
    told = json.loads(cli("show", "models/m1.release.yml", "--origins", "--format", "json").out)
    assert told["origins"]["/workspace/name"] == "azrelease.toml:9"
    assert told["origins"]["/stages/1/rollout/steps/0"] == "base.yml:8"
    assert told["release"]["workspace"]["name"] == "shared-ws"


def test_a_release_that_the_settings_name_and_that_is_not_there(cli: CliHere) -> None:
    cli.write("azrelease.toml", SETTINGS.replace('"models"', '"modles"'))
    done = cli("render")
    assert done.code == 2
    assert done.err.startswith("azrelease.toml:1:13: error: `modles` does not exist [AZR104 invalid-value]\n")


def findings(cli: CliHere, *arguments: str) -> list[tuple[str, int, str]]:
    done = cli("check", *arguments, "--format", "json")
    return [(f["file"], f["line"], f["code"]) for f in json.loads(done.out)["findings"]]


def test_a_base_that_cannot_be_read_is_told(cli: CliHere) -> None:
    (cli.folder / "base.yml").write_bytes(BASE.encode("utf-16"))
    assert findings(cli, "models/m1.release.yml") == [("base.yml", 1, "AZR001")]


def test_what_two_releases_share_is_told_once_wherever_it_stands(cli: CliHere) -> None:
    cli.write("z.yml", "a: [\n")
    for name in ("a", "b"):
        cli.write(f"small/{name}.release.yml", "extends: ../z.yml\nname: x\n")
    assert findings(cli, "small") == [("z.yml", 2, "AZR002")]


def test_a_changed_base_or_default_is_checked_with_the_releases(cli: CliHere) -> None:
    cli.write("azrelease.toml", SETTINGS.replace("ubuntu-24.04", "ubuntu-20.04"))
    for arguments in (("base.yml",), ("azrelease.toml",), ("--skip-others", "azrelease.toml", "base.yml")):
        assert findings(cli, *arguments) == [("azrelease.toml", 6, "AZR705")]
    cli.write("other.toml", "[x]\n")
    assert findings(cli, "--skip-others", "other.toml") == []


def test_what_was_meant_for_a_pipeline_is_checked_as_one(cli: CliHere) -> None:
    cli.write("azure-pipelines.yml", "trigger: [main]\nstages:\n  - name: Build\n    jobs: [{job: a, steps: []}]\n")
    assert ("azure-pipelines.yml", 3, "AZR101") in findings(cli, "azure-pipelines.yml")
    cli.write("churn.yml", release(3).replace("../base.yml", "base.yml") + "nonsense: 1\n")
    assert findings(cli, "churn.yml") == [("churn.yml", 7, "AZR101")]
    drawn = cli("graph", "base.yml")
    assert (drawn.code, drawn.err) == (2, "error: base.yml: is part of releases, which extend it; draw one of them\n")


def test_a_pattern_means_releases_and_not_what_was_made_of_them(cli: CliHere) -> None:
    cli.write("azrelease.toml", SETTINGS.replace('["models", "extra/*.release.yml"]', '["extra/*.yml"]'))
    assert cli("render").code == 0
    assert cli("render").out == "unchanged extra/m0.azure-pipelines.yml\n"


def test_a_misspelt_setting_stops_all_that_would_go_without_it(cli: CliHere) -> None:
    cli.write("azrelease.toml", SETTINGS.replace("[defaults.workspace]", "[defalts.workspace]"))
    for command in (("render",), ("show", "models/m1.release.yml"), ("graph",)):
        done = cli(*command)
        assert done.code == 2
        assert "unknown setting `defalts`" in done.err
    cli.write("azrelease.toml", "")
    (cli.folder / "azrelease.toml").unlink()
    cli.write("pyproject.toml", "[tool.azrelease.defaults]\n<<<<<<< mine\n")
    assert "not TOML" in cli("render", "models").err
    cli.write("pyproject.toml", "<<<<<<< mine\n")
    assert "not TOML" not in cli("render", "models").err


def test_settings_are_named_as_seen_from_here(cli: CliHere) -> None:
    assert "# ../azrelease.toml:10" in cli("show", "m1.release.yml", cwd=cli.folder / "models").out


def test_a_new_release_is_told_of_what_defaults_add_to_it(cli: CliHere) -> None:
    cli.write("v1/deployment/aci.yml", "computeType: ACI\n")
    text = release(1).replace("../base.yml", "../base.yml")
    cli.write("models/one.release.yml", text)
    exported = cli("export", "models/one.release.yml", "--output", "one.json", "--accept-loss")
    assert exported.code in (0, 1), exported.err
    done = cli("import", "one.json", "--output", "models/two.release.yml", "--accept-loss")
    if "variables" not in (cli.folder / "models" / "two.release.yml").read_text(encoding="utf-8"):
        assert "azrelease.toml gives it more than it says" in done.err


def test_pictures_write_over_pictures_only(cli: CliHere) -> None:
    cli.write("notes.html", "<p>ours</p>")
    for target in ("notes.html", "models/m1.release.yml"):
        before = (cli.folder / target).read_bytes()
        done = cli("graph", "models/m1.release.yml", "--format", "html", "--output", target)
        assert done.code == 2
        assert "is not a picture" in done.err
        assert (cli.folder / target).read_bytes() == before
    for form, name in (("html", "a.html"), ("svg", "a.svg"), ("mermaid", "a.mmd"), ("text", "a.txt")):
        for _again in range(2):
            done = cli("graph", "models/m1.release.yml", "--format", form, "--output", name)
            assert (done.code, done.err) == (0, "")
    assert cli("graph", "models/m1.release.yml", "--output", "notes.html", "--force").code == 0
