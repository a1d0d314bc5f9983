"""The variables of a job, and what of them steps see."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from azrelease.syntax.macros import expand_all

_NOT_IN_NAMES = re.compile(r"[^\w]")


class RunVariableValue(NamedTuple):
    """A variable by its name as it was written."""

    name: str
    value: str
    secret: bool = False
    readonly: bool = False


class RunVariables:
    """Variables by name, where case does not count. A secret stays one, whatever sets it again."""

    def __init__(self, found: Mapping[str, RunVariableValue] | None = None) -> None:
        self._found = dict(found or {})

    def copy(self) -> "RunVariables":
        """The same variables, to be changed apart from these."""
        return RunVariables(self._found)

    def __contains__(self, name: str) -> bool:
        """Whether there is a variable of that name."""
        return name.casefold() in self._found

    def set(self, variable: RunVariableValue) -> bool:
        """Set a variable; whether it could be: one that is read-only stays as it is."""
        key = variable.name.casefold()
        old = self._found.get(key)
        if old is not None and old.readonly:
            return False
        self.replace(variable)
        return True

    def replace(self, variable: RunVariableValue) -> None:
        """Set a variable further in, where one of the same name further out does not count any more."""
        key = variable.name.casefold()
        old = self._found.get(key)
        self._found[key] = variable._replace(secret=variable.secret or (old is not None and old.secret))

    def values(self) -> dict[str, str]:
        """Values by name in lower case, each with the variables in it."""
        return expand_all({key: variable.value for key, variable in self._found.items()})

    def environment(self) -> dict[str, str]:
        """What every step finds in its environment: all but secrets, with names that an environment takes.

        Source: learn.microsoft.com/azure/devops/pipelines/process/variables, Environment variables.
        """
        values = self.values()
        return {
            variable_name(variable.name): values[key] for key, variable in self._found.items() if not variable.secret
        }


def variable_name(name: str) -> str:
    """The name of the environment variable for a variable: in capitals, `_` for `.` and blanks."""
    return _NOT_IN_NAMES.sub("_", name).upper()
