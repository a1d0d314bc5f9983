"""Starting something exactly once, even if the response of the service is lost."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from azrelease.errors import ServiceError
from azrelease.registration.connection import Connection
from azrelease.registration.failures import BusyError, OutcomeUnknownError
from azrelease.registration.project import Raw


class Started(NamedTuple):
    """What was started.

    Attributes:
        raw: the response of the service.
        recovered: whether the response to the start was lost, and it was found afterwards.
    """

    raw: Raw
    recovered: bool


def start_once(
    connection: Connection, start: Callable[[], Raw], look_up: Callable[[], Sequence[Raw]], kind: str, link: str
) -> Started:
    """Start something; if the response is lost, look it up before another attempt.

    Args:
        connection: decides how often to try, and how long to wait.
        start: starts it.
        look_up: reads what the lost request may have started.
        kind: what it is, for messages: `run`, `release`.
        link: the page that lists them.

    Raises:
        RefusedError: the service refused.
        ServiceError: it does not answer, or several may be the one that was started.
    """
    attempt = 1
    while True:
        try:
            return Started(start(), recovered=False)
        except BusyError as error:
            connection.wait(attempt, error)
        except OutcomeUnknownError as error:
            # It may take effect during the wait: look it up before and after.
            found = _looked_up(look_up, error, kind, link) or _later(connection, attempt, error, look_up, kind, link)
            if len(found) == 1:
                return Started(found[0], recovered=True)
            if found:
                ids = ", ".join(str(each["id"]) for each in found)
                raise ServiceError(
                    f"{error}\nThe response was lost, and several {kind}s may be the one that was started: {ids}. "
                    f"Check {link}, and follow one with --follow ID."
                ) from None
        attempt += 1


def _later(
    connection: Connection,
    attempt: int,
    error: OutcomeUnknownError,
    look_up: Callable[[], Sequence[Raw]],
    kind: str,
    link: str,
) -> Sequence[Raw]:
    try:
        connection.wait(attempt, error)
    except OutcomeUnknownError as last:
        message = f"{last}\nNo {kind} was found that it started. Check {link} before you start another."
        raise ServiceError(message) from None
    return _looked_up(look_up, error, kind, link)


def _looked_up(look_up: Callable[[], Sequence[Raw]], error: OutcomeUnknownError, kind: str, link: str) -> Sequence[Raw]:
    try:
        return look_up()
    except ServiceError as other:
        raise ServiceError(
            f"{error}\nIt is unknown whether a {kind} was started: {other}\n"
            f"Check {link} before you start another; follow one with --follow ID."
        ) from None
