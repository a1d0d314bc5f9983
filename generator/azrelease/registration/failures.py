"""Failures of requests. What follows from one depends on whether the request may have taken effect."""

from collections.abc import Iterator
from contextlib import contextmanager

from azrelease.errors import ServiceError


class RefusedError(ServiceError):
    """The service refused; nothing was changed.

    Attributes:
        status: the HTTP status.
        type_key: the service's name for the reason, such as `EnvironmentExistsException`; empty if there is none.
    """

    def __init__(self, message: str, status: int, type_key: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.type_key = type_key


class NotFoundError(RefusedError):
    """The resource does not exist, or the token may not see it."""


class ConflictError(RefusedError):
    """The resource already exists, or has changed meanwhile."""


class OutcomeUnknownError(ServiceError):
    """No response says what happened: the request may have taken effect, or not.

    Attributes:
        retry_after: how many seconds the service asks to wait; None if it does not say.
    """

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class BusyError(OutcomeUnknownError):
    """The service accepts no requests now (429): nothing was changed."""


class StateChangedError(ServiceError):
    """State changed since planning."""


@contextmanager
def checked_responses(address: str) -> Iterator[None]:
    """Context in which responses are read: one that differs from its description is a failure of the service.

    Args:
        address: the address of the service.

    Raises:
        ServiceError: a response lacks what its description promises.
    """
    try:
        yield
    except (KeyError, IndexError, TypeError, AttributeError, ValueError) as error:
        raise ServiceError(f"{address}: unexpected response ({type(error).__name__}: {error})") from error
