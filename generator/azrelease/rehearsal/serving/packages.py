"""The packages that a conda file asks for (docs.conda.io, environment files)."""

import re
from pathlib import Path
from typing import Any

import yaml

from azrelease.rehearsal.azure.refusal import RefusedError

_NAME = re.compile(r"\s*(?:[\w.-]+::)?([A-Za-z0-9][A-Za-z0-9._-]*)")


def conda_packages(path: Path) -> tuple[str, ...]:
    """The names of the packages, those of pip among them.

    Raises:
        RefusedError: the file is not there, or is no conda file.
    """
    try:
        data: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise RefusedError(f"{path.name}: {error.strerror or error}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise RefusedError(f"{path.name}: is no conda file: {error}") from error
    entries = data.get("dependencies") if isinstance(data, dict) else None
    if not isinstance(entries, list):
        raise RefusedError(f"{path.name}: is no conda file: it has no list of `dependencies`")
    names: list[str] = []
    for entry in entries:
        of_pip = entry.get("pip", []) if isinstance(entry, dict) else [entry]
        names += [found[1] for line in of_pip if isinstance(line, str) and (found := _NAME.match(line))]
    return tuple(names)
