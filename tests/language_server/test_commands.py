"""Commands: the final YAML, kept current, the picture, the pipeline of a release, and how a stage is rehearsed."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from support.editor import Editor
from support.process import PATIENT, Cli

TEMPLATE = "parameters:\n- name: city\n  type: string\nsteps:\n- script: echo ${{ parameters.city }}\n"
CALLER = "steps:\n- template: t.yml\n  parameters: {city: here}\n"


def command(here: Editor, name: str, *arguments: Any) -> Any:
    return here.ask(
        "workspace_execute_command", types.ExecuteCommandParams(f"azrelease.server.{name}", list(arguments))
    )


def test_the_final_yaml_is_that_of_expand(here: Editor, folder: Path, cli: Cli) -> None:
    (folder / "t.yml").write_text(TEMPLATE, encoding="utf-8")
    (folder / "a.yml").write_text(CALLER, encoding="utf-8")
    uri = here.open(f"{folder.name}/a.yml")
    text = command(here, "finalYaml", uri)["text"]
    assert "script: echo here" in text
    assert text == cli("expand", "a.yml", cwd=folder).out


def test_the_final_yaml_is_kept_current_until_it_is_closed(here: Editor, folder: Path) -> None:
    (folder / "t.yml").write_text(TEMPLATE, encoding="utf-8")
    name, template = f"{folder.name}/a.yml", f"{folder.name}/t.yml"
    uri = here.open(name, CALLER)
    assert "echo here" in command(here, "finalYaml", uri)["text"]
    here.open(template, TEMPLATE.replace("echo", "say"))  # a template of it changes
    here.until(lambda: any(told.uri == uri and "say here" in told.text for _, told in here.told))
    here.change(name, CALLER.replace("here", "there"))
    here.until(lambda: any(told.uri == uri and "say there" in told.text for _, told in here.told))
    command(here, "closeFinalYaml", uri)
    before = len(here.told)
    here.change(name, CALLER)
    here.diagnostics(name)
    assert len(here.told) == before


def test_the_final_yaml_says_what_is_wrong(here: Editor, folder: Path) -> None:
    uri = here.open(f"{folder.name}/a.yml", "steps:\n- template: none.yml\n")
    text = command(here, "finalYaml", uri)["text"]
    assert text.startswith("# ")
    assert "none.yml" in text.splitlines()[0]
    broken = here.open(f"{folder.name}/b.yml", "steps: [\n")
    assert "[AZR002 bad-yaml]" in command(here, "finalYaml", broken)["text"]


def test_the_final_yaml_of_a_release_has_every_step(here: Editor, folder: Path, samples: Path) -> None:
    shutil.copytree(samples / "insurance", folder, dirs_exist_ok=True)
    uri = here.open(f"{folder.name}/release.yml")
    text = command(here, "finalYaml", uri)["text"]
    assert "- stage: staging" in text
    assert "task: UsePythonVersion@0" in text


def test_the_final_yaml_masks_secrets(here: Editor, folder: Path) -> None:
    text = "variables:\n  password: hunter2-planted-4711\nsteps:\n- script: echo\n"
    uri = here.open(f"{folder.name}/a.yml", text)
    assert "hunter2" not in command(here, "finalYaml", uri)["text"]


def test_the_graph_is_a_page(here: Editor, folder: Path, samples: Path) -> None:
    shutil.copytree(samples / "insurance", folder, dirs_exist_ok=True)
    for name in ("release.yml", "azure-pipelines.yml"):
        html = command(here, "graph", here.open(f"{folder.name}/{name}"))["html"]
        assert html.startswith("<!DOCTYPE html>")
        assert "production" in html


def test_a_file_that_cannot_be_drawn_says_why(here: Editor, folder: Path) -> None:
    uri = here.open(f"{folder.name}/a.yml", "services: {}\n")
    with pytest.raises(JsonRpcException) as raised:
        command(here, "graph", uri)
    assert "a.yml" in str(raised.value)


def test_a_release_is_rendered_as_render_does(here: Editor, folder: Path, samples: Path) -> None:
    shutil.copytree(samples / "insurance", folder, dirs_exist_ok=True)
    pipeline = folder / "azure-pipelines.yml"
    expected = pipeline.read_text(encoding="utf-8")
    pipeline.unlink()
    uri = here.open(f"{folder.name}/release.yml")
    done = command(here, "render", uri)
    assert done["message"] == "wrote 1 file"
    assert done["files"] == [here.uri(f"{folder.name}/azure-pipelines.yml")]
    assert pipeline.read_text(encoding="utf-8") == expected
    assert command(here, "render", uri)["message"] == "nothing to write: all is current"


def test_a_release_that_is_not_saved_or_was_edited_by_hand_is_not_rendered(
    here: Editor, folder: Path, samples: Path
) -> None:
    shutil.copytree(samples / "insurance", folder, dirs_exist_ok=True)
    name, pipeline = f"{folder.name}/release.yml", folder / "azure-pipelines.yml"
    uri = here.open(name)
    text = (folder / "release.yml").read_text(encoding="utf-8")
    here.change(name, text + "\n# more\n")
    with pytest.raises(JsonRpcException, match="save the release first"):
        command(here, "render", uri)
    here.change(name, text)
    pipeline.write_text(pipeline.read_text(encoding="utf-8") + "# by hand\n", encoding="utf-8")
    with pytest.raises(JsonRpcException, match="edited"):
        command(here, "render", uri)
    assert pipeline.read_text(encoding="utf-8").endswith("# by hand\n")


def test_a_rehearsal_is_a_command_for_a_terminal(here: Editor, folder: Path, samples: Path) -> None:
    shutil.copytree(samples / "insurance", folder, dirs_exist_ok=True)
    uri = here.open(f"{folder.name}/release.yml")
    found = command(here, "rehearsal", uri, "staging")
    assert list(found["command"])[-3:] == [f"{folder.name}/release.yml", "--stage", "staging"]
    help_text = subprocess.run(
        [*list(found["command"])[:-3], "--help"],
        cwd=found["folder"], capture_output=True, text=True, timeout=PATIENT, check=True,
    ).stdout  # fmt: skip
    assert "rehearse" in help_text


def test_a_command_for_a_file_that_is_not_open_says_so(here: Editor) -> None:
    with pytest.raises(JsonRpcException, match="the file is not open"):
        command(here, "finalYaml", here.uri("nowhere.yml"))
