"""VS Code in a browser: code-server, with the extension as its users install it.

`tests/editors/install_code_server.sh FOLDER` installs code-server; AZRELEASE_TEST_CODE_SERVER names that folder. The extension
is the file that `npm run package` writes.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page
from playwright.sync_api import TimeoutError as TimedOut

from support.process import PATIENT, unmeasured

ROOT = Path(__file__).parents[2]
EXTENSION = ROOT / "editors" / "vscode" / "azrelease.vsix"
FOLDER = "AZRELEASE_TEST_CODE_SERVER"
SCREENSHOTS = "AZRELEASE_TEST_SCREENSHOTS"
LIMIT = 60_000
"""Milliseconds within which something has to be seen."""

SOON = 2_000
"""Milliseconds after which something is tried again."""

SETTINGS: dict[str, Any] = {
    "chat.commandCenter.enabled": False,
    "editor.minimap.enabled": False,
    "extensions.ignoreRecommendations": True,
    "telemetry.telemetryLevel": "off",
    "terminal.integrated.gpuAcceleration": "off",  # so that its text is in the page
    "terminal.integrated.shellIntegration.enabled": False,
    "workbench.colorTheme": "Default Light Modern",
    "workbench.startupEditor": "none",
    "workbench.tips.enabled": False,
}


def entry() -> Path | None:
    """The program of code-server, if a folder with it is named."""
    folder = os.environ.get(FOLDER)
    return Path(folder) / "node_modules" / "code-server" / "out" / "node" / "entry.js" if folder else None


class Window:
    """A window of VS Code with a folder."""

    def __init__(self, page: Page, address: str, folder: Path) -> None:
        self.page = page
        page.set_default_timeout(LIMIT)
        page.goto(f"{address}?folder={folder}")
        page.locator(".explorer-folders-view .monaco-list-row").first.wait_for()

    def open(self, name: str) -> None:
        """Open a file of the top of the folder, from the explorer."""
        self.page.locator(".explorer-folders-view .monaco-list-row").get_by_text(name, exact=True).dblclick()
        self.editor(name).wait_for()

    def run(self, command: str) -> None:
        """Run a command of the palette, which has it as soon as the window knows that it can be run."""
        page, end = self.page, time.monotonic() + LIMIT / 1000
        row = page.locator(".quick-input-widget .monaco-list-row.focused", has_text=command)
        while True:
            page.keyboard.press("F1")
            page.locator(".quick-input-widget input.input").wait_for()
            page.keyboard.type(command)
            try:
                row.wait_for(timeout=SOON)
                break
            except TimedOut:
                assert time.monotonic() < end, f"the palette lacks {command}"
                page.keyboard.press("Escape")
        page.keyboard.press("Enter")

    def editor(self, name: str) -> Locator:
        """The text of an open file."""
        return self.page.locator(f'.monaco-editor[data-uri$="/{name}"], .monaco-editor[data-uri*="/{name}?"]')

    def text(self, name: str) -> str:
        """The lines of an open file that are seen, in their order: the page has them in any."""
        lines = (
            self.editor(name)
            .locator(".view-line")
            .evaluate_all("lines => lines.map(line => [parseInt(line.style.top), line.innerText])")
        )
        return "\n".join(line for _, line in sorted(lines)).replace("\xa0", " ")

    def picture(self, name: str) -> None:
        """Keep a picture, where a folder for pictures is named."""
        folder = os.environ.get(SCREENSHOTS)
        if folder:
            self.page.screenshot(path=Path(folder) / f"{name}.png")

    def type_at_end(self, text: str) -> None:
        """Type at the end of the file that has the focus."""
        self.page.keyboard.press("Control+End")
        self.page.keyboard.type(text)

    def choose(self, text: str) -> None:
        """Choose a line of a list of the editor."""
        self.page.locator(".quick-input-widget .monaco-list-row", has_text=text).first.click()


@contextmanager
def code_server(folder: Path, *arguments: str) -> Iterator[str]:
    """The address of a code-server with the extension; it ends with the block."""
    program = entry()
    node = shutil.which("node")
    assert program is not None
    assert node is not None
    data, extensions = folder / "data", folder / "extensions"
    own = [node, str(program), "--user-data-dir", str(data), "--extensions-dir", str(extensions)]
    environment = {
        **unmeasured(),
        "HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder),
        "XDG_DATA_HOME": str(folder),
        "EXTENSIONS_GALLERY": "{}",
    }
    subprocess.run([*own, "--install-extension", str(EXTENSION)], check=True, env=environment, timeout=PATIENT)
    write_settings(data / "User", SETTINGS)
    # In a window that is connected to a remote machine, a program is a setting of that machine.
    write_settings(data / "Machine", {"azrelease.path": str(azrelease(folder))})
    command = [*own, "--auth", "none", "--bind-addr", "127.0.0.1:0", "--disable-telemetry", "--disable-update-check"]
    log = folder / "code-server.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [*command, *arguments],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield address(server, log)
    finally:
        server.terminate()
        server.wait(PATIENT)


def write_settings(folder: Path, settings: dict[str, Any]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "settings.json").write_text(json.dumps(settings), encoding="utf-8")


def azrelease(folder: Path) -> Path:
    """A program that runs this checkout."""
    path = folder / "bin" / "azrelease"
    path.parent.mkdir(exist_ok=True)
    modules = shlex.quote(os.pathsep.join(sys.path))
    run = f"PYTHONPATH={modules} exec {shlex.quote(sys.executable)} -m azrelease"
    path.write_text(f'#!/bin/sh\n{run} "$@"\n', encoding="utf-8")
    path.chmod(0o755)
    return path


def address(server: "subprocess.Popen[bytes]", log: Path) -> str:
    """The address that code-server says that it listens at."""
    end = time.monotonic() + PATIENT
    while not (found := re.search(r"listening on (http://\S+/)", log.read_text(encoding="utf-8", errors="replace"))):
        assert server.poll() is None, log.read_text(encoding="utf-8", errors="replace")
        assert time.monotonic() < end, "code-server does not listen"
        time.sleep(0.05)
    return found[1]
