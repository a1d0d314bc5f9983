"""Classic releases: stages that begin, wait for an approval and end well."""

import copy

from fake_azure_devops.clock import now
from fake_azure_devops.errors import ServiceError
from fake_azure_devops.lists import paged, same
from fake_azure_devops.messages import Answer, listing
from fake_azure_devops.release_definitions import found_release_definition
from fake_azure_devops.routes import Context, route
from fake_azure_devops.state import Project, Record

_RELEASES = "/{project}/_apis/release/releases"
_APPROVALS = "/{project}/_apis/release/approvals"
_RUNNING = {"inProgress", "queued"}


def _new_environment(project: Project, release: Record, source: Record, manual: bool) -> Record:
    identifier = project.organization.release_ids.next()
    return {
        "id": identifier,
        "releaseId": release["id"],
        "name": source["name"],
        "status": "notStarted",
        "rank": source["rank"],
        "definitionEnvironmentId": source["id"],
        "conditions": [] if manual else copy.deepcopy(source.get("conditions") or []),
        "variables": copy.deepcopy(source.get("variables") or {}),
        "preDeployApprovals": [],
        "postDeployApprovals": [],
        "preApprovalsSnapshot": copy.deepcopy(source.get("preDeployApprovals") or {}),
        "postApprovalsSnapshot": copy.deepcopy(source.get("postDeployApprovals") or {}),
        "deploySteps": [],
        "release": {"id": release["id"], "name": release["name"], "url": release["url"]},
        "createdOn": now(),
    }


def _begin(project: Project, release: Record, environment: Record) -> None:
    """Start a stage: it waits for those who approve it, or is deployed at once."""
    environment |= {"status": "inProgress", "modifiedOn": now()}
    approvers = [
        each
        for each in environment["preApprovalsSnapshot"].get("approvals") or []
        if not each.get("isAutomated") and each.get("approver")
    ]
    for rank, each in enumerate(approvers, 1):
        identifier = project.organization.release_ids.next()
        approver = project.organization.identity(str(each["approver"].get("id")))
        approval = {
            "id": identifier,
            "revision": 1,
            "approvalType": "preDeploy",
            "status": "pending",
            "approver": project.organization.reference(approver) if approver else copy.deepcopy(each["approver"]),
            "comments": "",
            "isAutomated": False,
            "attempt": len(environment["deploySteps"]) + 1,
            "rank": each.get("rank", rank),
            "createdOn": now(),
            "modifiedOn": now(),
            "release": environment["release"],
            "releaseDefinition": release["releaseDefinition"],
            "releaseEnvironment": {"id": environment["id"], "name": environment["name"]},
            "url": f"{project.organization.url}/{project.id}/_apis/Release/approvals/{identifier}",
        }
        project.release_approvals[identifier] = approval
        environment["preDeployApprovals"].append(approval)
    if not approvers:
        _deploy(project, release, environment)


def _deploy(project: Project, release: Record, environment: Record) -> None:
    attempt = len(environment["deploySteps"]) + 1
    environment["deploySteps"].append({"id": attempt, "attempt": attempt, "status": "succeeded"})
    environment |= {"status": "succeeded", "modifiedOn": now()}
    for each in release["environments"]:
        after = [
            condition["name"]
            for condition in each["conditions"]
            if same(condition.get("conditionType"), "environmentState")
        ]
        done = {other["name"] for other in release["environments"] if other["status"] == "succeeded"}
        if each["status"] == "notStarted" and environment["name"] in after and set(after) <= done:
            _begin(project, release, each)


def _found(context: Context) -> Record:
    identifier = context.number("release")
    if identifier not in context.project.releases:
        message = f"VS402884: Release with ID {identifier} does not exist. Specify a valid ID and try again."
        raise ServiceError("ReleaseNotFoundException", message)
    return context.project.releases[identifier]


@route("GET", _RELEASES, "release", "vsrm")
def list_releases(context: Context) -> Answer:
    """Releases, newest first."""
    definition = context.asked_number("definitionId")
    expand = [each.casefold() for each in context.asked_list("$expand")]
    hidden = {"environments", "artifacts", "variables"} - set(expand)
    found = [
        {key: value for key, value in copy.deepcopy(each).items() if key not in hidden}
        for each in reversed(context.project.releases.values())
        if definition in {None, each["releaseDefinition"]["id"]}
    ]
    return paged(context, found)


