"""Classic release definitions of a project, with the names of what they mean by id."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from azrelease.errors import UserError
from azrelease.registration.connection import Connection
from azrelease.suggestions import suggestion

_DEFINITIONS = "d8f96f24-8ea7-4cb6-baab-2df8fc515665"
_ENDPOINTS = "e85f1c62-adfc-4b74-b618-11a150fb195e"
_VARIABLE_GROUPS = "f5b09dd5-9d54-45a1-8b5a-1c8287d634cc"
_QUEUES = "900fa995-c559-4923-aae7-f8424fe4fbea"
_DEPLOYMENT_GROUPS = "083c4d89-ab35-45af-aa11-7cf66895c53e"
_TASK_GROUPS = "6c08ffbf-dbf1-4f9a-94e5-a1cbd47005e7"
"""Locations of the resources (azure-devops 7.1.0b4, the client modules)."""

_NAMED: Mapping[str, tuple[str, str, str]] = {
    "service_connections": (_ENDPOINTS, "7.1-preview.4", "Service Connections (read)"),
    "variable_groups": (_VARIABLE_GROUPS, "7.1-preview.2", "Variable Groups (read)"),
    "pools": (_QUEUES, "7.1-preview.1", "Agent Pools (read)"),
    "deployment_groups": (_DEPLOYMENT_GROUPS, "7.1-preview.1", "Deployment group (read)"),
}
"""Kinds of names, each with location, version and the scope that a token needs."""


class ClassicRelease(NamedTuple):
    """A definition as the service has it, names by kind and id, and the project's task groups."""

    definition: Mapping[str, Any]
    names: Mapping[str, Mapping[str, str]]
    task_groups: tuple[Mapping[str, Any], ...]


def classic_release(connection: Connection, project: str, which: str) -> ClassicRelease:
    """A release definition by its id or name.

    Raises:
        UserError: there is none, or several of that name.
        ServiceError: the service does not answer, or refuses.
    """
    identifier = which if which.isdecimal() else _identifier(connection, project, which)
    definition = connection.get(
        _DEFINITIONS, "7.1-preview.4", {}, {"project": project, "definitionId": identifier},
        scope="Release (read)", releases=True,
    )  # fmt: skip
    names = {
        kind: {
            str(item["id"]): str(item["name"])
            for item in _listed(connection, project, location, version, scope)
            if "id" in item and item.get("name")
        }
        for kind, (location, version, scope) in _NAMED.items()
    }
    groups = tuple(_listed(connection, project, _TASK_GROUPS, "7.1-preview.1", "Task Groups (read)"))
    return ClassicRelease(definition, names, groups)


def _identifier(connection: Connection, project: str, name: str) -> str:
    listed = connection.get(
        _DEFINITIONS, "7.1-preview.4", {}, {"project": project}, scope="Release (read)", releases=True
    )
    definitions = [item for item in listed.get("value", ()) if isinstance(item, Mapping)]
    found = [item for item in definitions if str(item.get("name", "")).casefold() == name.casefold()]
    if len(found) > 1:
        ids = ", ".join(str(item["id"]) for item in found)
        raise UserError(f"project {project} has several release definitions named `{name}`: say which, by id: {ids}")
    if not found:
        hint = suggestion(name, [str(item.get("name")) for item in definitions], "Name one that is there, or its id.")
        raise UserError(f"project {project} has no release definition `{name}`. {hint}")
    return str(found[0]["id"])


def _listed(
    connection: Connection, project: str, location: str, version: str, scope: str
) -> Iterator[Mapping[str, Any]]:
    answer = connection.get(location, version, {}, {"project": project}, scope=scope)
    yield from (item for item in answer.get("value", ()) if isinstance(item, Mapping))
