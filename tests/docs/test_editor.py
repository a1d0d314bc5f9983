"""The page on editors shows the files of `editors/` that users save, and names what the extension has."""

import json
import re

from support.pages import ROOT, blocks

PAGE = (ROOT / "docs" / "how-to" / "editor.md").read_text(encoding="utf-8")
EDITORS = ROOT / "editors"
EXTENSION = json.loads((EDITORS / "vscode" / "package.json").read_text(encoding="utf-8"))


def test_the_page_shows_every_file_that_users_save() -> None:
    shown = {block.notes["same as"] for block in blocks(PAGE) if "same as" in block.notes}
    files = (path for name in ("emacs", "helix", "neovim") for path in (EDITORS / name).iterdir())
    assert shown == {path.relative_to(ROOT).as_posix() for path in files}


def test_the_page_names_the_settings_and_commands_of_the_extension() -> None:
    contributes = EXTENSION["contributes"]
    assert all(name in PAGE for name in contributes["configuration"]["properties"])
    assert all(f"{command['title']}**" in PAGE for command in contributes["commands"])


def test_every_editor_knows_the_same_names() -> None:
    """A command of the server that an editor does not have is called like one that it has."""
    table = set(re.findall(r"^\| `(azrelease\.server\.\w+)`", PAGE, re.MULTILINE))
    clients = ("vscode/src/names.ts", "neovim/azrelease.lua", "emacs/azrelease.el")
    for client in clients:
        text = (EDITORS / client).read_text(encoding="utf-8")
        assert set(re.findall(r'"(azrelease\.server\.\w+)"', text)) == table, client
        assert "azrelease/finalYaml" in text, client


def test_the_extension_has_the_licence_of_the_project_and_exact_versions() -> None:
    assert (EDITORS / "vscode" / "LICENSE").read_text(encoding="utf-8") == (ROOT / "LICENSE").read_text(
        encoding="utf-8"
    )
    versions = {**EXTENSION["dependencies"], **EXTENSION["devDependencies"]}
    assert [name for name, version in versions.items() if not re.fullmatch(r"\d+\.\d+\.\d+", version)] == []


def test_a_workspace_that_is_not_trusted_names_no_program() -> None:
    capability = EXTENSION["capabilities"]["untrustedWorkspaces"]
    assert capability["supported"] == "limited"
    assert capability["restrictedConfigurations"] == ["azrelease.path"]
    assert EXTENSION["contributes"]["configuration"]["properties"]["azrelease.path"]["scope"] == "machine-overridable"
