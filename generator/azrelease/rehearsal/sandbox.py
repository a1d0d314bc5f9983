"""The folder of a rehearsal, and the removal of what rehearsals leave behind.

A rehearsal that is killed cannot clean up: the next one finds folders whose owner is gone, ends the processes with
their mark, and removes them.
"""

import json
import os
import shutil
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

from azrelease.rehearsal.process_cleanup import MARK, end_marked, start_time

_PREFIX, _OWNER, _KEPT = "azrelease-rehearsal-", ".owner.json", ".kept.json"
_ABANDONED_AFTER = 86_400.0
"""Age in seconds of an abandoned folder, where its owner is unknown."""

# Of the user's environment only what programs need to run, and to reach the package registry. Nothing of a login.
_INHERITED = (
    "PATH", "TZ", "TERM", "SYSTEMROOT", "COMSPEC", "PATHEXT", "NUMBER_OF_PROCESSORS",
    "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy",
    "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_CONFIG_FILE",
    "PIP_CONSTRAINT", "PIP_FIND_LINKS", "PIP_NO_INDEX", "PIP_DISABLE_PIP_VERSION_CHECK", "PYENV_ROOT",
    "LD_LIBRARY_PATH",
)  # fmt: skip


class Sandbox(NamedTuple):
    """A folder with the layout of that of an agent."""

    folder: Path
    mark: str

    @property
    def workspace(self) -> Path:
        """`Pipeline.Workspace`, the target of downloads."""
        return self.folder / "work"

    @property
    def sources(self) -> Path:
        """`System.DefaultWorkingDirectory`, the target of a checkout."""
        return self.workspace / "s"

    @property
    def temporary(self) -> Path:
        """`Agent.TempDirectory`."""
        return self.folder / "_temp"

    @property
    def tools(self) -> Path:
        """`Agent.ToolsDirectory`, with the Pythons of the rehearsal."""
        return self.folder / "_tool"

    @property
    def programs(self) -> Path:
        """Programs that replace those of the machine: `az`, `sleep`."""
        return self.folder / "bin"

    def environment(self) -> dict[str, str]:
        """The initial environment of every process: what programs need, a home of its own, and no login."""
        given = {name: os.environ[name] for name in _INHERITED if name in os.environ}
        config = Path.home() / ".config" / "pip" / "pip.conf"
        if "PIP_CONFIG_FILE" not in given and config.is_file():
            given["PIP_CONFIG_FILE"] = str(config)
        path = f"{self.programs}{os.pathsep}{given.get('PATH', '')}"
        # As on Microsoft-hosted agents.
        defaults = {"LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": "1"}
        return {**given, **defaults, **self.fixed({}), "PATH": path}

    def fixed(self, given: Mapping[str, str]) -> dict[str, str]:
        """What no variable overrides: the mark, and folders, unless a variable names another one in the sandbox."""
        home, temporary = str(self.folder / "home"), str(self.temporary)
        folders = {"HOME": home, "USERPROFILE": home, "AZURE_CONFIG_DIR": f"{home}/.azure"}
        folders |= {"TMPDIR": temporary, "TEMP": temporary, "TMP": temporary}
        inside = {name for name in folders if name in given and Path(given[name]).is_relative_to(self.folder)}
        return {**{name: path for name, path in folders.items() if name not in inside}, MARK: self.mark}

    def packages(self, given: Mapping[str, str]) -> dict[str, str]:
        """Make pip install into the sandbox: the Python of a step may be that of the machine."""
        folder = str(self.tools / "packages")
        paths = (folder, given["PYTHONPATH"]) if given.get("PYTHONPATH") else (folder,)
        return {"PIP_TARGET": folder, "PYTHONPATH": os.pathsep.join(paths)}

    def reset(self) -> None:
        """Reset the folders for a job: each job gets a new machine, as with Microsoft-hosted agents."""
        for folder in (self.workspace, self.tools, self.folder / "home"):
            shutil.rmtree(folder, onerror=_force_remove)
            folder.mkdir(parents=True)
        self.sources.mkdir()

    def add_program(self, name: str, text: str) -> None:
        """Put a script in front of the programs of the machine."""
        path = self.programs / name
        path.write_text(text, encoding="utf-8", newline="\n")
        path.chmod(0o755)


def make_sandbox() -> Sandbox:
    """Create a sandbox, and remove those of rehearsals that were killed."""
    remove_abandoned()
    mark = uuid4().hex
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX)).resolve()
    sandbox = Sandbox(folder, mark)
    owner = {"pid": os.getpid(), "started": start_time(os.getpid()), "where": _system(), "mark": mark}
    (folder / _OWNER).write_text(json.dumps(owner), encoding="utf-8")
    for path in (sandbox.sources, sandbox.temporary, sandbox.tools, sandbox.programs, folder / "home"):
        path.mkdir(parents=True)
    return sandbox


def remove_sandbox(sandbox: Sandbox, *, keep: bool = False) -> None:
    """End every process of a rehearsal, and remove its folder.

    With `keep`, removes only the scripts of steps, which contain the values of secrets.
    """
    end_marked(sandbox.mark)
    if keep:
        for script in sandbox.temporary.glob("step-*"):
            script.unlink()
        (sandbox.folder / _OWNER).rename(sandbox.folder / _KEPT)
    else:
        _remove(sandbox.folder)


def _remove(folder: Path) -> None:
    """Remove a sandbox, its owner file last, so that a later rehearsal finds what could not be removed."""
    for attempt in range(20):
        rest = [path for path in folder.iterdir() if path.name != _OWNER]
        for path in rest:
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, onerror=_force_remove)
            else:
                path.unlink(missing_ok=True)
        if not rest:
            shutil.rmtree(folder, ignore_errors=True)
            return
        if attempt:
            time.sleep(0.05)


def _force_remove(_function: object, path: str, _error: object) -> None:
    """Remove a read-only file or folder."""
    with suppress(OSError):
        Path(path).parent.chmod(0o700)
        Path(path).chmod(0o700)
        if Path(path).is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            Path(path).unlink()


def remove_abandoned() -> None:
    """Remove the sandboxes of rehearsals that were killed, and end their processes."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with suppress(OSError):
            mark = None if (folder / _KEPT).exists() else _abandoned_mark(folder)
            if mark is not None:
                end_marked(mark)
                _remove(folder)


def _abandoned_mark(folder: Path) -> str | None:
    """The mark of a folder whose rehearsal is gone; None when it is running, or may be."""
    is_old = time.time() - folder.stat().st_mtime > _ABANDONED_AFTER
    try:
        owner = json.loads((folder / _OWNER).read_text(encoding="utf-8"))
        pid, started, system, mark = int(owner["pid"]), str(owner["started"]), str(owner["where"]), str(owner["mark"])
    except (OSError, ValueError, KeyError, TypeError):
        # Killed while it was created or removed.
        return "none" if is_old else None
    if system != _system():
        # Process ids are not valid in other containers that share the folder.
        return mark if is_old else None
    return mark if start_time(pid) != started else None


def _system() -> str:
    """The system and the container in which process ids are valid."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="utf-8").strip()
        return f"{boot} {Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return ""
