"""Service connections; what is secret in their authorization does not come back."""

import copy

from fake_azure_devops.errors import InvalidBodyError, ServiceError
from fake_azure_devops.lists import same
from fake_azure_devops.messages import Answer, listing
from fake_azure_devops.routes import Context, route
from fake_azure_devops.state import Organization, Record, guid

_LIST = "/{project}/_apis/serviceendpoint/endpoints"
USES = "uses"
"""Where a service connection of the fake keeps the times at which its uses ended, the last one first; never shown."""

_SECRET = {"password", "serviceprincipalkey", "apitoken", "accesstoken", "servicePrincipalCertificate".casefold()}


def new_endpoint(organization: Organization, body: Record) -> Record:
    """Put a new service connection into each project it names."""
    references = body["serviceEndpointProjectReferences"]
    named = [each["projectReference"] for each in references]
    projects = [organization.project(each.get("id") or each["name"]) for each in named]
    identifier = body.get("id") or guid(f"{projects[0].id}/endpoint/{body['name']}")
    endpoint = {
        "id": identifier,
        "url": "https://management.azure.com/",
        "description": "",
        "owner": "library",
        "createdBy": organization.reference(),
        "isShared": len(projects) > 1,
        "isReady": True,
        "data": {},
        "authorization": {"scheme": "ServicePrincipal", "parameters": {}},
    } | copy.deepcopy({key: value for key, value in body.items() if value is not None})
    for project in projects:
        project.endpoints[identifier] = endpoint
    return endpoint


def _shown(endpoint: Record) -> Record:
    copied = copy.deepcopy(endpoint)
    copied.pop(USES, None)
    parameters = copied["authorization"].get("parameters") or {}
    for name in parameters:
        if name.casefold() in _SECRET:
            parameters[name] = None
    return copied


@route("GET", _LIST, "serviceendpoint")
def list_endpoints(context: Context) -> Answer:
    """Service connections, all or by names, ids or type."""
    names = [each.casefold() for each in context.asked_list("endpointNames")]
    ids = [each.casefold() for each in context.asked_list("endpointIds")]
    kind = context.asked("type")
    schemes = [each.casefold() for each in context.asked_list("authSchemes")]
    return listing(
        [
            _shown(each)
            for each in context.project.endpoints.values()
            if (not names or each["name"].casefold() in names)
            and (not ids or each["id"] in ids)
            and (kind is None or same(each["type"], kind))
            and (not schemes or each["authorization"]["scheme"].casefold() in schemes)
        ]
    )


@route("GET", _LIST + "/{endpoint}", "serviceendpoint")
def get_endpoint(context: Context) -> Answer:
    """One service connection; the service answers null for one that is not there."""
    found = context.project.endpoints.get(context.values["endpoint"].casefold())
    return Answer(body=None if found is None else _shown(found))


@route("GET", "/{project}/_apis/serviceendpoint/{endpoint}/executionhistory", "executionhistory")
def list_uses(context: Context) -> Answer:
    """The uses of a service connection."""
    endpoint = context.project.endpoints[context.values["endpoint"].casefold()]
    uses = endpoint.get(USES, [])[: int(context.asked("top") or 50)]
    return listing(
        [{"endpointId": endpoint["id"], "data": {"finishTime": time, "result": "succeeded"}} for time in uses]
    )


@route("POST", "/_apis/serviceendpoint/endpoints", "serviceendpoint")
def create_endpoint(context: Context) -> Record:
    """Create a service connection."""
    body = context.body
    for name in ("name", "type", "url", "authorization", "serviceEndpointProjectReferences"):
        if not body.get(name):
            raise InvalidBodyError(name, f"{name} is required.")
    for each in body["serviceEndpointProjectReferences"]:
        project = context.organization.find_project(each["projectReference"].get("id") or "")
        if project is None:
            raise ServiceError("ProjectDoesNotExistException", "The project does not exist.")
        if any(same(other["name"], body["name"]) for other in project.endpoints.values()):
            message = f"Service connection with name {body['name']} already exists."
            raise ServiceError("ArgumentException", message, 409)
    return _shown(new_endpoint(context.organization, body))
