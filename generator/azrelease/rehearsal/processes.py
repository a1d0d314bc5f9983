"""Running a program: its lines as they come, its timeout, and the end of all processes that it started."""

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

_LAST_LINES_TIMEOUT = 1.0
"""Seconds to wait for the last lines of a program that has ended."""

_INTERRUPTION_DELAY = 0.5
"""Maximum delay of an interruption in seconds."""

LineCallback = Callable[[str, bool], None]
"""Takes a line, and whether it came from standard error."""


class ProcessResult(NamedTuple):
    """The end of a program.

    Attributes:
        code: its exit code; None after a timeout.
        wrote_errors: whether anything came from standard error.
    """

    code: int | None
    wrote_errors: bool


def run(
    command: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    line: LineCallback,
    timeout: float | None = None,
    started: Callable[[int], None] = lambda _pid: None,
) -> ProcessResult:
    """Run a program to its end.

    Args:
        command: the program and its arguments.
        folder: the folder it runs in.
        environment: its whole environment.
        line: takes each line of its output.
        timeout: in seconds; None for no limit.
        started: called with its process id.

    Raises:
        OSError: it cannot be started.
        ValueError: a name or value of the environment is invalid.
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
    timed_out = threading.Event()

    def end() -> None:
        timed_out.set()
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
        threading.Thread(target=read, args=arguments, daemon=True)
        for arguments in ((process.stdout, False), (process.stderr, True))
    ]
    for reader in readers:
        reader.start()
    timer = threading.Timer(min(timeout, threading.TIMEOUT_MAX), end) if timeout else None
    if timer is not None:
        timer.start()
    try:
        code = _wait(process)
    except BaseException:
        end_group(process.pid)
        process.wait()
        raise
    finally:
        if timer is not None:
            timer.cancel()
    until = time.monotonic() + _LAST_LINES_TIMEOUT
    for reader in readers:
        # Processes that it left in the background may keep the streams open.
        reader.join(max(0.0, until - time.monotonic()))
    return ProcessResult(None if timed_out.is_set() else code, wrote_errors.is_set())


def _wait(process: "subprocess.Popen[bytes]") -> int:
    """Wait for the end of a process; returns its exit code.

    A signal that arrives just before a system call does not interrupt it: a main thread that waits for the process
    itself would notice an interruption only when that has ended.
    """
    done = threading.Event()

    def wait() -> None:
        process.wait()
        done.set()

    threading.Thread(target=wait, daemon=True).start()
    while not done.wait(_INTERRUPTION_DELAY):
        pass
    return process.wait()


def end_group(pid: int) -> None:
    """End a program and the processes of its group."""
    with suppress(OSError):
        if sys.platform == "win32":
            subprocess.run(["taskkill", "/T", "/F", "/PID", str(pid)], capture_output=True, check=False)  # noqa: S603, S607  (a program of Windows)
        else:
            os.killpg(pid, signal.SIGKILL)
