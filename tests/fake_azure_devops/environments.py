"""Environments and the deployments to them."""

from typing import Any

from fake_azure_devops.clock import now
from fake_azure_devops.errors import InvalidBodyError, ServiceError
from fake_azure_devops.lists import matches, paged, same
from fake_azure_devops.messages import Answer
from fake_azure_devops.routes import Context, route
from fake_azure_devops.state import Project, Record

_LIST = "/{project}/_apis/distributedtask/environments"
_ONE = _LIST + "/{environment}"


def new_environment(project: Project, name: str, description: str) -> Record:
    """Put a new environment into the project."""
    identifier = project.organization.environment_ids.next()
    project.environments[identifier] = {
        "id": identifier,
        "name": name,
        "description": description,
        "createdBy": project.organization.reference(),
        "createdOn": now(),
        "lastModifiedBy": project.organization.reference(),
        "lastModifiedOn": now(),
        "project": project.short_reference(),
        "resources": [],
    }
    return project.environments[identifier]


def _found(context: Context) -> Record:
    identifier = context.number("environment")
    if identifier not in context.project.environments:
        raise ServiceError("EnvironmentNotFoundException", f"Environment with id {identifier} not found.")
    return context.project.environments[identifier]


def _refuse_taken(context: Context, name: str, current: Record | None = None) -> None:
    for each in context.project.environments.values():
        if each is not current and same(each["name"], name):
            raise ServiceError(
                "EnvironmentExistsException",
                f"Environment {name} already exists in the current project. Specify a different name.",
            )


@route("GET", _LIST, "environments")
def list_environments(context: Context) -> Answer:
    """Environments by name, without their resources."""
    found = sorted(context.project.environments.values(), key=lambda each: each["name"].casefold())
    name = context.asked("name")
    return paged(context, [each | {"resources": []} for each in found if matches(name, each["name"])])


@route("POST", _LIST, "environments")
def create_environment(context: Context) -> Record:
    """Create an environment."""
    body: dict[str, Any] = context.body
    name = body.get("name")
    if not name:
        raise InvalidBodyError("name", "The name of the environment is required.")
    _refuse_taken(context, name)
    return new_environment(context.project, name, body.get("description") or "")


@route("GET", _ONE, "environments")
def get_environment(context: Context) -> Record:
    """One environment, its resources on demand."""
    found = _found(context)
    return found if same(context.asked("expands") or "none", "resourceReferences") else found | {"resources": []}


@route("PATCH", _ONE, "environments")
def update_environment(context: Context) -> Record:
    """Rename or describe an environment."""
    found, body = _found(context), context.body
    if body.get("name"):
        _refuse_taken(context, body["name"], found)
        found["name"] = body["name"]
    if body.get("description") is not None:
        found["description"] = body["description"]
    found |= {"lastModifiedOn": now(), "lastModifiedBy": context.organization.reference()}
    return found


@route("DELETE", _ONE, "environments")
def delete_environment(context: Context) -> Answer:
    """Delete an environment, and the checks on it."""
    project, identifier = context.project, _found(context)["id"]
    del project.environments[identifier]
    for number, check in list(project.checks.items()):
        if same(check["resource"]["type"], "environment") and str(check["resource"]["id"]) == str(identifier):
            del project.checks[number]
    project.permissions.pop(("environment", str(identifier)), None)
    return Answer(204)


@route("GET", _ONE + "/environmentdeploymentrecords", "environments")
def list_deployments(context: Context) -> Answer:
    """What was deployed to an environment, newest first."""
    records = context.project.deployment_records.get(_found(context)["id"], [])
    return paged(context, list(reversed(records)), "top")
