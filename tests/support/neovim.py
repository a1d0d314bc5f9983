"""A Neovim without a screen, which a test asks and types into."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from support.process import PATIENT, unmeasured

ROOT = Path(__file__).parents[2]
PAUSE = 0.02
"""Seconds between two questions."""

LIMIT = 60
"""Seconds within which something has to happen."""

INIT = """\
package.path = {path} .. package.path
require("azrelease").setup({{ program = {program} }})
"""


class Neovim:
    """A running Neovim."""

    def __init__(self, program: str, socket: Path, process: subprocess.Popen[bytes]) -> None:
        self._program = program
        self._socket = socket
        self._process = process

    def lua(self, expression: str) -> Any:
        """The value of an expression of Lua."""
        quoted = expression.replace("'", "''")
        return self.expression(f"luaeval('{quoted}')")

    def expression(self, expression: str) -> Any:
        """The value of an expression of Vim script."""
        done = subprocess.run(
            [self._program, "--server", str(self._socket), "--remote-expr", f"json_encode({expression})"],
            capture_output=True,
            check=False,
            text=True,
            timeout=PATIENT,
        )
        assert done.returncode == 0, done.stderr
        # Which of the two has the value depends on the version.
        return json.loads(done.stdout or done.stderr)

    def type(self, keys: str) -> None:
        """Type keys in the notation of Vim."""
        self.lua(f"vim.api.nvim_input({json.dumps(keys)})")

    def run(self, command: str) -> None:
        """Run a command of the command line."""
        self.lua(f"vim.cmd({json.dumps(command)})")

    def wait(self, value: Callable[[], Any], limit: float = LIMIT) -> Any:
        """The value as soon as it is true."""
        end = time.monotonic() + limit
        while not (found := value()):
            assert self._process.poll() is None, "Neovim ended"
            assert time.monotonic() < end, self._state(limit)
            time.sleep(PAUSE)
        return found

    def _state(self, limit: float) -> str:
        messages = self.lua("vim.fn.execute([[messages]])")
        text = self.expression("join(getline(1, '$'), nr2char(10))")
        return f"not within {limit} s.\nMessages: {messages}\nBuffer:\n{text}"

    def quit(self) -> None:
        """Leave, and with it the server."""
        subprocess.run(
            [self._program, "--server", str(self._socket), "--remote-send", "<C-\\><C-n>:qa!<CR>"],
            check=False,
            timeout=PATIENT,
        )
        try:
            self._process.wait(PATIENT)
        finally:
            self._process.kill()


@contextmanager
def neovim(folder: Path, file: Path) -> Iterator[Neovim]:
    """Neovim with a file, and with `editors/neovim/azrelease.lua` as its only configuration."""
    program = shutil.which("nvim")
    assert program is not None
    init = folder / "init.lua"
    own = f"{ROOT / 'editors' / 'neovim'}/?.lua;"
    words = ", ".join(json.dumps(word) for word in (sys.executable, "-m", "azrelease"))
    init.write_text(INIT.format(path=json.dumps(own), program=f"{{ {words} }}"), encoding="utf-8")
    socket = folder / "nvim.sock"
    homes = {f"XDG_{name}_HOME": str(folder) for name in ("CONFIG", "DATA", "STATE", "CACHE")}
    with (folder / "nvim.log").open("wb") as log:
        process = subprocess.Popen(
            [program, "--headless", "-n", "-i", "NONE", "-u", str(init), "--listen", str(socket), str(file)],
            cwd=file.parent,
            env={**unmeasured(), "PYTHONPATH": os.pathsep.join(sys.path), **homes},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    running = Neovim(program, socket, process)
    try:
        running.wait(socket.exists)
        yield running
    finally:
        running.quit()
