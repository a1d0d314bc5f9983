"""What is shown while something takes longer than a second: on a terminal only, and gone when it is done."""

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from azrelease.cli.output import write_text
from azrelease.cli.verbosity import asked

_SLOW = 1.0
"""Seconds."""

_ERASE = "\r\033[K"
_Item = TypeVar("_Item")


def counted(items: Iterator[_Item], count: int, what: str) -> Iterator[_Item]:
    """Items as they come, with how many of them there were."""
    if not _is_shown():
        yield from items
        return
    start, shown = time.monotonic(), False
    try:
        for index, item in enumerate(items, start=1):
            if time.monotonic() - start > _SLOW:
                write_text(f"{_ERASE}{index} of {count} {what}", error=True)
                shown = True
            yield item
    finally:
        if shown:
            write_text(_ERASE, error=True)


def each(items: Sequence[_Item], what: str) -> Iterator[_Item]:
    """Each of some items, with how many of them are done."""
    return counted(iter(items), len(items), what)


@contextmanager
def waiting(what: str) -> Iterator[None]:
    """Say what is waited for, and for how long already."""
    if not _is_shown():
        yield
        return
    from threading import Event, Thread

    done = Event()

    def tell() -> None:
        start, shown = time.monotonic(), False
        while not done.wait(_SLOW if not shown else 0.25):
            write_text(f"{_ERASE}{what}, {time.monotonic() - start:.0f} s", error=True)
            shown = True
        if shown:
            write_text(_ERASE, error=True)

    thread = Thread(target=tell, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _is_shown() -> bool:
    return not asked.quiet and sys.stderr is not None and sys.stderr.isatty()
