"""The predefined variables, with when each is known and what it can be.

Source: `schemas/predefined_variables.json`, made from learn.microsoft.com/azure/devops/pipelines/build/variables: its
column on templates, and what it says of variables of the agent. `unconfirmed` is what that page denies to template
expressions and published pipelines read there.
"""

from collections.abc import Mapping
from enum import IntEnum
from functools import cache
from typing import NamedTuple

from azrelease.data_files import read_table

_FILE = "predefined_variables.json"


class Known(IntEnum):
    """From when on a variable has its value, in the order of a run."""

    EXPANSION = 0
    UNCONFIRMED = 1
    RUN = 2
    JOB = 3
    STEP = 4


class PredefinedVariable(NamedTuple):
    """A variable that the service or the agent sets.

    Attributes:
        name: as the documentation writes it; letter case does not count.
        known: from when on it has its value.
        values: all its values; empty when it can be any text.
    """

    name: str
    known: Known
    values: tuple[str, ...] = ()


def predefined_variable(name: str) -> PredefinedVariable | None:
    """The predefined variable of a name; None when the documentation has none."""
    return predefined_variables().get(name.casefold())


@cache
def predefined_variables() -> Mapping[str, PredefinedVariable]:
    """All of them, by name in lower case."""
    return {
        name.casefold(): PredefinedVariable(name, Known[entry["known"].upper()], tuple(entry.get("values", ())))
        for name, entry in read_table(_FILE).items()
    }
