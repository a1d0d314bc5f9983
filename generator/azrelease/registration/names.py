"""Names of ids of the service, so that messages show the name."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

_GUID = re.compile(r"(?<![0-9a-zA-Z-])[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}(?![0-9a-zA-Z-])")
_NAMES = ("displayName", "name")


def names_in(value: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401  (any JSON)
    """The ids and names in a response: users, groups, repositories, service connections."""
    if isinstance(value, Mapping):
        identifier, name = value.get("id"), next((value[key] for key in _NAMES if value.get(key)), None)
        if isinstance(identifier, str) and isinstance(name, str) and _GUID.fullmatch(identifier) and name != identifier:
            yield identifier.lower(), name
        for inner in value.values():
            yield from names_in(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from names_in(inner)


def ids_in(text: str) -> frozenset[str]:
    """The ids in a text, in lower case."""
    return frozenset(match.lower() for match in _GUID.findall(text))


def with_names(text: str, names: Mapping[str, str]) -> str:
    """A text with names instead of known ids."""
    return _GUID.sub(lambda match: names.get(match[0].lower(), match[0]), text) if names else text
