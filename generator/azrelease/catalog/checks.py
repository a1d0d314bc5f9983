"""Kinds of checks on environments: the ids that the service knows them by.

Source: `schemas/environment_checks.json`, which names where each of them is from.
"""

import json
from functools import cache
from typing import Any, NamedTuple

from azrelease import data_files


class CheckDefinition(NamedTuple):
    """A kind of check, or the task that a check of tasks runs. Only tasks have a version."""

    id: str
    name: str
    version: str = ""


def definition(kind: str) -> CheckDefinition:
    """A kind of check, such as `approval` or `exclusive_lock`; the keys of the table.

    Raises:
        KeyError: there is no such kind.
    """
    return CheckDefinition(**_table()[kind])


def gate(task: str) -> CheckDefinition | None:
    """The task of a check by its `name@major`, in any case; None where it is not known to be one."""
    known = _table()["gates"].items()
    return next((CheckDefinition(**raw) for name, raw in known if name.casefold() == task.casefold()), None)


def gates() -> tuple[str, ...]:
    """The tasks that are known to be checks."""
    return tuple(_table()["gates"])


@cache
def _table() -> dict[str, Any]:
    raw: dict[str, Any] = json.loads((data_files.SCHEMAS / "environment_checks.json").read_bytes())
    return raw
