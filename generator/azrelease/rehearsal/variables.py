"""The variables of a job, and what of them steps see."""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from azrelease.rehearsal.macros import expand, expand_all

MASK = "***"
_SHORTEST_SECRET = 3
_NOT_IN_NAMES = re.compile(r"[^\w]")


class Variable(NamedTuple):
    """A variable by its name as it was written."""

    name: str
    value: str
    secret: bool = False
    readonly: bool = False


class Variables:
    """Variables by name, where case does not count. A secret stays one, whatever sets it again."""

    def __init__(self, found: Mapping[str, Variable] | None = None) -> None:
        self._found = dict(found or {})

    def copy(self) -> "Variables":
        """The same variables, to be changed apart from these."""
        return Variables(self._found)

    def set(self, variable: Variable) -> bool:
        """Set a variable; whether it could be: one that is read-only stays as it is."""
        key = variable.name.casefold()
        old = self._found.get(key)
        if old is not None and old.readonly:
            return False
        self._found[key] = variable._replace(secret=variable.secret or (old is not None and old.secret))
        return True

    def get(self, name: str) -> str | None:
        """The value of a variable, with the variables in it."""
        return self.values().get(name.casefold())

    def values(self) -> dict[str, str]:
        """Values by name in lower case, each with the variables in it."""
        return expand_all({key: variable.value for key, variable in self._found.items()})

    def expand(self, text: str) -> str:
        """A text with the values of the variables in it."""
        return expand(text, self.values())

    def secrets(self) -> Iterator[str]:
        """The values that must not be seen."""
        values = self.values()
        return (values[key] for key, variable in self._found.items() if variable.secret and values[key])

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


class Masker:
    """Hides secrets in what is printed, each as soon as it is known, and each line of one that has several."""

    def __init__(self) -> None:
        self._hidden: set[str] = set()

    def add(self, secret: str) -> None:
        """Hide a text from now on."""
        self._hidden |= {part for part in (secret, *secret.splitlines()) if len(part.strip()) >= _SHORTEST_SECRET}

    def mask(self, text: str) -> str:
        """A text without secrets: the longest first, since one may be a part of another."""
        for secret in sorted(self._hidden, key=len, reverse=True):
            text = text.replace(secret, MASK)
        return text
