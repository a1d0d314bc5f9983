"""The option that sets the day of a check."""

from datetime import date, datetime
from typing import Annotated

import typer

Today = Annotated[
    datetime | None,
    typer.Option(
        "--today",
        help="Day that retirements are judged by, as 2027-01-31. Default: today.",
        formats=["%Y-%m-%d"],
        metavar="DAY",
    ),
]


def day_of(today: datetime | None) -> date:
    """The day of the option; without it, the user's own day."""
    return today.date() if today else date.today()  # noqa: DTZ011  (the user's own day)
