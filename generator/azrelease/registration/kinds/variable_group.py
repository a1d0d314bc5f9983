"""Variable groups: with values, with secrets, or with the secrets of a key vault."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from azrelease.registration import rest_api
from azrelease.registration.failures import MovedOnError
from azrelease.registration.kinds import ownership, variable_values
from azrelease.registration.kinds.ownership import is_ours, kept_fields
from azrelease.registration.kinds.variable_values import OF_VAULT, VARIABLE
from azrelease.registration.project import Project
from azrelease.registration.resource import ActualResource, DesiredResource, UnmanagedResource, Value

Raw = Mapping[str, Any]

VAULT, CONNECTION = "key_vault", "service_connection"
_KEY_VAULT = "AzureKeyVault"


def prefetch(project: Project, things: Sequence[DesiredResource]) -> None:
    """Nothing: the list has all that is needed."""


def find(project: Project, thing: DesiredResource) -> ActualResource | None:
    """The group of that name."""
    raw = project.variable_groups.find(thing.key.name)
    if raw is None:
        return None
    fields = variable_values.fields_of(raw.get("variables"))
    if raw.get("type") == _KEY_VAULT:
        fields = {name: OF_VAULT if name.startswith(VARIABLE) else value for name, value in fields.items()}
    found = {**variable_values.matched(fields, thing.fields), **ownership.fields_of(raw, thing)}
    return ActualResource(
        {**found, **_vault_fields(project, raw)}, str(raw["id"]), raw, kept_fields(raw, thing), is_ours(raw, thing)
    )


def refresh(project: Project, thing: DesiredResource) -> None:
    """Read the list again."""
    project.variable_groups.forget()


def others(project: Project, things: Sequence[DesiredResource], releases: Sequence[str]) -> Iterable[UnmanagedResource]:
    """Variables of these groups that no release asks for."""
    for thing in things:
        found = find(project, thing)
        if found is not None:
            yield from ownership.other_variables(thing, found)


def create(project: Project, thing: DesiredResource) -> None:
    """Make the group.

    Raises:
        UserError: the environment does not hold the value of a secret.
    """
    project.variable_groups.put(
        project.connection.send("POST", rest_api.VARIABLE_GROUP_CHANGES, {}, _body(project, thing, None))
    )


def update(project: Project, thing: DesiredResource, found: ActualResource) -> None:
    """Change the group; variables that nobody asks for stay as they are.

    Raises:
        UserError: the environment does not hold the value of a secret.
    """
    route = {"groupId": found.id}
    body = _body(project, thing, found.raw)
    project.variable_groups.put(project.connection.send("PUT", rest_api.VARIABLE_GROUP_CHANGES, route, body))


def delete(project: Project, other: UnmanagedResource) -> None:
    """A group is never removed: other pipelines may read it."""


def state(project: Project, other: UnmanagedResource, *, fresh: bool) -> str | None:
    """A group is never removed."""


def _body(project: Project, thing: DesiredResource, raw: Raw | None) -> dict[str, Any]:
    ours = raw is None or not kept_fields(raw, thing)
    description = ownership.described(raw, thing) if ours else str((raw or {}).get("description") or "")
    place = {"id": project.id, "name": project.name}
    project_reference = {"name": thing.key.name, "description": description, "projectReference": place}
    body: dict[str, Any] = {
        "name": thing.key.name,
        "description": description,
        "type": "Vsts",
        "variables": variable_values.merged((raw or {}).get("variables"), thing.fields, settable=False),
        "variableGroupProjectReferences": [*_other_references(raw, project), project_reference],
    }
    if not thing.fields[VAULT]:
        return body
    connection = project.service_connections.find(str(thing.fields[CONNECTION]))
    if connection is None:
        raise MovedOnError(f"{thing.key}: there is no service connection {thing.fields[CONNECTION]} any more")
    provider = {"serviceEndpointId": str(connection["id"]), "vault": thing.fields[VAULT]}
    return body | {"type": _KEY_VAULT, "providerData": provider}


def _other_references(raw: Raw | None, project: Project) -> list[Raw]:
    """The other projects that have the group, too."""
    references = (raw or {}).get("variableGroupProjectReferences") or ()
    return [each for each in references if str((each.get("projectReference") or {}).get("id")) != project.id]


def _vault_fields(project: Project, raw: Raw) -> dict[str, Value]:
    if raw.get("type") != _KEY_VAULT:
        return {VAULT: None, CONNECTION: None}
    data: Raw = raw.get("providerData") or {}
    return {VAULT: data.get("vault"), CONNECTION: project.connection_name(str(data.get("serviceEndpointId")))}
