"""Names for the ids in a definition, which are valid only in the organization it comes from."""

from collections.abc import Mapping
from typing import NamedTuple

from azrelease.classic.definition_file import parsed
from azrelease.errors import UserError


class ResourceNames(NamedTuple):
    """Names by id: of pools by the id of their queue, of default branches by the alias of the artifact."""

    service_connections: Mapping[str, str] = {}
    variable_groups: Mapping[str, str] = {}
    pools: Mapping[str, str] = {}
    deployment_groups: Mapping[str, str] = {}
    identities: Mapping[str, str] = {}
    pipelines: Mapping[str, str] = {}
    default_branches: Mapping[str, str] = {}

    def reversed(self) -> "ResourceNames":
        """Ids by name."""
        return ResourceNames(*({name: key for key, name in kind.items()} for kind in self))

    @classmethod
    def parse(cls, text: str, name: str) -> "ResourceNames":
        """Parse JSON with names by id for each kind.

        Args:
            text: the text.
            name: the file, for messages.

        Raises:
            UserError: the text has another form.
        """
        data = parsed(text, name)
        if not isinstance(data, dict) or not all(_is_named(kind) for kind in data.values()):
            raise UserError(
                f'{name}: expected names by id for each kind, such as {{"pools": {{"18": "Azure Pipelines"}}}}'
            )
        unknown = sorted(set(data) - set(cls._fields))
        if unknown:
            raise UserError(f"{name}: unknown kind `{unknown[0]}`; use one of {', '.join(cls._fields)}")
        return cls(**data)


def _is_named(kind: object) -> bool:
    return isinstance(kind, dict) and all(isinstance(name, str) for name in kind.values())


NO_NAMES = ResourceNames()
