"""A call of a command of Azure Machine Learning, and the files that it names."""

from pathlib import Path
from typing import Any, NamedTuple

import yaml

from azrelease.rehearsal.azure.hosting import SimulatedRefusalError

Entity = dict[str, Any]
"""An object of the service, as JSON."""


class CommandCall(NamedTuple):
    """The arguments of a command.

    Attributes:
        values: the values by option, `--name`; several of one option joined by blanks (of `--tags` by NUL).
        settings: the values of `--set` by dotted path.
    """

    values: dict[str, str]
    settings: dict[str, str]
    folder: Path

    def path(self, option: str) -> Path:
        """The path that an option names."""
        return self.folder / self.values[option]

    def read(self, option: str) -> Entity:
        """The content of the YAML or JSON file that an option names."""
        return read_mapping(self.path(option), self.values[option])

    def confirm(self) -> None:
        """Check that the command does not prompt.

        Raises:
            SimulatedRefusalError: `--yes` is missing.
        """
        if "--yes" not in self.values:
            raise SimulatedRefusalError("no terminal to confirm on: pass --yes")


def read_mapping(path: Path, name: str) -> dict[str, Any]:
    """The content of a YAML or JSON file that a command names; an empty file is an empty mapping.

    Raises:
        SimulatedRefusalError: the file does not exist, is invalid, or is not a mapping.
    """
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SimulatedRefusalError(f"{name}: {error.strerror or error}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SimulatedRefusalError(f"{name}: invalid YAML: {error}") from error
    if data is None:
        return {}
    if not isinstance(data, dict):
        raise SimulatedRefusalError(f"{name}: must be a mapping of keys and values")
    return data
