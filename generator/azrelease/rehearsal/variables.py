"""The variables of a job, and what of them steps see."""

import base64
import json
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple
from urllib.parse import quote, quote_plus

from azrelease.syntax.macros import expand_all

MASK = "***"
_SHORTEST_LINE = 3
"""Shorter lines of a secret are not hidden by themselves: a brace of a key in JSON would be hidden everywhere."""
_SHORTEST_BASE64 = 6
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


class Masker:
    """Hides secrets in what is printed, each as soon as it is known, and each line of one that has several."""

    def __init__(self) -> None:
        self._hidden: tuple[str, ...] = ()

    def add(self, secret: str) -> None:
        """Hide a text from now on, also as JSON, in an address, and in base64."""
        if not secret.strip():
            return
        lines = {line for line in secret.splitlines() if len(line.strip()) >= _SHORTEST_LINE}
        texts = {form for text in {secret, *lines} for form in _forms(text)}
        self._hidden = tuple(sorted({*self._hidden, *texts}, key=len, reverse=True))

    def mask(self, text: str) -> str:
        """A text without secrets: the longest first, since one may be a part of another."""
        for secret in self._hidden:
            text = text.replace(secret, MASK)
        return text


def _forms(secret: str) -> Iterator[str]:
    """What programs make of a text when they print it (azure-pipelines-agent, ValueEncoders.cs)."""
    yield secret
    yield json.dumps(secret)[1:-1]
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
    yield quote(secret)
    yield quote(secret, safe="")
    yield quote_plus(secret)
    data = secret.encode()
    # In base64 it looks different, by where it begins; what is left out at the ends has a part of what is around it.
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + data).decode().rstrip("=")
        inner = encoded[(0, 2, 3)[shift] : len(encoded) - bool((shift + len(data)) % 3)]
        if len(inner) >= _SHORTEST_BASE64:
            yield inner
