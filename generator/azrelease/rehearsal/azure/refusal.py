"""Refusals of the simulated service, and the files that it reads for commands."""

from pathlib import Path
from typing import Any

import yaml


class SimulatedRefusalError(Exception):
    """The simulated service, or the CLI before it, refused the request."""


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
