"""Variable groups: with values, with secrets, or with the secrets of a key vault."""

from typing import Any

from azrelease.registration import rest_api
from azrelease.registration.failures import StateChangedError
from azrelease.registration.kinds import variable_values
from azrelease.registration.kinds.variable_holder import (
    VariableHolderHandler,
    is_managed_for,
    ownership_fields,
    tagged_description,
    unmanaged_fields,
)
from azrelease.registration.kinds.variable_values import OF_VAULT, VARIABLE
from azrelease.registration.project import Listing, Project, Raw
from azrelease.registration.resource import ActualResource, DesiredResource, ResourceKey, ResourceKind, Value

VAULT, CONNECTION = "key_vault", "service_connection"
_KEY_VAULT = "AzureKeyVault"


class VariableGroupHandler(VariableHolderHandler):
    """Handles variable groups. They are never removed, since other pipelines may read them."""

    kind = ResourceKind.VARIABLE_GROUP
    is_classic = True

    def find(self, project: Project, desired: DesiredResource) -> ActualResource | None:
        """The group of that name."""
        raw = project.variable_groups.find(desired.key.name)
        if raw is None:
            return None
        variables = variable_values.variable_fields(raw.get("variables"))
        if raw.get("type") == _KEY_VAULT:
            variables = {name: OF_VAULT if name.startswith(VARIABLE) else value for name, value in variables.items()}
        fields = variable_values.matched(variables, desired.fields) | ownership_fields(raw, desired)
        fields |= _vault_fields(project, raw)
        managed = is_managed_for(raw, desired)
        return ActualResource(fields, str(raw["id"]), raw, unmanaged_fields(raw, desired), managed)

    def listing(self, project: Project) -> Listing:
        """The variable groups of the project."""
        return project.variable_groups

    def create(self, project: Project, desired: DesiredResource) -> None:
        """Create the group.

        Raises:
            UserError: the environment does not hold the value of a secret.
        """
        body = _body(project, desired, None)
        project.variable_groups.put(project.connection.send("POST", rest_api.VARIABLE_GROUP_CHANGES, {}, body))

    def update(self, project: Project, desired: DesiredResource, actual: ActualResource) -> None:
        """Change the group; variables that no release asks for stay as they are.

        Raises:
            UserError: the environment does not hold the value of a secret.
        """
        route = {"groupId": actual.id}
        body = _body(project, desired, actual.raw)
        project.variable_groups.put(project.connection.send("PUT", rest_api.VARIABLE_GROUP_CHANGES, route, body))

    def written(self, key: ResourceKey) -> str:
        """The group, whose name is unique in the project."""
        return f"{key.kind} {key.name}".lower()


def _body(project: Project, desired: DesiredResource, raw: Raw | None) -> dict[str, Any]:
    keeps_description = raw is not None and unmanaged_fields(raw, desired)
    description = str((raw or {}).get("description") or "") if keeps_description else tagged_description(raw, desired)
    place = {"id": project.id, "name": project.name}
    project_reference = {"name": desired.key.name, "description": description, "projectReference": place}
    body: dict[str, Any] = {
        "name": desired.key.name,
        "description": description,
        "type": "Vsts",
        "variables": variable_values.merged((raw or {}).get("variables"), desired.fields, settable=False),
        "variableGroupProjectReferences": [*_other_references(raw, project), project_reference],
    }
    if not desired.fields[VAULT]:
        return body
    connection = project.service_connections.find(str(desired.fields[CONNECTION]))
    if connection is None:
        raise StateChangedError(f"{desired.key}: service connection {desired.fields[CONNECTION]} no longer exists")
    provider = {"serviceEndpointId": str(connection["id"]), "vault": desired.fields[VAULT]}
    return body | {"type": _KEY_VAULT, "providerData": provider}


def _other_references(raw: Raw | None, project: Project) -> list[Raw]:
    """References of the group to other projects."""
    references = (raw or {}).get("variableGroupProjectReferences") or ()
    return [each for each in references if str((each.get("projectReference") or {}).get("id")) != project.id]


def _vault_fields(project: Project, raw: Raw) -> dict[str, Value]:
    if raw.get("type") != _KEY_VAULT:
        return {VAULT: None, CONNECTION: None}
    data: Raw = raw.get("providerData") or {}
    return {VAULT: data.get("vault"), CONNECTION: project.connection_name(str(data.get("serviceEndpointId")))}
