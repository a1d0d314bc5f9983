"""Projects, the caller, and where the areas are."""

from fake_azure_devops.lists import paged
from fake_azure_devops.locations import AREAS
from fake_azure_devops.messages import Answer, listing
from fake_azure_devops.routes import Context, route
from fake_azure_devops.state import Record, guid


@route("GET", "/_apis/projects", "core")
def list_projects(context: Context) -> Answer:
    """All projects."""
    found = sorted(context.organization.projects.values(), key=lambda each: each.name.casefold())
    return paged(context, [each.reference() for each in found])


@route("GET", "/_apis/projects/{project}", "core")
def get_project(context: Context) -> Record:
    """One project by id or name."""
    return context.project.reference() | {"defaultTeam": {"id": guid(context.project.id), "name": "Team", "url": ""}}


@route("GET", "/_apis/connectionData", "core", "*")
def get_connection_data(context: Context) -> Record:
    """Who is asking."""
    user = context.organization.user
    caller = {
        "id": user["id"],
        "descriptor": user["descriptor"],
        "subjectDescriptor": user["subjectDescriptor"],
        "providerDisplayName": user["providerDisplayName"],
        "isActive": True,
        "properties": {"Account": user["properties"]["Account"]},
        "resourceVersion": 2,
        "metaTypeId": 0,
    }
    return {
        "authenticatedUser": caller,
        "authorizedUser": caller,
        "instanceId": guid(context.organization.name),
        "deploymentId": guid("deployment"),
        "deploymentType": "hosted",
        "locationServiceData": {"serviceOwner": guid("owner"), "defaultAccessMappingMoniker": "HostGuidAccessMapping"},
    }


@route("GET", "/_apis/ResourceAreas", "core", "*")
def list_areas(context: Context) -> Answer:
    """Every area, with the base that serves it."""
    root, name = context.host_url, context.organization.name
    return listing(
        [
            {"id": identifier, "name": area, "locationUrl": "/".join(filter(None, (root, host, name)))}
            for identifier, area, host in AREAS
        ]
    )
