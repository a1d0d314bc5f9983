"""The folder that a rehearsal happens in, and that nothing of it is left behind.

All that a rehearsal starts carries a mark in its environment. A rehearsal that is killed cannot clean up: the next one
looks for folders whose owner is gone, ends what carries their mark, and removes them.
"""

import json
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

MARK = "AZRELEASE_REHEARSAL"
"""The environment variable that says which rehearsal a process belongs to."""

_PREFIX, _OWNER = "azrelease-rehearsal-", ".owner.json"

# Of the user's environment only what programs need to run, and to reach the package registry. Nothing of a login.
_KEPT = (
    "PATH", "LANG", "LC_ALL", "TZ", "TERM", "SYSTEMROOT", "COMSPEC", "PATHEXT", "NUMBER_OF_PROCESSORS",
    "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy",
    "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_CONFIG_FILE",
    "PIP_CONSTRAINT", "PIP_FIND_LINKS", "PIP_NO_INDEX", "PIP_DISABLE_PIP_VERSION_CHECK", "PYENV_ROOT",
    "LD_LIBRARY_PATH",
)  # fmt: skip


class Sandbox(NamedTuple):
    """A folder laid out as that of an agent.

    Attributes:
        folder: all of it.
        mark: what its processes carry.
    """

    folder: Path
    mark: str

    @property
    def workspace(self) -> Path:
        """`Pipeline.Workspace`: where artifacts are downloaded to."""
        return self.folder / "work"

    @property
    def sources(self) -> Path:
        """`System.DefaultWorkingDirectory`: where a repository would be checked out to."""
        return self.workspace / "s"

    @property
    def temporary(self) -> Path:
        """`Agent.TempDirectory`."""
        return self.folder / "_temp"

    @property
    def tools(self) -> Path:
        """`Agent.ToolsDirectory`: the Pythons of the rehearsal."""
        return self.folder / "_tool"

    @property
    def programs(self) -> Path:
        """Programs that go before those of the machine: `az`, `sleep`."""
        return self.folder / "bin"

    def environment(self) -> dict[str, str]:
        """The environment that every process begins with: what programs need, a home of its own, and no login."""
        home = str(self.folder / "home")
        given = {name: os.environ[name] for name in _KEPT if name in os.environ}
        config = Path.home() / ".config" / "pip" / "pip.conf"
        if "PIP_CONFIG_FILE" not in given and config.is_file():
            given["PIP_CONFIG_FILE"] = str(config)
        own = {"HOME": home, "USERPROFILE": home, "AZURE_CONFIG_DIR": f"{home}/.azure", MARK: self.mark}
        folders = {"TMPDIR": str(self.temporary), "TEMP": str(self.temporary), "TMP": str(self.temporary)}
        path = f"{self.programs}{os.pathsep}{given.get('PATH', '')}"
        return {**given, **own, **folders, "PATH": path, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": "1"}


def make_sandbox() -> Sandbox:
    """A new sandbox, after what dead rehearsals left was cleared away."""
    clear_left_over()
    mark = uuid4().hex
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX)).resolve()
    sandbox = Sandbox(folder, mark)
    for place in (sandbox.sources, sandbox.temporary, sandbox.tools, sandbox.programs, folder / "home"):
        place.mkdir(parents=True)
    owner = {"pid": os.getpid(), "started": _started(os.getpid()), "mark": mark}
    (folder / _OWNER).write_text(json.dumps(owner), encoding="utf-8")
    return sandbox


def remove_sandbox(sandbox: Sandbox, *, keep: bool = False) -> None:
    """End every process of a rehearsal, and remove its folder unless it is kept."""
    end_marked(sandbox.mark)
    if keep:
        (sandbox.folder / _OWNER).unlink(missing_ok=True)
    else:
        shutil.rmtree(sandbox.folder, ignore_errors=True)


def clear_left_over() -> None:
    """Clear away what rehearsals left that were killed."""
    for owner in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*/{_OWNER}"):
        try:
            said = json.loads(owner.read_text(encoding="utf-8"))
            pid, started, mark = int(said["pid"]), str(said["started"]), str(said["mark"])
        except (OSError, ValueError, KeyError, TypeError):
            continue
        if _started(pid) != started:
            end_marked(mark)
            shutil.rmtree(owner.parent, ignore_errors=True)


def end_marked(mark: str) -> None:
    """End every process that carries a mark, and wait until it is gone."""
    for _attempt in range(50):
        found = list(marked(mark))
        if not found:
            return
        for pid in found:
            try:
                os.kill(pid, signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
            except OSError:
                continue
        time.sleep(0.02)


def marked(mark: str) -> Iterator[int]:
    """The processes that carry a mark, without this one. Only Linux says what processes have in their environment."""
    wanted = f"{MARK}={mark}".encode()
    for place in Path("/proc").glob("[0-9]*") if sys.platform.startswith("linux") else ():
        try:
            variables = (place / "environ").read_bytes().split(b"\0")
            state = (place / "stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if wanted in variables and int(place.name) != os.getpid() and state != "Z":
            yield int(place.name)


def _started(pid: int) -> str:
    """When a process began, so that another one of the same number is not taken for it; empty when it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[19]
    except OSError:
        return "" if Path("/proc/self").exists() or not _is_there(pid) else "there"


def _is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True


def lay_out(source: Path, target: Path) -> None:
    """Copy an artifact to where the agent would download it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copytree(source, target, dirs_exist_ok=True, symlinks=True)


def program(sandbox: Sandbox, name: str, text: str) -> None:
    """Put a program in front of those of the machine."""
    place = sandbox.programs / name
    place.write_text(text, encoding="utf-8", newline="\n")
    place.chmod(0o755)
