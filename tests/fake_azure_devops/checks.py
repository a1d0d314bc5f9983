"""Approvals and checks on resources. They are not unique: creating twice makes two."""

import copy
from typing import Any

from fake_azure_devops.clock import now
from fake_azure_devops.errors import ServiceError
from fake_azure_devops.lists import same
from fake_azure_devops.messages import Answer, listing
from fake_azure_devops.routes import Context, route
from fake_azure_devops.state import Project, Record

_LIST = "/{project}/_apis/pipelines/checks/configurations"
_ONE = _LIST + "/{check}"
APPROVAL = {"id": "8c6f20a7-a545-4486-9777-f762fafe0d4d", "name": "Approval"}
TASK_CHECK = {"id": "fe1de3ee-a436-41b4-bb20-f6eb4cb879a7", "name": "Task Check"}
EXCLUSIVE_LOCK = {"id": "2ef31ad6-baa0-403a-8b45-2cbc9b4e5563", "name": "ExclusiveLock"}
EXTENDS = {"id": "4020e66e-b0f3-47e1-bc88-48f3cc59b5f3", "name": "ExtendsCheck"}
KINDS = {kind["id"]: kind for kind in (APPROVAL, TASK_CHECK, EXCLUSIVE_LOCK, EXTENDS)}
RESOURCES = {"environment", "endpoint", "queue", "repository", "securefile", "variablegroup"}
_LONGEST = 43200


def new_check(project: Project, body: Record) -> Record:
    """Put a new check into the project."""
    identifier = project.organization.check_ids.next()
    project.checks[identifier] = {
        "id": identifier,
        "version": 1,
        "createdBy": project.organization.reference(),
        "createdOn": now(),
        "timeout": _LONGEST,
        "isDisabled": False,
        "url": f"{project.organization.url}/{project.id}/_apis/pipelines/checks/configurations/{identifier}",
    }
    _write(project, project.checks[identifier], body)
    return project.checks[identifier]


def _write(project: Project, check: Record, body: Record) -> None:
    kept = ("settings", "timeout", "isDisabled", "resource")
    check |= {key: copy.deepcopy(body[key]) for key in kept if body.get(key) is not None}
    check["resource"]["id"] = str(check["resource"]["id"])
    check["type"] = KINDS[body["type"]["id"].casefold()]
    check |= {"modifiedBy": project.organization.reference(), "modifiedOn": now()}


def _checked(project: Project, body: Record) -> Record:
    kind = (body.get("type") or {}).get("id")
    if not isinstance(kind, str) or kind.casefold() not in KINDS:
        raise ServiceError("InvalidCheckTypeException", f"The check type '{kind}' is not valid.")
    settings: Any = body.get("settings")
    if not isinstance(settings, dict):
        raise ServiceError("InvalidCheckConfigurationException", "The settings of the check are required.")
    if same(kind, APPROVAL["id"]) and not settings.get("approvers"):
        raise ServiceError("InvalidCheckConfigurationException", "At least one approver is required.")
    if same(kind, TASK_CHECK["id"]) and not (settings.get("definitionRef") or {}).get("id"):
        raise ServiceError("InvalidCheckConfigurationException", "The definition of the task is required.")
    timeout = body.get("timeout")
    if timeout is not None and not 0 < timeout <= _LONGEST:
        raise ServiceError(
            "InvalidCheckConfigurationException", f"The timeout must be between 1 and {_LONGEST} minutes."
        )
    resource = body.get("resource") or {}
    if str(resource.get("type")).casefold() not in RESOURCES or not resource.get("id"):
        raise ServiceError("InvalidCheckConfigurationException", "The resource of the check is not valid.")
    refuse_missing(project, resource["type"], str(resource["id"]))
    return body


def _repositories(project: Project) -> set[str]:
    """The ids of all repositories: also one of another project is a resource of this one."""
    return {f"{each.id}.{one}" for each in project.organization.projects.values() for one in each.repositories}


def refuse_missing(project: Project, kind: str, identifier: str) -> None:
    """Refuse a resource that is not there."""
    there: dict[str, tuple[set[str], str]] = {
        "environment": ({str(each) for each in project.environments}, "EnvironmentNotFoundException"),
        "endpoint": (set(project.endpoints), "ServiceEndpointNotFoundException"),
        "queue": ({str(each) for each in project.queues}, "TaskAgentQueueNotFoundException"),
        "variablegroup": ({str(each) for each in project.variable_groups}, "VariableGroupNotFoundException"),
        "repository": (_repositories(project), "GitRepositoryNotFoundException"),
    }
    identifiers, key = there.get(kind.casefold(), ({identifier.casefold()}, ""))
    if identifier.casefold() not in identifiers:
        raise ServiceError(key, f"The {kind} with id {identifier} could not be found.")


def _shown(check: Record, context: Context) -> Record:
    expanded = same(context.asked("$expand") or "none", "settings")
    return copy.deepcopy({key: value for key, value in check.items() if expanded or key != "settings"})


def _found(context: Context) -> Record:
    identifier = context.number("check")
    if identifier not in context.project.checks:
        message = f"Check configuration with id {identifier} could not be found."
        raise ServiceError("CheckConfigurationNotFoundException", message)
    return context.project.checks[identifier]


def _on(context: Context, kind: str, identifier: str) -> list[Record]:
    return [
        _shown(check, context)
        for check in context.project.checks.values()
        if same(check["resource"]["type"], kind) and same(check["resource"]["id"], identifier)
    ]


@route("POST", _LIST, "checks")
def create_check(context: Context) -> Record:
    """Create a check; the answer has its settings."""
    return copy.deepcopy(new_check(context.project, _checked(context.project, context.body)))


@route("GET", _LIST, "checks")
def list_checks(context: Context) -> Answer:
    """The checks on one resource."""
    kind, identifier = context.asked("resourceType"), context.asked("resourceId")
    if not kind or not identifier:
        raise ServiceError("ArgumentException", "resourceType and resourceId are required.")
    return listing(_on(context, kind, identifier))


@route("POST", "/{project}/_apis/pipelines/checks/queryconfigurations", "checks")
def query_checks(context: Context) -> Answer:
    """The checks on several resources."""
    if not isinstance(context.body, list):
        raise ServiceError("ArgumentException", "A list of resources is required.")
    return listing([check for each in context.body for check in _on(context, each["type"], str(each["id"]))])


@route("GET", _ONE, "checks")
def get_check(context: Context) -> Record:
    """One check."""
    return _shown(_found(context), context)


@route("PATCH", _ONE, "checks")
def update_check(context: Context) -> Record:
    """Write a check anew."""
    check = _found(context)
    body = {"resource": check["resource"], "type": check["type"]} | {
        key: value for key, value in context.body.items() if value is not None
    }
    _write(context.project, check, _checked(context.project, body))
    check["version"] += 1
    return copy.deepcopy(check)


@route("DELETE", _ONE, "checks")
def delete_check(context: Context) -> Answer:
    """Delete a check."""
    del context.project.checks[_found(context)["id"]]
    return Answer(204)
