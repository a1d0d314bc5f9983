"""Findings as one types: those of `check`, on the texts in the editor."""

import json
import shutil
from pathlib import Path

import pytest
from lsprotocol import types

from support.editor import Editor, editor
from support.process import Cli

BROKEN = "steps:\n- scirpt: echo hello\n"
FINE = "steps:\n- script: echo hello\n"
TEMPLATE = "parameters:\n- name: city\n  type: string\nsteps:\n- script: echo ${{ parameters.city }}\n"
CALLER = "steps:\n- template: t.yml\n  parameters:\n    city: here\n"
LIMIT = types.WatchKind.Change

Found = tuple[str, int, int, int, int, str]


def shown(diagnostics: list[types.Diagnostic]) -> list[Found]:
    """Diagnostics as `checked` has findings."""
    return sorted(
        (
            str(each.code),
            each.range.start.line + 1,
            each.range.start.character + 1,
            each.range.end.line + 1,
            each.range.end.character + 1,
            each.message,
        )
        for each in diagnostics
    )


def checked(cli: Cli, folder: Path, *files: str) -> dict[str, list[Found]]:
    """What `check` finds in files, by file."""
    done = cli("check", "--format", "json", "--skip-others", *files, cwd=folder)
    found: dict[str, list[Found]] = {}
    for each in json.loads(done.out)["findings"]:
        message = f"{each['message']}\n{each['hint']}" if each["hint"] else each["message"]
        place = (each["line"], each["column"], each["end_line"], each["end_column"])
        found.setdefault(each["file"], []).append((each["code"], *place, message))
    return {file: sorted(findings) for file, findings in found.items()}


def test_findings_follow_the_text_that_is_not_saved(here: Editor, folder: Path) -> None:
    name = f"{folder.name}/azure-pipelines.yml"
    (folder / "azure-pipelines.yml").write_text(FINE, encoding="utf-8")
    here.open(name)
    assert here.codes(name) == []
    here.change(name, BROKEN)
    [found] = here.diagnostics(name)
    assert (found.code, found.severity, found.source) == ("AZR101", types.DiagnosticSeverity.Error, "azrelease")
    assert found.message == "unknown key `scirpt`\nDid you mean `script`?"
    assert (found.range.start, found.range.end) == (types.Position(1, 2), types.Position(1, 8))
    assert found.code_description is not None
    assert found.code_description.href.startswith("https://learn.microsoft.com/")
    here.change(name, FINE)
    assert here.codes(name) == []


def test_findings_go_when_a_file_is_closed(here: Editor, folder: Path) -> None:
    name = f"{folder.name}/a.yml"
    here.open(name, BROKEN)
    assert here.codes(name) == ["AZR101"]
    here.close(name)
    here.until(lambda: here.shown(name) == [])


def test_a_file_of_others_has_no_findings(here: Editor, folder: Path) -> None:
    name = f"{folder.name}/compose.yml"
    here.open(name, "services:\n  web:\n    image: nginx\n")
    assert here.codes(name) == []


@pytest.mark.parametrize("sample", ["insurance", "minimal", "insurance-managed"])
def test_the_findings_in_a_sample_are_those_of_check(cli: Cli, samples: Path, sample: str) -> None:
    folder = cli.folder / sample
    shutil.copytree(samples / sample, folder)
    names = [str(path.relative_to(folder)) for path in sorted(folder.rglob("*.yml"))]
    with editor(folder) as here:
        for name in names:
            here.open(name)
        expected = checked(cli, folder, *names)
        for name in names:
            here.until(lambda name=name: shown(here.shown(name)) == expected.get(name, []))  # type: ignore[misc]


def test_a_template_that_is_not_saved_is_seen_by_its_callers(here: Editor, folder: Path) -> None:
    caller, template = f"{folder.name}/azure-pipelines.yml", f"{folder.name}/t.yml"
    (folder / "t.yml").write_text(TEMPLATE, encoding="utf-8")
    here.open(caller, CALLER)
    assert here.codes(caller) == []
    here.open(template, TEMPLATE.replace("name: city", "name: town").replace("parameters.city", "parameters.town"))
    here.until(lambda: {str(each.code) for each in here.shown(caller)} == {"AZR215", "AZR216"})
    here.change(template, TEMPLATE)
    here.until(lambda: here.shown(caller) == [])
    here.change(template, TEMPLATE.replace("city", "town"))
    here.until(lambda: here.shown(caller) != [])
    here.close(template)
    here.until(lambda: here.shown(caller) == [])


def test_a_template_that_was_never_saved_is_seen_by_its_callers(here: Editor, folder: Path) -> None:
    caller, template = f"{folder.name}/azure-pipelines.yml", f"{folder.name}/t.yml"
    here.open(caller, CALLER)
    assert here.codes(caller) == ["AZR212"]
    here.open(template, TEMPLATE)
    here.until(lambda: here.shown(caller) == [])
    assert not (folder / "t.yml").exists()


def test_a_template_of_a_template_that_was_never_saved_is_seen(here: Editor, folder: Path) -> None:
    (folder / ".git").mkdir()
    (folder / "outer.yml").write_text("steps:\n- ${{ if true }}:\n  - template: inner.yml\n", encoding="utf-8")
    caller, inner = f"{folder.name}/azure-pipelines.yml", f"{folder.name}/inner.yml"
    here.open(caller, "steps:\n- template: outer.yml\n")
    here.until(lambda: here.shown(f"{folder.name}/outer.yml") != [])
    here.open(inner, "steps:\n- script: echo\n")
    here.until(lambda: here.shown(f"{folder.name}/outer.yml") == [])


