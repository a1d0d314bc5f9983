"""Names for the ids of a definition, which mean something in the organization it comes from only."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from azrelease.errors import UserError


class Names(NamedTuple):
    """Names by id. Pools go by the id of their queue, default branches by the alias of the artifact."""

    service_connections: Mapping[str, str] = {}
    variable_groups: Mapping[str, str] = {}
    pools: Mapping[str, str] = {}
    deployment_groups: Mapping[str, str] = {}
    identities: Mapping[str, str] = {}
    pipelines: Mapping[str, str] = {}
    default_branches: Mapping[str, str] = {}

    def reversed(self) -> "Names":
        """Ids by name."""
        return Names(*({name: key for key, name in kind.items()} for kind in self))

    @classmethod
    def read(cls, path: Path) -> "Names":
        """Read them from a JSON file: for each kind, ids and names.

        Raises:
            UserError: the file cannot be read, or is not of this form.
        """
        try:
            data = json.loads(path.read_text(encoding="utf-8-sig"))
        except OSError as error:
            raise UserError(f"{path}: cannot be read: {error.strerror or error}") from error
        except ValueError as error:
            raise UserError(f"{path}: is not JSON: {error}") from error
        if not isinstance(data, dict) or not all(isinstance(kind, dict) for kind in data.values()):
            raise UserError(f'{path}: names are a mapping of mappings: {{"pools": {{"18": "Azure Pipelines"}}}}')
        unknown = sorted(set(data) - set(cls._fields))
        if unknown:
            raise UserError(f"{path}: there is no kind `{unknown[0]}`; there are {', '.join(cls._fields)}")
        return cls(**{kind: {str(key): str(name) for key, name in named.items()} for kind, named in data.items()})


NO_NAMES = Names()
