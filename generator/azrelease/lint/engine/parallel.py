"""Checks many files, on the cores there are."""

import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from azrelease.lint.engine.linter import FileToCheck, Linter, LintOptions
from azrelease.lint.engine.reports import FileReport

_START_METHOD = "fork" if sys.platform.startswith("linux") else "spawn"
"""A copy of this process has all modules and tables already; macOS and Windows have no safe copies."""

_WORTH_IT = 32 if _START_METHOD == "fork" else 600
"""From how many files on the start of further processes pays."""

_CHUNK = 12
"""Files that a process gets at once."""


def check_files(
    targets: Sequence[FileToCheck], options: LintOptions, processes: int | None = None
) -> Iterator[FileReport]:
    """The reports on files, in their order.

    Args:
        targets: the files.
        options: how they are checked.
        processes: how many at once; by default as many as there are cores, for a large number of files.
    """
    count = processes or (_cores() if len(targets) >= _WORTH_IT else 1)
    if count == 1:
        yield from map(Linter(options).check, targets)
        return
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    with ProcessPoolExecutor(count, get_context(_START_METHOD), _start, (options,)) as pool:
        with _interrupts_held():
            reports = pool.map(_check, targets, chunksize=_CHUNK)
        yield from reports


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Hold Ctrl-C back while processes start, which then never get it: it ends this process, and this one ends them."""
    if _START_METHOD != "fork":
        yield
        return
    held = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, held)


def _cores() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1


_linter: Linter | None = None


def _start(options: LintOptions) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    global _linter  # noqa: PLW0603  (what a process of the pool works with is set when it starts)
    _linter = Linter(options)


def _check(target: FileToCheck) -> FileReport:
    assert _linter is not None
    return _linter.check(target)
