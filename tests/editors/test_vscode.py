"""The extension in VS Code, with the real server: what a user sees."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from support.broken_pipeline import BROKEN
from support.browser import started_browser
from support.code_server import EXTENSION, FOLDER, LIMIT, Window, code_server, write_settings

pytestmark = [
    pytest.mark.skipif(FOLDER not in os.environ, reason=f"{FOLDER} names no folder with code-server"),
    pytest.mark.skipif(not EXTENSION.is_file(), reason="the extension is not built"),
    pytest.mark.no_cover,
]

Opened = Callable[[Path], Window]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with started_browser() as found:
        yield found


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with code_server(tmp_path_factory.mktemp("code-server"), "--disable-workspace-trust") as found:
        yield found


@pytest.fixture
def open_at(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[[str, Path], Window]]:
    """Opens a folder in a window of a code-server, and keeps a picture of it as it is in the end."""
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    windows: list[Window] = []

    def at(address: str, folder: Path) -> Window:
        windows.append(Window(context.new_page(), address, folder))
        return windows[-1]

    yield at
    for window in windows:
        window.picture(request.node.name.removeprefix("test_").replace("_", "-"))
    context.close()


@pytest.fixture
def opened(open_at: Callable[[str, Path], Window], address: str) -> Opened:
    """Opens a folder that is trusted."""
    return partial(open_at, address)


@pytest.fixture
def folder(tmp_path: Path, samples: Path) -> Path:
    """A folder with a sample and a broken pipeline."""
    found = shutil.copytree(samples / "minimal", tmp_path / "minimal")
    (found / "deploy.yml").write_text(BROKEN, encoding="utf-8")
    return found


def test_a_finding_is_shown(opened: Opened, folder: Path) -> None:
    window = opened(folder)
    window.open("deploy.yml")
    window.page.locator(".squiggly-error").wait_for()
    window.run("Problems: Focus on Problems View")
    expect(window.page.locator(".markers-panel")).to_contain_text("`tset`", timeout=LIMIT)


def test_safe_fixes_are_made_when_the_file_is_saved(opened: Opened, folder: Path) -> None:
    write_settings(folder / ".vscode", {"[yaml]": {"editor.codeActionsOnSave": {"source.fixAll": "explicit"}}})
    (folder / "deploy.yml").write_text(f"pool: {{vmImage: ubuntu-20.04}}\n{BROKEN}", encoding="utf-8")
    window = opened(folder)
    window.open("deploy.yml")
    window.page.locator(".squiggly-error").first.wait_for()
    window.type_at_end("# changed")
    window.page.keyboard.press("Control+S")
    expect(window.editor("deploy.yml")).to_contain_text(re.compile(r"vmImage:\subuntu-24\.04"), timeout=LIMIT)


def test_settings_that_change_on_the_disk_count_at_once(opened: Opened, folder: Path) -> None:
    window = opened(folder)
    window.open("deploy.yml")
    window.page.locator(".squiggly-error").wait_for()
    (folder / "azrelease.toml").write_text('ignore = ["AZR201"]\n', encoding="utf-8")
    window.page.locator(".squiggly-error").wait_for(state="detached")


def test_a_sample_has_no_finding(opened: Opened, folder: Path) -> None:
    window = opened(folder)
    window.open("release.yml")
    window.page.locator(".codelens-decoration a").first.wait_for()
    assert window.page.locator(".squiggly-error, .squiggly-warning").count() == 0


def test_a_completion_is_taken(opened: Opened, folder: Path) -> None:
    window = opened(folder)
    window.open("release.yml")
    window.page.locator(".codelens-decoration a").first.wait_for()
    window.type_at_end("  - name: last\n  disp")
    row = window.page.locator(".suggest-widget .monaco-list-row.focused", has_text="display_name")
    if not row.is_visible():
        window.page.keyboard.press("Control+Space")
    row.wait_for()
    window.picture("a-completion")
    window.page.keyboard.press("Enter")
    expect(window.editor("release.yml")).to_contain_text(re.compile(r"display_name:"), timeout=LIMIT)


def test_the_final_yaml_is_shown_and_kept_current(opened: Opened, folder: Path) -> None:
    window = opened(folder)
    window.open("deploy.yml")
    window.page.locator(".squiggly-error").wait_for()
    window.run("azrelease: Show Final YAML")
    final = window.editor("deploy.final.yml")
    expect(final).to_contain_text(re.compile(r"script:\smake\sship"), timeout=LIMIT)
    window.page.keyboard.press("Control+End")
    window.page.keyboard.press("ArrowLeft")
    window.page.keyboard.type(" --all")
    expect(final).to_contain_text(re.compile(r"script:\smake\sship\s--all"), timeout=LIMIT)


def test_the_graph_is_shown(opened: Opened, folder: Path) -> None:
    window = opened(folder)
    window.open("release.yml")
    window.page.locator(".codelens-decoration a").first.wait_for()
    window.run("azrelease: Show Graph")
    page = window.page.frame_locator("iframe.webview").frame_locator("iframe#active-frame")
    expect(page.locator("h1")).to_have_text("churn", timeout=LIMIT)
    assert page.locator("script").count() == 0


def test_a_stage_is_rehearsed_in_a_terminal(opened: Opened, folder: Path) -> None:
    (folder / "deploy.yml").write_text(BROKEN.replace("tset", "test"), encoding="utf-8")
    window = opened(folder)
    window.open("deploy.yml")
    window.run("azrelease: Rehearse Stage")
    window.choose("test")
    expect(window.page.locator(".xterm-rows")).to_contain_text(re.compile(r"rehearsal\ssucceeded"), timeout=LIMIT)


def test_a_release_is_rendered_from_the_text_that_is_seen(opened: Opened, folder: Path) -> None:
    window = opened(folder)
    window.open("release.yml")
    window.page.locator(".codelens-decoration a", has_text="Rehearse").first.wait_for()
    window.type_at_end("description: typed but not saved")
    window.run("azrelease: Render Release")
    expect(window.page.locator(".notification-toast")).to_contain_text("wrote 1 file", timeout=LIMIT)
    window.page.locator(".notification-toast").get_by_role("button", name="Open").click()
    window.editor("azure-pipelines.yml").wait_for()


def test_a_program_that_is_missing_is_reported_with_what_installs_it(opened: Opened, folder: Path) -> None:
    write_settings(folder / ".vscode", {"azrelease.path": "azrelease-that-is-absent"})
    window = opened(folder)
    window.open("release.yml")
    message = window.page.locator(".notification-toast", has_text="azrelease-that-is-absent")
    message.get_by_role("button", name="Install").wait_for()
    expect(message).to_contain_text('pip install "azrelease[editor]"', timeout=LIMIT)


def test_a_server_that_does_not_start_is_reported_once(opened: Opened, folder: Path) -> None:
    program = folder / "broken"
    program.write_text("#!/bin/sh\necho needs more packages >&2\nexit 2\n", encoding="utf-8")
    program.chmod(0o755)
    write_settings(folder / ".vscode", {"azrelease.path": "${workspaceFolder}/broken"})
    window = opened(folder)
    window.open("release.yml")
    window.page.locator(".notification-toast").get_by_role("button", name="Show Output").click()
    expect(window.page.locator(".output-view-content, .output-view")).to_contain_text(
        re.compile(r"needs\smore\spackages")
    )
    assert window.page.locator(".notification-toast").count() == 0


def test_a_workspace_that_is_not_trusted_runs_nothing_of_its_own(
    open_at: Callable[[str, Path], Window], folder: Path, tmp_path: Path
) -> None:
    program = folder / "planted"
    program.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n", encoding="utf-8")
    program.chmod(0o755)
    write_settings(folder / ".vscode", {"azrelease.path": str(program)})
    with code_server(tmp_path) as address:
        window = open_at(address, folder)
        window.page.get_by_role("button", name="No, I don't trust the authors").click()
        window.open("release.yml")
        lens = window.page.locator(".codelens-decoration")
        expect(lens.first).to_contain_text("Final YAML", timeout=LIMIT)
        expect(lens.first).not_to_contain_text("Render")
        expect(lens.nth(1)).to_contain_text("churn-staging")
        expect(lens.nth(1)).not_to_contain_text("Rehearse")
        assert not (tmp_path / "ran").exists()
