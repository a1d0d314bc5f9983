"""The folder that a rehearsal happens in, and that nothing of it is left behind.

All that a rehearsal starts carries a mark in its environment. A rehearsal that is killed cannot clean up: the next one
looks for folders whose owner is gone, ends what carries their mark, and removes them.
"""

import ctypes
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

MARK = "AZRELEASE_REHEARSAL"
"""The environment variable that says which rehearsal a process belongs to."""

_PREFIX, _OWNER, _KEPT_FILE = "azrelease-rehearsal-", ".owner.json", ".kept.json"
_OLD = 86_400.0
"""Seconds after which a folder that nobody can be asked about is taken to be left over."""

# Of the user's environment only what programs need to run, and to reach the package registry. Nothing of a login.
_KEPT = (
    "PATH", "TZ", "TERM", "SYSTEMROOT", "COMSPEC", "PATHEXT", "NUMBER_OF_PROCESSORS",
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
        given = {name: os.environ[name] for name in _KEPT if name in os.environ}
        config = Path.home() / ".config" / "pip" / "pip.conf"
        if "PIP_CONFIG_FILE" not in given and config.is_file():
            given["PIP_CONFIG_FILE"] = str(config)
        path = f"{self.programs}{os.pathsep}{given.get('PATH', '')}"
        # The agents of Microsoft speak English, too.
        usual = {"LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": "1"}
        return {**given, **usual, **self.fixed({}), "PATH": path}

    def fixed(self, given: Mapping[str, str]) -> dict[str, str]:
        """What no variable changes: the mark, and folders, unless another one of the sandbox is given."""
        home, temporary = str(self.folder / "home"), str(self.temporary)
        folders = {"HOME": home, "USERPROFILE": home, "AZURE_CONFIG_DIR": f"{home}/.azure"}
        folders |= {"TMPDIR": temporary, "TEMP": temporary, "TMP": temporary}
        inside = {name for name in folders if name in given and Path(given[name]).is_relative_to(self.folder)}
        return {**{name: path for name, path in folders.items() if name not in inside}, MARK: self.mark}

    def packages(self, given: Mapping[str, str]) -> dict[str, str]:
        """Have pip install into the sandbox: the Python of a step may be one of the machine's."""
        place = str(self.tools / "packages")
        paths = (place, given["PYTHONPATH"]) if given.get("PYTHONPATH") else (place,)
        return {"PIP_TARGET": place, "PYTHONPATH": os.pathsep.join(paths)}

    def begin(self) -> None:
        """Make the folders of a job: each one finds a machine of its own, as with the agents of Microsoft."""
        for place in (self.workspace, self.tools, self.folder / "home"):
            shutil.rmtree(place, onerror=_forced)
            place.mkdir(parents=True)
        self.sources.mkdir()


def make_sandbox() -> Sandbox:
    """A new sandbox, after what dead rehearsals left was cleared away."""
    clear_left_over()
    mark = uuid4().hex
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX)).resolve()
    sandbox = Sandbox(folder, mark)
    owner = {"pid": os.getpid(), "started": _started(os.getpid()), "where": _where(), "mark": mark}
    (folder / _OWNER).write_text(json.dumps(owner), encoding="utf-8")
    for place in (sandbox.sources, sandbox.temporary, sandbox.tools, sandbox.programs, folder / "home"):
        place.mkdir(parents=True)
    return sandbox


def remove_sandbox(sandbox: Sandbox, *, keep: bool = False) -> None:
    """End every process of a rehearsal, and remove its folder unless it is kept.

    A folder that is kept has no scripts of steps any more: the values of secrets stand in them.
    """
    end_marked(sandbox.mark)
    if keep:
        for script in sandbox.temporary.glob("step-*"):
            script.unlink()
        (sandbox.folder / _OWNER).rename(sandbox.folder / _KEPT_FILE)
    else:
        _remove(sandbox.folder)


