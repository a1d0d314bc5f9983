"""Values of the command line as the types that commands ask for, without pydantic.

typer converts the value of every parameter through pydantic, whose import takes as long as checking fifty files. Texts,
paths and choices need no more than their own types; anything else, and every error, goes typer's way.
"""

from collections.abc import Iterable
from datetime import date
from enum import Enum
from pathlib import Path
from typing import Any, get_args, get_origin

from typer.core import TyperCommand

from azrelease.errors import UserError


def day_of(text: str | None) -> date:
    """The day that an option names; today without one.

    Raises:
        UserError: it names none.
    """
    try:
        return date.fromisoformat(text) if text else date.today()  # noqa: DTZ011  (the user's own day)
    except ValueError:
        raise UserError(f"--today takes a day such as 2027-01-31, not {text}") from None


class PlainCommand(TyperCommand):
    """A command whose parameters are converted here where that is enough."""

    def get_params(self, ctx: Any) -> list[Any]:  # noqa: ANN401  (a context of click)
        """The parameters, with the conversions of `plain_values` in place."""
        parameters: list[Any] = super().get_params(ctx)
        use_plain_values(parameters)
        return parameters


def use_plain_values(parameters: Iterable[Any]) -> None:
    """Put the conversions of this module in place.

    Where typer keeps its conversions elsewhere, as older versions do, nothing is changed.
    """
    for parameter in parameters:
        if getattr(parameter, "_runtime_param", parameter) is None and hasattr(parameter, "type_descriptor"):
            vars(parameter)["_runtime_param"] = _Plain()


class _NotPlainError(Exception):
    """A value that this module does not convert."""


class _Plain:
    """Takes the place of what typer converts a parameter with."""

    @staticmethod
    def coerce(value: Any, *, param: Any, ctx: Any) -> Any:  # noqa: ANN401  (called by typer, with objects of its own)
        """The value as the type of the parameter."""
        descriptor = param.type_descriptor
        if value is None:
            return None
        try:
            return _converted(value, descriptor.annotation)
        except _NotPlainError:
            from typer._coercion import build_runtime_param

            return build_runtime_param(descriptor).coerce(value, param=param, ctx=ctx)


def _converted(value: Any, kind: Any) -> Any:  # noqa: ANN401  (any type of a parameter)
    if get_origin(kind) is list and isinstance(value, list | tuple):
        return [_converted(item, get_args(kind)[0]) for item in value]
    if kind is Path and isinstance(value, str | Path):
        return Path(value)
    if isinstance(kind, type) and issubclass(kind, Enum):
        found = next((member for member in kind if value in (member, member.value)), None)
        if found is not None:
            return found
    elif kind in (str, bool) and isinstance(value, kind):
        return value
    raise _NotPlainError
