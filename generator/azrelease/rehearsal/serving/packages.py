"""The packages that a conda file asks for (docs.conda.io, environment files)."""

import re
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from azrelease.rehearsal.azure.refusal import SimulatedRefusalError

_NAME = re.compile(r"\s*(?:[\w.-]+::)?([A-Za-z0-9][A-Za-z0-9._-]*(?:\[[^\]]*\])?)\s*(?:[<>=!~;\s]|$)")


class CondaPackages(NamedTuple):
    """The packages of a conda file by name; those of pip may have extras, `pandas[excel]`."""

    conda: tuple[str, ...]
    pip: tuple[str, ...]


def conda_packages(path: Path) -> CondaPackages | None:
    """The packages of a conda file; None when it does not name them all: it takes a file, or an address.

    Raises:
        RefusedError: the file is not there, or is no conda file.
    """
    try:
        data: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SimulatedRefusalError(f"{path.name}: {error.strerror or error}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SimulatedRefusalError(f"{path.name}: is no conda file: {error}") from error
    entries = data.get("dependencies") if isinstance(data, dict) else None
    if not isinstance(entries, list):
        raise SimulatedRefusalError(f"{path.name}: is no conda file: it has no list of `dependencies`")
    lines = [line for entry in entries if isinstance(entry, dict) for line in entry.get("pip") or ()]
    conda, pip = (
        [_NAME.match(str(line)) for line in some] for some in ([e for e in entries if isinstance(e, str)], lines)
    )
    if None in pip:
        return None
    return CondaPackages(tuple(found[1] for found in conda if found), tuple(found[1] for found in pip if found))