def test_a_finding_in_a_template_names_the_calls_that_lead_to_it(here: Editor, folder: Path) -> None:
    (folder / "t.yml").write_text(
        "parameters:\n- name: task\n  type: string\nsteps:\n- task: ${{ parameters.task }}\n", encoding="utf-8"
    )
    caller, template = f"{folder.name}/azure-pipelines.yml", f"{folder.name}/t.yml"
    here.open(caller, "steps:\n- template: t.yml\n  parameters:\n    task: UsePythonVersoin@0\n")
    here.until(lambda: here.shown(template) != [])
    [found] = here.shown(template)
    [related] = found.related_information or ()
    assert related.location.uri == here.uri(caller)
    assert related.location.range.start.line == 1
    assert "UsePythonVersoin@0" in related.message


def test_the_findings_in_a_generated_pipeline_are_at_its_release(here: Editor, folder: Path, samples: Path) -> None:
    shutil.copytree(samples / "insurance", folder, dirs_exist_ok=True)
    release, pipeline = f"{folder.name}/release.yml", f"{folder.name}/azure-pipelines.yml"
    here.open(release)
    here.open(pipeline)
    assert "AZR701" in here.codes(release)
    assert here.codes(pipeline) == []


def test_what_a_release_extends_is_read_from_the_editor(here: Editor, folder: Path) -> None:
    (folder / "base.yml").write_text("agent: {image: ubuntu-24.04}\n", encoding="utf-8")
    release, base = f"{folder.name}/release.yml", f"{folder.name}/base.yml"
    here.open(release, "extends: base.yml\nname: churn\nartifact: {pipeline: t, name: m}\nstages: [{name: a}]\n")
    before = here.codes(release)
    here.open(base, "agent: {imgae: ubuntu-24.04}\n")
    here.until(lambda: [str(each.code) for each in here.shown(base)] == ["AZR101"])
    here.change(base, "agent: {image: ubuntu-24.04}\n")
    here.until(lambda: here.shown(base) == [])
    assert here.codes(release) == before


def test_settings_count_and_are_read_again_when_they_are_saved(tmp_path: Path) -> None:
    (tmp_path / "azrelease.toml").write_text('ignore = ["AZR101"]\n', encoding="utf-8")
    with editor(tmp_path) as here:
        here.open("a.yml", BROKEN)
        assert here.codes("a.yml") == []
        (tmp_path / "azrelease.toml").write_text("", encoding="utf-8")
        here.save("azrelease.toml")
        here.until(lambda: [str(each.code) for each in here.shown("a.yml")] == ["AZR101"])


def test_wrong_settings_are_said_once_and_the_usual_ones_count(tmp_path: Path) -> None:
    (tmp_path / "azrelease.toml").write_text('select = ["AZR9999"]\n', encoding="utf-8")
    with editor(tmp_path) as here:
        here.open("a.yml", BROKEN)
        assert here.codes("a.yml") == ["AZR101"]
        here.change("a.yml", FINE)
        assert here.codes("a.yml") == []
        here.until(lambda: here.said != [])
        [message] = here.said
        assert "AZR9999" in message
        assert "The usual settings are used." in message


def test_a_file_of_the_disk_that_changes_is_read_again(here: Editor, folder: Path) -> None:
    (folder / "t.yml").write_text(TEMPLATE, encoding="utf-8")
    caller = f"{folder.name}/azure-pipelines.yml"
    here.open(caller, CALLER)
    assert here.codes(caller) == []
    (folder / "t.yml").write_text(TEMPLATE.replace("city", "town"), encoding="utf-8")
    event = types.FileEvent(here.uri(f"{folder.name}/t.yml"), types.FileChangeType.Changed)
    here.tell("workspace_did_change_watched_files", types.DidChangeWatchedFilesParams([event]))
    here.until(lambda: here.shown(caller) != [])


def test_a_baseline_hides_what_it_knows(cli: Cli) -> None:
    cli.write("azrelease.toml", 'baseline = "known.json"\n')
    cli.write("a.yml", BROKEN)
    assert cli("check", "--update-baseline", "a.yml").code == 0
    with editor(cli.folder) as here:
        here.open("a.yml")
        assert here.codes("a.yml") == []
        here.change("a.yml", BROKEN + "- bahs: x\n")
        assert here.codes("a.yml") == ["AZR101"]


def test_a_file_outside_of_the_folder_is_checked_in_its_own_repository(here: Editor, tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "azrelease.toml").write_text('ignore = ["AZR101"]\n', encoding="utf-8")
    (tmp_path / "a.yml").write_text(BROKEN + "- task: Unkown\n", encoding="utf-8")
    name = here.uri(str(tmp_path / "a.yml"))
    here.open(name, BROKEN + "- bash: a\n  bash: b\n")
    assert here.codes(name) == ["AZR005"]


def test_a_file_that_was_never_saved_is_checked(here: Editor) -> None:
    here.open("untitled:Untitled-1", BROKEN)
    assert here.codes("untitled:Untitled-1") == ["AZR101"]
    here.close("untitled:Untitled-1")


def test_nothing_is_said_of_a_secret(here: Editor, folder: Path) -> None:
    name = f"{folder.name}/a.yml"
    here.open(name, "variables:\n  password: hunter2-planted-4711\nsteps:\n- script: echo\n")
    found = here.diagnostics(name)
    assert [str(each.code) for each in found] == ["AZR501"]
    assert "hunter2" not in str(found)
