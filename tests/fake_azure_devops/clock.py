"""Times in the form of the service, always growing."""

import itertools
from datetime import UTC, datetime, timedelta

_START = datetime.now(UTC)
_STEPS = itertools.count()


def now() -> str:
    """The present time; a later call gives a later time."""
    later = max(datetime.now(UTC), _START) + timedelta(microseconds=next(_STEPS))
    return later.strftime("%Y-%m-%dT%H:%M:%S.%f") + "0Z"


def parsed(text: str) -> datetime:
    """A time that a client or this clock wrote."""
    text = text.strip().rstrip("Zz")
    whole, _, fraction = text.partition(".")
    moment = datetime.fromisoformat(f"{whole}.{fraction[:6].ljust(6, '0')}" if fraction else whole)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
