"""Starting something exactly once, though the answer of the service can get lost."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from azrelease.errors import ServiceError
from azrelease.registration.connection import Connection
from azrelease.registration.failures import BusyError, UnsureError

Raw = Mapping[str, Any]


class Started(NamedTuple):
    """What was started.

    Attributes:
        raw: the answer of the service.
        recovered: the answer was lost, and it was found afterwards.
    """

    raw: Raw
    recovered: bool


def start_once(
    connection: Connection, start: Callable[[], Raw], look: Callable[[], Sequence[Raw]], what: str, where: str
) -> Started:
    """Start something; where the answer is lost, look for it before it is tried again.

    Args:
        connection: says how often, and how long to wait.
        start: starts it.
        look: what may have been started by the lost request.
        what: what it is called: `run`, `release`.
        where: the address where people can see them.

    Raises:
        RefusedError: the service said no.
        ServiceError: it does not answer, or it cannot be told which is ours.
    """
    attempt = 1
    while True:
        try:
            return Started(start(), recovered=False)
        except BusyError as error:
            connection.wait(attempt, error)
        except UnsureError as error:
            # It may take effect while we wait: look before, and after.
            found = _looked_up(look, error, what, where) or _later(connection, attempt, error, look, what, where)
            if len(found) == 1:
                return Started(found[0], recovered=True)
            if found:
                raise ServiceError(
                    f"{error}\nThe answer was lost, and it cannot be told which {what} is the one that was started: "
                    f"{', '.join(str(each['id']) for each in found)}. Look at {where}, and come back with --follow ID."
                ) from None
        attempt += 1


def _later(
    connection: Connection,
    attempt: int,
    error: UnsureError,
    look: Callable[[], Sequence[Raw]],
    what: str,
    where: str,
) -> Sequence[Raw]:
    try:
        connection.wait(attempt, error)
    except UnsureError as last:
        message = f"{last}\nNo {what} was found that it started. Look at {where} before you start another."
        raise ServiceError(message) from None
    return _looked_up(look, error, what, where)


def _looked_up(look: Callable[[], Sequence[Raw]], error: UnsureError, what: str, where: str) -> Sequence[Raw]:
    try:
        return look()
    except ServiceError as other:
        raise ServiceError(
            f"{error}\nWhether a {what} was started cannot be told: {other}\n"
            f"Look at {where} before you start another; come back to one with --follow ID."
        ) from None
