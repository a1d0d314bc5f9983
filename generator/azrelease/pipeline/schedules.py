"""Scheduled runs."""

from typing import NamedTuple


class Schedule(NamedTuple):
    """A cron schedule, in UTC, for some branches of the repository that holds the pipeline file."""

    cron: str
    display_name: str | None
    branches: tuple[str, ...]
    always: bool
