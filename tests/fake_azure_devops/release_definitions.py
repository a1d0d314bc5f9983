"""Classic release definitions."""

import copy
from typing import Any

from fake_azure_devops.clock import now
from fake_azure_devops.errors import InvalidBodyError, ServiceError
from fake_azure_devops.lists import paged, same
from fake_azure_devops.messages import Answer
from fake_azure_devops.routes import Context, route
from fake_azure_devops.state import Project, Record

_LIST = "/{project}/_apis/release/definitions"
_SHALLOW = "id name path url revision createdBy createdOn modifiedBy modifiedOn isDeleted source description _links"


def new_release_definition(project: Project, body: Record) -> Record:
    """Put a new release definition into the project."""
    identifier = project.organization.release_ids.next()
    base = f"{project.organization.url}/{project.id}"
    definition = {
        "id": identifier,
        "revision": 1,
        "source": "restApi",
        "createdBy": project.organization.reference(),
        "createdOn": now(),
        "isDeleted": False,
        "url": f"{base}/_apis/Release/definitions/{identifier}",
        "_links": {"web": {"href": f"{base}/_release?definitionId={identifier}"}},
    }
    _write(project, definition, body)
    project.release_definitions[identifier] = definition
    return definition


def _write(project: Project, definition: Record, body: Record) -> None:
    fixed = ("id", "revision", "source", "createdBy", "createdOn", "isDeleted", "url", "_links")
    before = definition.get("variables", {})
    stages = {each.get("name"): each.get("variables") or {} for each in definition.get("environments") or ()}
    kept = {key: definition[key] for key in fixed}
    definition.clear()
    definition |= copy.deepcopy({key: value for key, value in body.items() if value is not None}) | kept
    definition["path"] = "\\" + (body.get("path") or "").replace("/", "\\").strip("\\")
    for name, value in definition.setdefault("variables", {}).items():
        if value.get("isSecret") and value.get("value") is None:
            value["value"] = before.get(name, {}).get("value")
    for number, environment in enumerate(definition.get("environments") or [], 1):
        if not isinstance(environment.get("id"), int) or environment["id"] <= 0:
            environment["id"] = definition["id"] * 100 + number
        environment.setdefault("rank", number)
        for name, value in (environment.get("variables") or {}).items():
            if value.get("isSecret") and value.get("value") is None:
                value["value"] = stages.get(environment.get("name"), {}).get(name, {}).get("value")
        for kind in ("preDeployApprovals", "postDeployApprovals"):
            for approval in (environment.get(kind) or {}).get("approvals") or ():
                _name_approver(project, approval)
    definition |= {"modifiedBy": project.organization.reference(), "modifiedOn": now()}


def _name_approver(project: Project, approval: Record) -> None:
    """Say who it is as the service does: by the name of the person, whatever was sent beside the id."""
    approver = approval.get("approver") or {}
    known = project.organization.identity(str(approver.get("id"))) if approver.get("id") else None
    if known is not None:
        approver["displayName"] = known["providerDisplayName"]


def _checked(project: Project, body: Record, current: Record | None = None) -> Record:
    if not body.get("name"):
        raise InvalidBodyError("name", "The name of the release definition is required.")
    if not body.get("environments"):
        message = "VS402873: A release definition must have at least one stage."
        raise ServiceError("InvalidRequestException", message)
    for environment in body["environments"]:
        if not environment.get("retentionPolicy"):
            message = (
                f"VS402982: Retention policy is not set for the stage '{environment.get('name')}'. "
                "Retention policies at the release definition level are deprecated."
            )
            raise ServiceError("InvalidRequestException", message)
    path = "\\" + (body.get("path") or "").strip("\\")
    for each in project.release_definitions.values():
        if each is not current and same(each["name"], body["name"]) and same(each["path"], path):
            message = f"Release definition with name '{body['name']}' already exists in folder '{path}'."
            raise ServiceError("ReleaseDefinitionAlreadyExistsException", message)
    return body


def shown(definition: Record) -> Record:
    """A release definition with its secrets hidden."""
    copied = copy.deepcopy(definition)
    for holder in [copied, *(copied.get("environments") or [])]:
        for value in (holder.get("variables") or {}).values():
            if value.get("isSecret"):
                value["value"] = None
    return copied


def found_release_definition(project: Project, identifier: Any) -> Record:
    """The definition with this id."""
    if identifier not in project.release_definitions:
        message = f"VS402881: No release definition exists with id {identifier}."
        raise ServiceError("ReleaseDefinitionNotFoundException", message)
    return project.release_definitions[identifier]


@route("GET", _LIST, "release", "vsrm")
def list_definitions(context: Context) -> Answer:
    """Release definitions by name and folder."""
    text, path = (context.asked("searchText") or "").casefold(), context.asked("path")
    exact = context.asked_flag("isExactNameMatch")
    expand = [each.casefold() for each in context.asked_list("$expand")]
    kept = [*_SHALLOW.split(), *expand]
    ids = context.asked_list("definitionIdFilter")
    found = [
        {key: value for key, value in shown(each).items() if key in kept}
        for each in context.project.release_definitions.values()
        if (each["name"].casefold() == text if exact and text else text in each["name"].casefold())
        and (path is None or same(each["path"], path))
        and (not ids or str(each["id"]) in ids)
    ]
    return paged(context, found)


@route("POST", _LIST, "release", "vsrm")
def create_definition(context: Context) -> Record:
    """Create a release definition."""
    return shown(new_release_definition(context.project, _checked(context.project, context.body)))


@route("GET", _LIST + "/{definition}", "release", "vsrm")
def get_definition(context: Context) -> Record:
    """One release definition."""
    return shown(found_release_definition(context.project, context.number("definition")))


@route("PUT", _LIST + "/[{definition}]", "release", "vsrm")
def update_definition(context: Context) -> Record:
    """Write a release definition anew, if the revision is the present one."""
    definition = found_release_definition(context.project, context.body.get("id"))
    if context.body.get("revision") != definition["revision"]:
        message = (
            f"VS402865: The release definition {definition['name']} was already updated. "
            "Refresh to get the latest version."
        )
        raise ServiceError("ReleaseDefinitionAlreadyUpdatedException", message)
    _write(context.project, definition, _checked(context.project, context.body, definition))
    definition["revision"] += 1
    return shown(definition)


@route("DELETE", _LIST + "/{definition}", "release", "vsrm")
def delete_definition(context: Context) -> Answer:
    """Delete a release definition."""
    definition = found_release_definition(context.project, context.number("definition"))
    del context.project.release_definitions[definition["id"]]
    return Answer(204)
