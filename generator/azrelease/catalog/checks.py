"""Kinds of checks on environments, with the ids of the service.

Source: `schemas/environment_checks.json`, which names the source of each.
"""

from typing import Any, NamedTuple

from azrelease.data_files import read_table


class CheckDefinition(NamedTuple):
    """A kind of check, or the task that a check of tasks runs. Only tasks have a version."""

    id: str
    name: str
    version: str = ""


def definition(kind: str) -> CheckDefinition:
    """A kind of check, such as `approval` or `exclusive_lock`; the keys of the table.

    Raises:
        KeyError: the kind does not exist.
    """
    return CheckDefinition(**_table()[kind])


def gate(task: str) -> CheckDefinition | None:
    """The task of a check by its `name@major`, in any case; None for a task that is not known as a check."""
    known = _table()["gates"].items()
    return next((CheckDefinition(**raw) for name, raw in known if name.casefold() == task.casefold()), None)


def gates() -> tuple[str, ...]:
    """The tasks that can be checks."""
    return tuple(_table()["gates"])


def _table() -> dict[str, Any]:
    return read_table("environment_checks.json")
