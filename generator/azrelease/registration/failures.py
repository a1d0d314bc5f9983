"""Why a request did not do what it was for. What follows from it depends on whether it may have taken effect."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

from azrelease.errors import ServiceError

if TYPE_CHECKING:
    from azrelease.registration.project import Project

P = ParamSpec("P")
R = TypeVar("R")


class RefusedError(ServiceError):
    """The service said no; nothing was changed.

    Attributes:
        status: the HTTP status.
        type_key: what the service calls the reason, such as `EnvironmentExistsException`; empty when it does not say.
    """

    def __init__(self, message: str, status: int, type_key: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.type_key = type_key


class NotFoundError(RefusedError):
    """What was asked for is not there, or may not be seen."""


class ConflictError(RefusedError):
    """It is there already, or somebody else changed it in between."""


class UnsureError(ServiceError):
    """There was no answer that says what happened: it may have taken effect, or not.

    Attributes:
        retry_after: how many seconds the service asks to wait; None when it does not say.
    """

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class BusyError(UnsureError):
    """The service takes no request now (429): nothing was changed."""


class MovedOnError(ServiceError):
    """What the plan is about looks other than it did when the plan was made."""


@contextmanager
def understood(address: str) -> Iterator[None]:
    """Where answers are read: one that is other than its description says is told as a failure of the service.

    Args:
        address: who answers.

    Raises:
        ServiceError: an answer lacks what it should have.
    """
    try:
        yield
    except (KeyError, IndexError, TypeError, AttributeError, ValueError) as error:
        told = f"{type(error).__name__}: {error}"
        raise ServiceError(f"{address}: an answer is other than the service describes it ({told})") from error


def reads_answers(function: "Callable[Concatenate[Project, P], R]") -> "Callable[Concatenate[Project, P], R]":
    """A function that reads answers of a project: one that is other than described is a failure of the service."""

    @wraps(function)
    def told(project: "Project", /, *arguments: P.args, **more: P.kwargs) -> R:
        with understood(project.connection.address):
            return function(project, *arguments, **more)

    return told
