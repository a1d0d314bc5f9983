"""Following a run until it ends: its status is read again and again."""

import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

from azrelease.registration.runs.status import RunStatus

FOLLOW_ATTEMPTS = 8
"""How often a request is sent while a run is followed: a minute without the service does not stop it."""

_SLOWER = 1.5


class Pace(NamedTuple):
    """Seconds between two reads: `first` after a change, longer each time nothing changes, up to `longest`."""

    first: float = 5
    longest: float = 15


def follow(read: Callable[[], RunStatus], pace: Pace) -> Iterator[RunStatus]:
    """The status of a run, until it has ended.

    Args:
        read: reads the current status: `Runs.status_reader`.
        pace: how long to wait between two reads.

    Raises:
        ServiceError: the service refuses, or does not answer.
    """
    before: RunStatus | None = None
    wait = pace.first
    while True:
        now = read()
        yield now
        if now.ended:
            return
        wait = pace.first if now != before else min(wait * _SLOWER, max(pace.first, pace.longest))
        before = now
        time.sleep(wait)
