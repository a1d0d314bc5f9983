"""The variables of a job, and the environment variables that steps get."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from azrelease.syntax.macros import expand_all

_NOT_IN_NAMES = re.compile(r"[^\w]")


class JobVariable(NamedTuple):
    """A variable, with its name as written."""

    name: str
    value: str
    secret: bool = False
    readonly: bool = False


class JobVariables:
    """Variables by name in any letter case. A secret stays secret, whatever sets it again."""

    def __init__(self, variables: Mapping[str, JobVariable] | None = None) -> None:
        self._by_key = dict(variables or {})

    def copy(self) -> "JobVariables":
        """An independent copy."""
        return JobVariables(self._by_key)

    def __contains__(self, name: str) -> bool:
        return name.casefold() in self._by_key

    def set(self, variable: JobVariable) -> bool:
        """Set a variable; returns whether it changed: a read-only one keeps its value."""
        old = self._by_key.get(variable.name.casefold())
        if old is not None and old.readonly:
            return False
        self.replace(variable)
        return True

    def replace(self, variable: JobVariable) -> None:
        """Set a variable of an inner scope, even over a read-only one of an outer scope."""
        key = variable.name.casefold()
        old = self._by_key.get(key)
        self._by_key[key] = variable._replace(secret=variable.secret or (old is not None and old.secret))

    def values(self) -> dict[str, str]:
        """The expanded values by name in lower case."""
        return expand_all({key: variable.value for key, variable in self._by_key.items()})

    def environment(self) -> dict[str, str]:
        """The environment variables of every step: all but secrets.

        Source: learn.microsoft.com/azure/devops/pipelines/process/variables, Environment variables.
        """
        values = self.values()
        return {
            environment_name(variable.name): values[key]
            for key, variable in self._by_key.items()
            if not variable.secret
        }


def environment_name(name: str) -> str:
    """The name of the environment variable for a variable: in capitals, `_` for `.` and blanks."""
    return _NOT_IN_NAMES.sub("_", name).upper()
