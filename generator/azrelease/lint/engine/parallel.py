"""Checks many files, on the cores there are."""

import gc
import os
import sys
from collections.abc import Iterator, Sequence

from azrelease.lint.engine.linter import FileToCheck, Linter, LintOptions
from azrelease.lint.engine.reports import FileReport

_CAN_FORK = sys.platform.startswith("linux")
_WORTH_IT = 32 if _CAN_FORK else 600
"""From how many files on further processes are worth their start: cheap where a process can be copied."""

_CHUNK = 12


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
        yield from _one_by_one(targets, options)
    elif _CAN_FORK:
        yield from _copied(targets, options, count)
    else:
        yield from _pooled(targets, options, count)


def _one_by_one(targets: Sequence[FileToCheck], options: LintOptions) -> Iterator[FileReport]:
    linter = Linter(options)
    for target in targets:
        yield linter.check(target)


def _cores() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1


def _copied(targets: Sequence[FileToCheck], options: LintOptions, count: int) -> Iterator[FileReport]:
    """With copies of this process, each for a share of the files. This one takes a share too.

    The pools of the standard library take longer to import than most runs take.
    """
    gc.freeze()
    shares = [targets[start::count] for start in range(count)]
    pipes = [_copy(share, options) for share in shares[1:]]
    try:
        reports = [list(_one_by_one(shares[0], options)), *(_received(*pipe) for pipe in pipes)]
    except BaseException:
        _stop(pipes)
        raise
    for index in range(len(targets)):
        yield reports[index % count][index // count]


def _copy(targets: Sequence[FileToCheck], options: LintOptions) -> tuple[int, int]:
    """Start a copy of this process for some files; returns its id, and the pipe its reports come from."""
    import pickle

    reading, writing = os.pipe()
    process = os.fork()
    if process:
        os.close(writing)
        return process, reading
    code = 0
    try:
        os.close(reading)
        with os.fdopen(writing, "wb") as pipe:
            pickle.dump(list(_one_by_one(targets, options)), pipe, protocol=pickle.HIGHEST_PROTOCOL)
    except BaseException:  # noqa: BLE001  (whatever it is, the copy must not go on as if it were the original)
        code = 1
    os._exit(code)


def _received(process: int, reading: int) -> list[FileReport]:
    import pickle

    with os.fdopen(reading, "rb") as pipe:
        data = pipe.read()
    _, status = os.waitpid(process, 0)
    if status or not data:
        raise RuntimeError("a process that checked files ended before it was done")
    result = pickle.loads(data)  # noqa: S301  (written by our own process a moment ago)
    assert isinstance(result, list)
    return result


def _stop(pipes: Sequence[tuple[int, int]]) -> None:
    import signal
    from contextlib import suppress

    for process, _ in pipes:
        with suppress(OSError):
            os.kill(process, signal.SIGTERM)
            os.waitpid(process, 0)


def _pooled(targets: Sequence[FileToCheck], options: LintOptions, count: int) -> Iterator[FileReport]:
    import multiprocessing

    chunks = [targets[start : start + _CHUNK] for start in range(0, len(targets), _CHUNK)]
    with multiprocessing.get_context("spawn").Pool(count, _start, (options,)) as pool:
        for reports in pool.imap(_check_chunk, chunks):
            yield from reports


_linter: Linter | None = None


def _start(options: LintOptions) -> None:
    global _linter  # noqa: PLW0603  (what a process of the pool works with is set when it starts)
    _linter = Linter(options)


def _check_chunk(targets: Sequence[FileToCheck]) -> list[FileReport]:
    """The reports on some files."""
    assert _linter is not None
    return [_linter.check(target) for target in targets]
