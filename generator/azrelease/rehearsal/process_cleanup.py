"""Ends the processes of a rehearsal: those that carry its mark in their environment, and orphans on Linux."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

MARK = "AZRELEASE_REHEARSAL"
"""The environment variable with the mark of the rehearsal that a process belongs to."""

_SET_CHILD_SUBREAPER = 36
"""PR_SET_CHILD_SUBREAPER of prctl(2)."""


def end_marked(mark: str) -> None:
    """End every process that carries a mark, and wait until it is gone."""
    _end_all(lambda: marked(mark))


def marked(mark: str) -> Iterator[int]:
    """The processes that carry a mark, without this one. Only Linux shows the environment of processes."""
    variable = f"{MARK}={mark}".encode()
    for folder in Path("/proc").glob("[0-9]*") if sys.platform.startswith("linux") else ():
        try:
            variables = (folder / "environ").read_bytes().split(b"\0")
            state = _stat(folder)[0]
        except OSError:
            continue
        if variable in variables and int(folder.name) != os.getpid() and state != "Z":
            yield int(folder.name)


@contextmanager
def ending_orphans() -> Iterator[None]:
    """End the processes of steps when the block ends, even those that removed their mark.

    On Linux, this process becomes the parent of orphans; the processes of steps are in sessions of their own.
    """
    if not sys.platform.startswith("linux"):
        yield
        return
    library = ctypes.CDLL(None)
    since = int(start_time(os.getpid()) or 0)
    library.prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    try:
        yield
    finally:
        _end_all(lambda: _descendants(since))
        library.prctl(_SET_CHILD_SUBREAPER, 0, 0, 0, 0)


def start_time(pid: int) -> str:
    """When a process started, to distinguish it from a later one with the same id; empty when it is gone."""
    try:
        return _stat(Path(f"/proc/{pid}"))[19]
    except OSError:
        return "" if Path("/proc/self").exists() or not _exists(pid) else "unknown"


def _end_all(find: Callable[[], Iterable[int]]) -> None:
    for _attempt in range(50):
        pids = list(find())
        if not pids:
            return
        for pid in pids:
            with suppress(OSError):
                os.kill(pid, getattr(signal, "SIGKILL", signal.SIGTERM))
        time.sleep(0.02)


def _descendants(since: int) -> Iterator[int]:
    """The descendants of this process in other sessions that started since a time; reaps finished child processes."""
    parents: dict[int, tuple[int, int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            stat = _stat(folder)
            state, parent, session, started = stat[0], int(stat[1]), int(stat[3]), int(stat[19])
            if state == "Z":
                if parent == os.getpid() and session != os.getsid(0):
                    os.waitpid(int(folder.name), os.WNOHANG)
            elif started >= since:
                parents[int(folder.name)] = (parent, session)
    below = {os.getpid()}
    while more := {pid for pid, (parent, _) in parents.items() if parent in below} - below:
        below |= more
    own = os.getsid(0)
    return (pid for pid in below - {os.getpid()} if parents[pid][1] != own)


def _stat(folder: Path) -> list[str]:
    """The fields of /proc/PID/stat behind the name: state, parent, group, session, …, start time as the 20th."""
    return (folder / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()


def _exists(pid: int) -> bool:
    if sys.platform == "win32":
        # On Windows, the signal 0 is an interruption.
        command = ["tasklist", "/FI", f"PID eq {pid}"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  (a program of Windows)
        return str(pid) in done.stdout
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True
