"""A call of a command of Azure Machine Learning."""

from pathlib import Path
from typing import Any, NamedTuple

from azrelease.rehearsal.azure.refusal import SimulatedRefusalError

Entity = dict[str, Any]
"""An object of the service, as JSON."""


class CommandCall(NamedTuple):
    """The arguments of a command.

    Attributes:
        values: the values by option, `--name`; several of one option joined by blanks (of `--tags` by NUL).
        settings: the values of `--set` by dotted path.
        folder: the working folder.
    """

    values: dict[str, str]
    settings: dict[str, str]
    folder: Path

    def path(self, option: str) -> Path:
        """The path that an option names."""
        return self.folder / self.values[option]

    def confirm(self) -> None:
        """Check that the command does not prompt.

        Raises:
            SimulatedRefusalError: `--yes` is missing.
        """
        if "--yes" not in self.values:
            raise SimulatedRefusalError("no terminal to confirm on: pass --yes")