def _remove(folder: Path) -> None:
    """Remove a sandbox: what says whose it is goes last, so that a later rehearsal finds what could not be removed."""
    for attempt in range(20):
        rest = [path for path in folder.iterdir() if path.name != _OWNER]
        for path in rest:
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, onerror=_forced)
            else:
                path.unlink(missing_ok=True)
        if not rest:
            shutil.rmtree(folder, ignore_errors=True)
            return
        if attempt:
            time.sleep(0.05)


def _forced(_function: object, path: str, _error: object) -> None:
    """Remove what a step has protected against that."""
    with suppress(OSError):
        Path(path).parent.chmod(0o700)
        Path(path).chmod(0o700)
        if Path(path).is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            Path(path).unlink()


def clear_left_over() -> None:
    """Clear away what rehearsals left that were killed."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with suppress(OSError):
            if (folder / _KEPT_FILE).exists():
                continue
            mark = _of_a_dead_one(folder)
            if mark is not None:
                end_marked(mark)
                _remove(folder)


def _of_a_dead_one(folder: Path) -> str | None:
    """The mark of a folder whose rehearsal is gone; None when it goes on, or may."""
    is_old = time.time() - folder.stat().st_mtime > _OLD
    try:
        said = json.loads((folder / _OWNER).read_text(encoding="utf-8"))
        pid, started, where, mark = int(said["pid"]), str(said["started"]), str(said["where"]), str(said["mark"])
    except (OSError, ValueError, KeyError, TypeError):
        # Killed while it was made, or while it was removed.
        return "none" if is_old else None
    if where != _where():
        # Numbers of processes mean nothing across containers that share the folder.
        return mark if is_old else None
    return mark if _started(pid) != started else None


def _where() -> str:
    """The system and the container that the numbers of processes are valid in."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="utf-8").strip()
        return f"{boot} {Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return ""


def end_marked(mark: str) -> None:
    """End every process that carries a mark, and wait until it is gone."""
    _end_all(lambda: marked(mark))


def _end_all(found: Callable[[], Iterable[int]]) -> None:
    for _attempt in range(50):
        pids = list(found())
        if not pids:
            return
        for pid in pids:
            with suppress(OSError):
                os.kill(pid, getattr(signal, "SIGKILL", signal.SIGTERM))
        time.sleep(0.02)


@contextmanager
def adopting() -> Iterator[None]:
    """End at the end what steps have started, also where it has thrown its mark away.

    On Linux, processes whose parents end come to this one; those of steps are in sessions of their own.
    """
    if not sys.platform.startswith("linux"):
        yield
        return
    library = ctypes.CDLL(None)
    since = int(_started(os.getpid()) or 0)
    library.prctl(_SUBREAPER, 1, 0, 0, 0)
    try:
        yield
    finally:
        _end_all(lambda: _adopted(since))
        library.prctl(_SUBREAPER, 0, 0, 0, 0)


_SUBREAPER = 36
"""PR_SET_CHILD_SUBREAPER of prctl(2)."""


def _adopted(since: int) -> Iterator[int]:
    """The processes below this one in other sessions; those that have ended are taken leave of."""
    parents: dict[int, tuple[int, int]] = {}
    for place in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            stat = (place / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
            if stat[0] == "Z":
                if int(stat[1]) == os.getpid() and int(stat[3]) != os.getsid(0):
                    os.waitpid(int(place.name), os.WNOHANG)
            elif int(stat[19]) >= since:
                parents[int(place.name)] = (int(stat[1]), int(stat[3]))
    below = {os.getpid()}
    while more := {pid for pid, (parent, _) in parents.items() if parent in below} - below:
        below |= more
    own = os.getsid(0)
    return (pid for pid in below - {os.getpid()} if parents[pid][1] != own)


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
    if sys.platform == "win32":
        # There, the signal 0 is an interruption.
        done = subprocess.run(["tasklist", "/FI", f"PID eq {pid}"], capture_output=True, text=True, check=False)  # noqa: S603, S607  (a program of Windows)
        return str(pid) in done.stdout
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True


def program(sandbox: Sandbox, name: str, text: str) -> None:
    """Put a program in front of those of the machine."""
    place = sandbox.programs / name
    place.write_text(text, encoding="utf-8", newline="\n")
    place.chmod(0o755)
