"""Approvals that runs of YAML pipelines wait for."""

import copy

from fake_azure_devops.clock import now
from fake_azure_devops.errors import ServiceError
from fake_azure_devops.lists import same
from fake_azure_devops.messages import Answer, listing
from fake_azure_devops.routes import Context, route
from fake_azure_devops.state import Project, Record

_LIST = "/{project}/_apis/pipelines/approvals"
_ENDS = {"approved", "rejected", "skipped"}


def start_approval(project: Project, build: Record, identifier: str, script: Record) -> Record:
    """Ask for an approval; without approvers, the caller of the service is the one."""
    organization = project.organization
    approvers = [organization.identity(each) or organization.user for each in script.get("approvers") or [""]]
    definition = build["definition"]
    project.approvals[identifier] = {
        "id": identifier,
        "status": "pending",
        "createdOn": now(),
        "lastModifiedOn": now(),
        "executionOrder": script.get("executionOrder", "anyOrder"),
        "minRequiredApprovers": script.get("minRequiredApprovers", len(approvers)),
        "instructions": script.get("instructions", ""),
        "blockedApprovers": [],
        "permissions": "update",
        "steps": [
            {
                "assignedApprover": organization.reference(each),
                "status": "pending",
                "order": order,
                "permissions": "update",
                "initiatedOn": now(),
                "lastModifiedOn": now(),
                "lastModifiedBy": organization.reference(),
                "comment": "",
                "history": [],
            }
            for order, each in enumerate(approvers, 1)
        ],
        "pipeline": {
            "id": str(definition["id"]),
            "name": definition["name"],
            "owner": {"id": build["id"], "name": build["buildNumber"], "_links": build["_links"]},
        },
        "_links": {"self": {"href": f"{organization.url}/{project.id}/_apis/pipelines/approvals/{identifier}"}},
    }
    return project.approvals[identifier]


def _shown(approval: Record, context: Context) -> Record:
    expand = [each.casefold() for each in context.asked_list("$expand")]
    hidden = {name for name in ("steps", "permissions") if name not in expand}
    shown = copy.deepcopy({key: value for key, value in approval.items() if key not in hidden})
    for step in shown.get("steps", []):
        if "permissions" in hidden:
            del step["permissions"]
    return shown


@route("GET", _LIST, "approvals")
def list_approvals(context: Context) -> Answer:
    """Approvals by ids, state or approver."""
    ids = [each.casefold() for each in context.asked_list("approvalIds")]
    users = [each.casefold() for each in [*context.asked_list("userIds"), *context.asked_list("assignedTo")]]
    state = (context.asked("state") or "all").casefold()
    found = [
        each
        for each in context.project.approvals.values()
        if (not ids or each["id"] in ids)
        and state in {"all", "undefined", each["status"].casefold()}
        and (not users or any(step["assignedApprover"]["id"] in users for step in each["steps"]))
    ]
    return listing([_shown(each, context) for each in found[: context.asked_number("top")]])


@route("GET", _LIST + "/{approval}", "approvals")
def get_approval(context: Context) -> Record:
    """One approval."""
    return _shown(_found(context, context.values["approval"]), context)


@route("PATCH", _LIST, "approvals")
def update_approvals(context: Context) -> Answer:
    """Approve or reject; the answer has the steps."""
    if not isinstance(context.body, list):
        raise ServiceError("ArgumentException", "A list of updates is required.")
    changed = [(_found(context, str(each.get("approvalId"))), each) for each in context.body]
    for approval, update in changed:
        if approval["status"] != "pending":
            message = f"Approval {approval['id']} is already completed with status {approval['status']}."
            raise ServiceError("ApprovalAlreadyCompletedException", message)
        if update.get("status") is not None and str(update["status"]).casefold() not in _ENDS:
            raise ServiceError("ArgumentException", f"The status '{update['status']}' is not valid.")
    for approval, update in changed:
        _decide(context, approval, update)
    return listing([copy.deepcopy(approval) for approval, _ in changed])


def _found(context: Context, identifier: str) -> Record:
    found = context.project.approvals.get(identifier.casefold())
    if found is None:
        raise ServiceError("ApprovalNotFoundException", f"Approval with id {identifier} could not be found.")
    return found


def _decide(context: Context, approval: Record, update: Record) -> None:
    caller = context.organization.reference()
    status = str(update.get("status")).casefold()
    open_steps = [step for step in approval["steps"] if step["status"] == "pending"]
    asked = (update.get("assignedApprover") or caller)["id"]
    step = next((each for each in open_steps if same(each["assignedApprover"]["id"], asked)), open_steps[0])
    step |= {
        "status": status,
        "comment": update.get("comment") or "",
        "actualApprover": caller,
        "lastModifiedBy": caller,
        "lastModifiedOn": now(),
    }
    approval["lastModifiedOn"] = now()
    agreed = [each for each in approval["steps"] if each["status"] in {"approved", "skipped"}]
    if status == "rejected":
        approval["status"] = "rejected"
    elif len(agreed) >= (approval["minRequiredApprovers"] or len(approval["steps"])):
        approval["status"] = status
