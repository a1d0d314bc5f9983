"""Which pipelines may use a resource."""

import copy

from fake_azure_devops.checks import RESOURCES, refuse_missing
from fake_azure_devops.clock import now
from fake_azure_devops.errors import ServiceError
from fake_azure_devops.routes import Context, route
from fake_azure_devops.state import Record

_ONE = "/{project}/_apis/pipelines/pipelinepermissions/{type}/{id}"


def _found(context: Context, *, changes: bool = False) -> Record:
    kind, identifier = context.values["type"].casefold(), context.values["id"].casefold()
    if kind not in RESOURCES:
        raise ServiceError("ArgumentException", f"The resource type '{kind}' is not valid.")
    refuse_missing(context.project, kind, identifier)
    empty = {"resource": {"type": kind, "id": identifier}, "pipelines": []}
    # Reading leaves no trace.
    known = context.project.permissions
    return known.setdefault((kind, identifier), empty) if changes else known.get((kind, identifier), empty)


@route("GET", _ONE, "permissions")
def get_permissions(context: Context) -> Record:
    """All pipelines, or those that were authorized."""
    return copy.deepcopy(_found(context))


@route("PATCH", _ONE, "permissions")
def update_permissions(context: Context) -> Record:
    """Authorize, or take back; what the body does not name stays."""
    found = _found(context, changes=True)
    stamp = {"authorizedBy": context.organization.reference(), "authorizedOn": now()}
    everyone = context.body.get("allPipelines")
    if everyone is not None:
        found.pop("allPipelines", None)
        if everyone.get("authorized"):
            found["allPipelines"] = {"authorized": True} | stamp
    for each in context.body.get("pipelines") or []:
        if each["id"] not in context.project.definitions:
            raise ServiceError("DefinitionNotFoundException", f"Build definition {each['id']} not found.")
        others = [pipeline for pipeline in found["pipelines"] if pipeline["id"] != each["id"]]
        granted = [{"id": each["id"], "authorized": True} | stamp] if each.get("authorized") else []
        found["pipelines"] = others + granted
    return copy.deepcopy(found)
