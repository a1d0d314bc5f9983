"""Names for the ids of a definition, which mean something in the organization it comes from only."""

from collections.abc import Mapping
from typing import NamedTuple

from azrelease.classic.definition_file import parsed
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
    def parse(cls, text: str, name: str) -> "Names":
        """Read them from JSON: for each kind, ids and names.

        Args:
            text: the text.
            name: the file, for messages.

        Raises:
            UserError: the text is not of this form.
        """
        data = parsed(text, name)
        if not isinstance(data, dict) or not all(_is_named(kind) for kind in data.values()):
            raise UserError(f'{name}: names are a mapping of mappings: {{"pools": {{"18": "Azure Pipelines"}}}}')
        unknown = sorted(set(data) - set(cls._fields))
        if unknown:
            raise UserError(f"{name}: there is no kind `{unknown[0]}`; there are {', '.join(cls._fields)}")
        return cls(**data)


def _is_named(kind: object) -> bool:
    return isinstance(kind, dict) and all(isinstance(name, str) for name in kind.values())


NO_NAMES = Names()
