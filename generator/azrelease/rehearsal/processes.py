"""Running a program: its lines as they come, a limit of time, and an end of all that it started."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, NamedTuple

_REST = 1.0
"""Seconds to wait for the last lines of a program that has ended."""

_HEED = 0.5
"""Seconds after which an interruption is heeded at the latest."""

Line = Callable[[str, bool], None]
"""Takes a line, and whether it came from standard error."""


class Ended(NamedTuple):
    """How a program ended.

    Attributes:
        code: its exit code; None when it was ended because of the time.
        wrote_errors: whether anything came from standard error.
    """

    code: int | None
    wrote_errors: bool


def run(
    command: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    line: Line,
    timeout: float | None = None,
    started: Callable[[int], None] = lambda _pid: None,
) -> Ended:
    """Run a program to its end.

    Args:
        command: the program and its arguments.
        folder: the folder it runs in.
        environment: all of its environment.
        line: takes each line that it prints.
        timeout: seconds; None for no limit.
        started: told of its number.

    Raises:
        OSError: it cannot be started.
        ValueError: the environment cannot be given to a program.
    """
    process = subprocess.Popen(  # noqa: S603  (a step of the pipeline, in the sandbox)
        list(command),
        cwd=folder,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    started(process.pid)
    wrote_errors = threading.Event()
    ran_out = threading.Event()

    def end() -> None:
        ran_out.set()
        end_group(process.pid)

    lock = threading.Lock()

    def read(stream: IO[bytes], error: bool) -> None:
        with stream:
            for raw in stream:
                if error:
                    wrote_errors.set()
                with lock:
                    line(raw.decode("utf-8", errors="replace").rstrip("\r\n"), error)

    assert process.stdout is not None
    assert process.stderr is not None
    readers = [
        threading.Thread(target=read, args=given, daemon=True)
        for given in ((process.stdout, False), (process.stderr, True))
    ]
    for reader in readers:
        reader.start()
    timer = threading.Timer(min(timeout, threading.TIMEOUT_MAX), end) if timeout else None
    if timer is not None:
        timer.start()
    try:
        code = _ended(process)
    except BaseException:
        end_group(process.pid)
        process.wait()
        raise
    finally:
        if timer is not None:
            timer.cancel()
    until = time.monotonic() + _REST
    for reader in readers:
        # What it left running in the background may hold the streams open.
        reader.join(max(0.0, until - time.monotonic()))
    return Ended(None if ran_out.is_set() else code, wrote_errors.is_set())


def _ended(process: "subprocess.Popen[bytes]") -> int:
    """Wait for the end of a process; returns its exit code.

    A signal that arrives just before a system call does not end it: a main thread that waits for the process itself
    would hear of an interruption only when that has ended.
    """
    done = threading.Event()

    def wait() -> None:
        process.wait()
        done.set()

    threading.Thread(target=wait, daemon=True).start()
    while not done.wait(_HEED):
        pass
    return process.wait()


def end_group(pid: int) -> None:
    """End a program and what it started."""
    with suppress(OSError):
        if sys.platform == "win32":
            subprocess.run(["taskkill", "/T", "/F", "/PID", str(pid)], capture_output=True, check=False)  # noqa: S603, S607  (a program of Windows)
        else:
            os.killpg(pid, signal.SIGKILL)
