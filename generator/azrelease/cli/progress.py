"""What is shown while something takes longer than a second: on a terminal only, and gone when it is done."""

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from azrelease.cli.requested import requested

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import RenderableType
    from rich.progress import Progress

_SLOW = 1.0
"""Seconds."""

_Item = TypeVar("_Item")


def counted(items: Iterator[_Item], count: int, what: str) -> Iterator[_Item]:
    """Items as they come, with how many of them there were."""
    if not _is_shown():
        yield from items
        return
    start = time.monotonic()
    progress: Progress | None = None
    try:
        for index, item in enumerate(items, start=1):
            if progress is None and time.monotonic() - start > _SLOW:
                progress = _progress(what, count)
                progress.start()
            if progress is not None:
                progress.update(progress.task_ids[0], completed=index)
            yield item
    finally:
        if progress is not None:
            progress.stop()


def each(items: Sequence[_Item], what: str) -> Iterator[_Item]:
    """Each of some items, with how many of them are done."""
    return counted(iter(items), len(items), what)


@contextmanager
def waiting(what: str) -> Iterator[None]:
    """Show what is waited for, and for how long."""
    if not _is_shown():
        yield
        return
    from threading import Timer

    progress = _progress(what, None)
    timer = Timer(_SLOW, progress.start)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        progress.stop()


def shown_live(items: Iterator[_Item], render: "Callable[[_Item], RenderableType]") -> _Item:
    """Show the latest of some items in place of the one before, drawn again each second; returns the last one."""
    from rich.console import Console
    from rich.live import Live

    item = next(items)
    with Live(get_renderable=lambda: render(item), console=Console(), refresh_per_second=1, transient=True) as live:
        live.refresh()
        for item in items:  # noqa: B007  (rendered by `live`)
            live.refresh()
    return item


def _progress(what: str, count: int | None) -> "Progress":
    """The progress of one task; without a count, a spinner."""
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    text = TextColumn("{task.description}", markup=False)
    columns = (SpinnerColumn(), text) if count is None else (MofNCompleteColumn(), text)
    progress = Progress(
        *columns,
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    )
    progress.add_task(what, total=count)
    return progress


def _is_shown() -> bool:
    return not requested.quiet and sys.stderr is not None and sys.stderr.isatty()
