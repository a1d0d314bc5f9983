"""The language server in Neovim, with the file of `editors/neovim` as its only configuration."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from support.broken_pipeline import BROKEN
from support.neovim import Neovim, neovim

# Which of the two there is depends on the version.
CLIENTS = "#(vim.lsp.get_clients or vim.lsp.get_active_clients)() > 0"

pytestmark = [
    pytest.mark.skipif(shutil.which("nvim") is None, reason="Neovim is not installed"),
    pytest.mark.no_cover,
]

Opened = Callable[[Path], Neovim]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opened]:
    """Opens a file in Neovim, and waits until the server runs."""
    with ExitStack() as stack:

        def at(file: Path) -> Neovim:
            editor = stack.enter_context(neovim(tmp_path, file))
            editor.wait(lambda: editor.lua(CLIENTS))
            return editor

        yield at


@pytest.fixture
def release(tmp_path: Path, samples: Path) -> Path:
    return shutil.copytree(samples / "minimal", tmp_path / "minimal") / "release.yml"


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    path = tmp_path / "deploy.yml"
    path.write_text(BROKEN, encoding="utf-8")
    return path


def test_a_finding_is_a_diagnostic(opened: Opened, broken: Path) -> None:
    editor = opened(broken)
    [found] = editor.wait(lambda: editor.lua("vim.diagnostic.get(0)"))
    assert "`tset`" in found["message"]
    assert (found["lnum"], found["col"], found["source"]) == (7, 13, "azrelease")
    editor.run("%s/tset/test/")
    editor.wait(lambda: not editor.lua("vim.diagnostic.get(0)"))


def test_a_sample_has_no_finding(opened: Opened, release: Path) -> None:
    """Findings come in the order of the changes: one of a change shows that those of the file as it was have come."""
    editor = opened(release)
    editor.run("%s/target: managed/target: mangaed/")
    editor.wait(lambda: editor.lua("vim.diagnostic.get(0)"))
    editor.run("undo")
    editor.wait(lambda: not editor.lua("vim.diagnostic.get(0)"))


def test_a_completion_is_taken(opened: Opened, release: Path) -> None:
    editor = opened(release)
    editor.run("set completeopt=menuone")
    editor.lua("vim.api.nvim_buf_set_lines(0, -1, -1, false, {'  - name: last', '    disp'})")
    editor.type("GA<C-x><C-o>")
    editor.wait(lambda: editor.expression("pumvisible()"))
    editor.type("<C-y><Esc>")
    line = editor.wait(lambda: editor.lua("vim.fn.mode() == 'n' and vim.fn.getline('$')"))
    assert line.strip().startswith("display_name:")


def test_the_final_yaml_is_shown_and_kept_current(opened: Opened, broken: Path) -> None:
    editor = opened(broken)
    editor.run("AzreleaseFinalYaml")
    name = f"azrelease-final://{broken}"
    editor.wait(lambda: editor.expression(f"bufwinnr('{name}') > 0"))
    editor.wait(lambda: "script: make ship" in final(editor, name))
    editor.run("%s/make ship/make deploy/")
    editor.wait(lambda: "script: make deploy" in final(editor, name))
    assert editor.expression("expand('%:p')") == str(broken), "the cursor stays in the file"


def test_a_stage_is_rehearsed_in_a_terminal(opened: Opened, broken: Path) -> None:
    broken.write_text(BROKEN.replace("tset", "test"), encoding="utf-8")
    editor = opened(broken)
    editor.run("AzreleaseRehearse test")
    editor.wait(lambda: editor.expression("&buftype == 'terminal'"))
    editor.wait(lambda: "rehearsal succeeded" in editor.expression("join(getline(1, '$'))"))


def test_the_command_above_a_stage_is_run(opened: Opened, release: Path) -> None:
    editor = opened(release)
    editor.wait(lambda: editor.lua("vim.lsp.codelens.get(0)"))
    editor.lua("(function() vim.ui.select = function(all, _, choose) choose(all[#all]) end end)()")
    editor.run("/name: staging")
    editor.run("lua vim.lsp.codelens.run()")
    editor.wait(lambda: editor.expression("&buftype == 'terminal'"))
    editor.wait(lambda: "pass --artifact" in editor.expression("join(getline(1, '$'))"))


def final(editor: Neovim, name: str) -> str:
    return "\n".join(editor.expression(f"getbufline('{name}', 1, '$')"))
