"""Variable groups: written at the organization, read in a project; secrets never come back."""

import copy
from typing import Any

from fake_azure_devops.clock import now
from fake_azure_devops.errors import InvalidBodyError, ServiceError
from fake_azure_devops.lists import matches, paged, same
from fake_azure_devops.messages import Answer
from fake_azure_devops.routes import Context, route
from fake_azure_devops.state import Organization, Project, Record

_WRITE = "/_apis/distributedtask/variablegroups"
_READ = "/{project}/_apis/distributedtask/variablegroups"
_KINDS = {"vsts": "Vsts", "azurekeyvault": "AzureKeyVault"}


def new_variable_group(organization: Organization, body: Record) -> Record:
    """Put a new group into each project it names."""
    projects = _projects(organization, body)
    _refuse_taken(projects, body["name"], None)
    identifier = organization.group_ids.next()
    group = {
        "id": identifier,
        "createdBy": organization.reference(),
        "createdOn": now(),
        "isShared": len(projects) > 1,
    }
    _write(organization, group, body, projects)
    for project in projects:
        project.variable_groups[identifier] = group
    return group


def _write(organization: Organization, group: Record, body: Record, projects: list[Project]) -> None:
    before = group.get("variables", {})
    variables: dict[str, Any] = {}
    for name, value in (body.get("variables") or {}).items():
        variables[name] = dict(value or {})
        if variables[name].get("isSecret") and variables[name].get("value") is None:
            variables[name]["value"] = before.get(name, {}).get("value")
    group |= {
        "name": body["name"],
        "type": _KINDS.get(str(body.get("type") or "Vsts").casefold(), body.get("type")),
        "description": body.get("description"),
        "variables": variables,
        "modifiedBy": organization.reference(),
        "modifiedOn": now(),
        "variableGroupProjectReferences": [
            {
                "name": body["name"],
                "description": body.get("description"),
                "projectReference": project.short_reference(),
            }
            for project in projects
        ],
    }
    if group["type"] == "AzureKeyVault":
        group["providerData"] = copy.deepcopy(body.get("providerData"))


def _checked(body: Record) -> Record:
    if not body.get("name"):
        raise InvalidBodyError("name", "The name of the variable group is required.")
    kind = str(body.get("type") or "Vsts")
    if kind.casefold() not in _KINDS:
        raise ServiceError("ArgumentException", f"Variable group type {kind} is not supported.")
    provider = body.get("providerData") or {}
    if kind.casefold() == "azurekeyvault" and not (provider.get("serviceEndpointId") and provider.get("vault")):
        raise InvalidBodyError("providerData", "A key vault and a service connection are required.")
    if not body.get("variables"):
        raise InvalidBodyError("variables", "Variable group should contain at least one variable.")
    if not body.get("variableGroupProjectReferences"):
        raise InvalidBodyError("variableGroupProjectReferences", "At least one project reference is required.")
    return body


def _projects(organization: Organization, body: Record) -> list[Project]:
    found = []
    for each in body["variableGroupProjectReferences"]:
        reference = each.get("projectReference") or {}
        name = reference.get("id") or reference.get("name") or ""
        project = organization.find_project(name)
        if project is None:
            raise ServiceError("ProjectDoesNotExistException", f"The project with id '{name}' does not exist.")
        found.append(project)
    return found


def _refuse_taken(projects: list[Project], name: str, current: Record | None) -> None:
    for project in projects:
        for group in project.variable_groups.values():
            if group is not current and same(group["name"], name):
                raise ServiceError("VariableGroupExistsException", f"Variable group '{name}' already exists.")


def _shown(group: Record) -> Record:
    shown = copy.deepcopy(group)
    for value in shown["variables"].values():
        if value.get("isSecret"):
            value["value"] = None
    return shown


def _missing(identifier: object) -> ServiceError:
    return ServiceError("VariableGroupNotFoundException", f"Variable group with Id {identifier} is not found.")


@route("POST", _WRITE, "variablegroups")
def create_group(context: Context) -> Record:
    """Create a group."""
    return _shown(new_variable_group(context.organization, _checked(context.body)))


@route("PUT", _WRITE + "/{group}", "variablegroups")
def update_group(context: Context) -> Record:
    """Write a group anew; a secret without a value keeps its own."""
    identifier, body = context.number("group"), _checked(context.body)
    holders = [each for each in context.organization.projects.values() if identifier in each.variable_groups]
    if not holders:
        raise _missing(identifier)
    group = holders[0].variable_groups[identifier]
    projects = _projects(context.organization, body)
    _refuse_taken(projects, body["name"], group)
    _write(context.organization, group, body, projects)
    for project in projects:
        project.variable_groups[identifier] = group
    return _shown(group)


@route("DELETE", _WRITE + "/{group}", "variablegroups")
def delete_group(context: Context) -> Answer:
    """Take a group out of the projects in `projectIds`."""
    identifier, gone = context.number("group"), False
    for name in context.asked_list("projectIds"):
        project = context.organization.find_project(name)
        if project is not None:
            gone = project.variable_groups.pop(identifier, None) is not None or gone
            project.permissions.pop(("variablegroup", str(identifier)), None)
    if not gone:
        raise _missing(identifier)
    return Answer(204)


@route("GET", _READ, "variablegroups")
def list_groups(context: Context) -> Answer:
    """Groups by name or by ids."""
    groups = sorted(context.project.variable_groups.values(), key=lambda each: each["id"])
    if same(context.asked("queryOrder") or "", "IdDescending"):
        groups.reverse()
    requested = context.asked_list("groupIds")
    name = context.asked("groupName")
    shown = [
        _shown(each)
        for each in groups
        if matches(name, each["name"]) and (not requested or str(each["id"]) in requested)
    ]
    return paged(context, shown)


@route("GET", _READ + "/{group}", "variablegroups")
def get_group(context: Context) -> Record:
    """One group."""
    identifier = context.number("group")
    if identifier not in context.project.variable_groups:
        raise _missing(identifier)
    return _shown(context.project.variable_groups[identifier])