@route("POST", _RELEASES, "release", "vsrm")
def create_release(context: Context) -> Record:
    """Create a release; the stages that begin with it begin."""
    project, body = context.project, context.body
    definition = found_release_definition(project, body.get("definitionId"))
    identifier = project.organization.release_ids.next()
    base = f"{project.organization.url}/{project.id}"
    release: Record = {
        "id": identifier,
        "name": f"Release-{identifier}",
        "status": "draft" if body.get("isDraft") else "active",
        "createdOn": now(),
        "modifiedOn": now(),
        "createdBy": project.organization.reference(),
        "modifiedBy": project.organization.reference(),
        "description": body.get("description") or "",
        "reason": body.get("reason") or "manual",
        "variables": copy.deepcopy(definition["variables"]) | (body.get("variables") or {}),
        "artifacts": copy.deepcopy(definition.get("artifacts") or []),
        "releaseDefinition": {key: definition[key] for key in ("id", "name", "path", "url")},
        "releaseDefinitionRevision": definition["revision"],
        "projectReference": project.short_reference(),
        "url": f"{base}/_apis/Release/releases/{identifier}",
        "_links": {"web": {"href": f"{base}/_release?releaseId={identifier}&_a=release-summary"}},
    }
    manual = [each.casefold() for each in body.get("manualEnvironments") or []]
    release["environments"] = [
        _new_environment(project, release, each, each["name"].casefold() in manual)
        for each in definition["environments"]
    ]
    project.releases[identifier] = release
    for each in release["environments"]:
        kinds = [str(condition.get("name")).casefold() for condition in each["conditions"]]
        if release["status"] == "active" and "releasestarted" in kinds:
            _begin(project, release, each)
    return release


@route("GET", _RELEASES + "/{release}", "release", "vsrm")
def get_release(context: Context) -> Record:
    """One release."""
    return _found(context)


@route("GET", _RELEASES + "/{release}/environments/{environment}", "release", "vsrm")
def get_environment(context: Context) -> Record:
    """One stage of a release."""
    return _environment(context)


@route("PATCH", _RELEASES + "/{release}/environments/{environment}", "release", "vsrm")
def update_environment(context: Context) -> Record:
    """Deploy a stage, or cancel it."""
    environment = _environment(context)
    status = context.body.get("status")
    if status == "inProgress":
        if environment["status"] in _RUNNING:
            message = f"VS402974: The stage {environment['name']} is already being deployed."
            raise ServiceError("InvalidRequestException", message)
        _begin(context.project, _found(context), environment)
    elif status == "canceled":
        environment |= {"status": "canceled", "modifiedOn": now()}
        for each in environment["preDeployApprovals"]:
            if each["status"] == "pending":
                each["status"] = "canceled"
    else:
        raise ServiceError("InvalidRequestException", f"VS402924: The status {status} is not valid.")
    return environment


def _environment(context: Context) -> Record:
    identifier = context.number("environment")
    environments: list[Record] = _found(context)["environments"]
    for each in environments:
        if each["id"] == identifier:
            return each
    raise ServiceError("ReleaseEnvironmentNotFoundException", f"VS402885: Stage {identifier} does not exist.")


@route("GET", _APPROVALS, "release", "vsrm")
def list_approvals(context: Context) -> Answer:
    """Approvals of stages; those that wait unless asked otherwise."""
    status = (context.asked("statusFilter") or "pending").casefold()
    kind = (context.asked("typeFilter") or "all").casefold()
    releases = context.asked_list("releaseIdsFilter")
    found = [
        each
        for each in context.project.release_approvals.values()
        if status in {"undefined", each["status"].casefold()}
        and kind in {"all", "undefined", each["approvalType"].casefold()}
        and (not releases or str(each["release"]["id"]) in releases)
    ]
    return listing(found[: context.asked_number("top")])


@route("PATCH", _APPROVALS + "/{approval}", "release", "vsrm")
def update_approval(context: Context) -> Record:
    """Approve or reject a stage."""
    identifier = context.number("approval")
    project, approval = context.project, context.project.release_approvals.get(identifier)
    if approval is None:
        raise ServiceError("ReleaseApprovalNotFoundException", f"VS402882: Approval {identifier} does not exist.")
    status = context.body.get("status")
    if approval["status"] != "pending":
        message = f"VS402926: Approval {identifier} is already {approval['status']}."
        raise ServiceError("InvalidRequestException", message)
    if status not in {"approved", "rejected"}:
        raise ServiceError("InvalidRequestException", f"VS402924: The status {status} is not valid.")
    approval |= {
        "status": status,
        "comments": context.body.get("comments") or "",
        "approvedBy": project.organization.reference(),
        "modifiedOn": now(),
        "revision": approval["revision"] + 1,
    }
    release = project.releases[approval["release"]["id"]]
    environment = next(each for each in release["environments"] if each["id"] == approval["releaseEnvironment"]["id"])
    if status == "rejected":
        environment |= {"status": "rejected", "modifiedOn": now()}
    elif all(each["status"] == "approved" for each in environment["preDeployApprovals"]):
        _deploy(project, release, environment)
    return approval
