"""Problems of a release that its field types cannot express, raised so that pydantic reports their exact place.

A `ValidationError` that a validator raises is merged by pydantic-core into the one that the caller sees, its routes
prefixed with that of the validator.
"""

from collections.abc import Iterable
from typing import NamedTuple, NoReturn

from pydantic import ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from azrelease.diagnostics import Code

Route = tuple[str | int, ...]
"""The way to a value: names of fields and indexes of items."""


class Problem(NamedTuple):
    """A finding at a route below the value being validated; an empty route is the value itself."""

    route: Route
    code: Code
    message: str
    hint: str | None = None

    def at(self, *route: str | int) -> "Problem":
        """The same problem, seen from further up."""
        return Problem((*route, *self.route), self.code, self.message, self.hint)


def failure(code: Code, message: str, hint: str | None = None) -> PydanticCustomError:
    """An error for a validator of a single value to raise."""
    context = {"message": message, "hint": hint, "code": code}
    return PydanticCustomError("release", "{message}", context)


def raise_problems(title: str, problems: Iterable[Problem], value: object) -> None:
    """Raise all problems at once; return when there are none.

    Raises:
        ValidationError: there is at least one problem.
    """
    details = [InitErrorDetails(type=failure(p.code, p.message, p.hint), loc=p.route, input=value) for p in problems]
    if details:
        raise ValidationError.from_exception_data(title, details)


def reject(title: str, problem: Problem, value: object) -> NoReturn:
    """Raise one problem.

    Raises:
        ValidationError: always.
    """
    details = InitErrorDetails(
        type=failure(problem.code, problem.message, problem.hint), loc=problem.route, input=value
    )
    raise ValidationError.from_exception_data(title, [details])
