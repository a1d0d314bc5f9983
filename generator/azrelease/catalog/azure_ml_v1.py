"""The Azure ML CLI v1 (extension azure-cli-ml): its commands, and the files that describe a service.

Source: `schemas/azure_ml_v1.json`, made from learn.microsoft.com/azure/machine-learning/how-to-migrate-from-v1 and
reference-azure-machine-learning-cli.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Literal, NamedTuple

from azrelease.data_files import read_table


class V1Command(NamedTuple):
    """A command of CLI v1 in a script.

    Attributes:
        name: the command, beginning with `az`.
        counterpart: its replacement in v2; None where there is none.
        start: offset of its first character in the script.
        end: offset behind its last one.
    """

    name: str
    counterpart: str | None
    start: int
    end: int


def v1_commands(script: str) -> Iterator[V1Command]:
    """Every command of CLI v1 in a script, in the order of the text."""
    for match in _commands().finditer(script):
        name = re.sub(r"\s+", " ", match[1])
        yield V1Command(f"az {name}", _table("counterparts")[name], match.start(), match.end())


def setting_fields(file: Literal["deployment_configuration", "inference_configuration"]) -> Mapping[str, str]:
    """The fields of ModelDeploy for the keys of a configuration file, in lower case; nested keys have dots."""
    return {key.casefold(): str(field) for key, field in _table(file).items()}


@cache
def _commands() -> re.Pattern[str]:
    names = "|".join(r"\s+".join(name.split()) for name in _table("counterparts"))
    return re.compile(rf"\baz\s+({names})\b")


def _table(key: str) -> Mapping[str, str | None]:
    table: Mapping[str, str | None] = read_table("azure_ml_v1.json")[key]
    return table
