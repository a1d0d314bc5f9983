"""Classic release definitions of a project, with the names of the resources that they name by id.

Functions raise `ServiceError` if the service refuses, or does not answer.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from azrelease.errors import UserError
from azrelease.registration.connection import Connection
from azrelease.registration.failures import checked_responses
from azrelease.registration.identities import Identities
from azrelease.registration.project import Project, reads_responses
from azrelease.registration.resource import Prerequisite
from azrelease.registration.rest_api import RELEASE_DEFINITIONS, TASK_GROUPS
from azrelease.release import Release
from azrelease.suggestions import suggestion


class ClassicRelease(NamedTuple):
    """A definition as the service has it, names by kind and id, and the task groups of the project."""

    definition: Mapping[str, Any]
    names: Mapping[str, Mapping[str, str]]
    task_groups: tuple[Mapping[str, Any], ...]


def classic_release(connection: Connection, project_name: str, which: str) -> ClassicRelease:
    """A release definition by its id or name.

    Raises:
        UserError: there is none, or several of that name.
    """
    with checked_responses(connection.address):
        return _classic_release(Project(connection, project_name), which)


class ClassicProject:
    """The release definitions of a project, each read when it is asked for.

    Attributes:
        definitions: id and name of each, in the order of the ids.
        names: names of the resources that definitions name by id: by kind and id.
        task_groups: the task groups of the project.
    """

    def __init__(self, connection: Connection, project_name: str) -> None:
        self._project = Project(connection, project_name)
        with checked_responses(connection.address):
            listed = connection.listed(RELEASE_DEFINITIONS, self._project.route)
            pairs = sorted((int(item["id"]), str(item.get("name") or "")) for item in listed)
            self.definitions = tuple((str(number), name) for number, name in pairs)
            self.names = names_by_id(self._project)
            self.task_groups = connection.listed(TASK_GROUPS, self._project.route)

    def definition(self, identifier: str) -> Mapping[str, Any]:
        """A definition in full.

        Raises:
            ServiceError: the service refuses, or does not answer.
        """
        with checked_responses(self._project.connection.address):
            return self._project.release_definition(identifier)


def _classic_release(project: Project, which: str) -> ClassicRelease:
    definition = project.release_definition(which if which.isdecimal() else _identifier(project, which))
    return ClassicRelease(definition, names_by_id(project), project.connection.listed(TASK_GROUPS, project.route))


@reads_responses
def names_by_id(project: Project) -> Mapping[str, Mapping[str, str]]:
    """Names of the resources that a definition names by id: by kind and id."""
    listings = {
        "service_connections": project.service_connections,
        "variable_groups": project.variable_groups,
        "pools": project.queues,
        "deployment_groups": project.deployment_groups,
    }
    return {
        kind: {str(item["id"]): str(item["name"]) for item in listing.items() if "id" in item and item.get("name")}
        for kind, listing in listings.items()
    }


@reads_responses
def pipeline_names(project: Project) -> Mapping[str, str]:
    """Names of the pipelines of a project, by their ids."""
    return {str(item["id"]): str(item["name"]) for item in project.pipelines.items()}


@reads_responses
def approver_names(project: Project, release: Release) -> Mapping[str, str]:
    """The names that a release uses for its approvers, by their ids; without unknown ones."""
    approvals = [a for stage in release.stages for a in (stage.approval, stage.approval_after) if a is not None]
    names = list(dict.fromkeys(name for approval in approvals for name in approval.approvers))
    identities = Identities(project.connection)
    identities.prefetch(names)
    known = {name: identities.find(name) for name in names}
    return {str(value["id"]): name for name, value in known.items() if not isinstance(value, Prerequisite)}


def _identifier(project: Project, name: str) -> str:
    definitions = project.connection.listed(RELEASE_DEFINITIONS, project.route)
    found = [item for item in definitions if str(item.get("name", "")).casefold() == name.casefold()]
    if len(found) > 1:
        ids = ", ".join(str(item["id"]) for item in found)
        raise UserError(
            f"project {project.name} has several release definitions named `{name}`; pass the id of one: {ids}"
        )
    if not found:
        hint = suggestion(name, [str(item.get("name")) for item in definitions], "Name an existing one, or its id.")
        raise UserError(f"project {project.name} has no release definition `{name}`. {hint}")
    return str(found[0]["id"])
