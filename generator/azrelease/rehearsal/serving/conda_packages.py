"""The packages of a conda file (docs.conda.io, environment files)."""

import re
from pathlib import Path
from typing import NamedTuple

from azrelease.rehearsal.azure.command_call import read_mapping
from azrelease.rehearsal.azure.hosting import SimulatedRefusalError

_NAME = re.compile(r"\s*(?:[\w.-]+::)?([A-Za-z0-9][A-Za-z0-9._-]*(?:\[[^\]]*\])?)\s*(?:[<>=!~;\s]|$)")


class CondaPackages(NamedTuple):
    """The names of packages; those of pip may have extras, `pandas[excel]`."""

    conda: tuple[str, ...]
    pip: tuple[str, ...]


def conda_packages(path: Path) -> CondaPackages | None:
    """The packages of a conda file; None when it refers to other files or URLs for some of them.

    Raises:
        SimulatedRefusalError: the file does not exist, or is not a conda file.
    """
    entries = read_mapping(path, path.name).get("dependencies")
    if not isinstance(entries, list):
        raise SimulatedRefusalError(f"{path.name}: not a conda file: it has no list of `dependencies`")
    lines = [line for entry in entries if isinstance(entry, dict) for line in entry.get("pip") or ()]
    conda, pip = (
        [_NAME.match(str(line)) for line in some] for some in ([e for e in entries if isinstance(e, str)], lines)
    )
    if None in pip:
        return None
    return CondaPackages(tuple(found[1] for found in conda if found), tuple(found[1] for found in pip if found))
