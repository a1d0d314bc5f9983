"""Branch policies. They are not unique: creating twice makes two."""

import copy

from fake_azure_devops.clock import now
from fake_azure_devops.errors import InvalidBodyError, ServiceError
from fake_azure_devops.lists import paged, same
from fake_azure_devops.messages import Answer, listing
from fake_azure_devops.routes import Context, route
from fake_azure_devops.state import Project, Record

_LIST = "/{project}/_apis/policy/configurations"
_ONE = _LIST + "/{policy}"
_NAMES = {
    "0609b952-1397-4640-95ec-e00a01b2c241": "Build",
    "fa4e907d-c16b-4a4c-9dfa-4906e5d171dd": "Minimum number of reviewers",
    "fd2167ab-b0be-447a-8ec8-39368250530e": "Required reviewers",
    "40e92b44-2fe1-4dd6-b3d8-74a9c21d0c6e": "Work item linking",
    "c6a1889d-b943-4856-b76f-9e46bb6b0df2": "Comment requirements",
    "fa4e907d-c16b-4a4c-9dfa-4916e5d171ab": "Require a merge strategy",
    "cbdc66da-9728-4af8-aada-9a5a32e4a226": "Status",
}
_BUILD = "0609b952-1397-4640-95ec-e00a01b2c241"


def _kind(project: Project, identifier: str) -> Record:
    url = f"{project.organization.url}/{project.id}/_apis/policy/types/{identifier}"
    return {"id": identifier, "displayName": _NAMES[identifier], "url": url}


def _checked(project: Project, body: Record) -> Record:
    identifier = str((body.get("type") or {}).get("id")).casefold()
    if identifier not in _NAMES:
        raise ServiceError("PolicyTypeNotFoundException", f"TF402455: No policy type with id {identifier} exists.")
    settings = body.get("settings")
    if not isinstance(settings, dict) or not isinstance(settings.get("scope"), list):
        raise InvalidBodyError("settings", "The settings of the policy must have a scope.")
    if identifier == _BUILD and settings.get("buildDefinitionId") not in project.definitions:
        raise InvalidBodyError("settings.buildDefinitionId", "The build definition of the policy does not exist.")
    return {
        "type": _kind(project, identifier),
        "isEnabled": body.get("isEnabled", False),
        "isBlocking": body.get("isBlocking", False),
        "isEnterpriseManaged": False,
        "settings": copy.deepcopy(settings),
    }


def _found(context: Context) -> Record:
    identifier = context.number("policy")
    if identifier not in context.project.policies:
        message = f"TF402457: The policy configuration with id {identifier} does not exist."
        raise ServiceError("PolicyConfigurationNotFoundException", message)
    return context.project.policies[identifier]


@route("GET", "/{project}/_apis/policy/types", "policy")
def list_types(context: Context) -> Answer:
    """The kinds of policies."""
    return listing([_kind(context.project, identifier) | {"description": ""} for identifier in _NAMES])


@route("GET", _LIST, "policy")
def list_policies(context: Context) -> Answer:
    """Policies, all or of a type."""
    kind = context.asked("policyType")
    policies = context.project.policies.values()
    return paged(context, [copy.deepcopy(each) for each in policies if kind is None or same(each["type"]["id"], kind)])


@route("POST", _LIST, "policy")
def create_policy(context: Context) -> Record:
    """Create a policy."""
    checked = _checked(context.project, context.body)
    identifier = context.organization.policy_ids.next()
    context.project.policies[identifier] = checked | {
        "id": identifier,
        "revision": 1,
        "isDeleted": False,
        "createdBy": context.organization.reference(),
        "createdDate": now(),
        "url": f"{context.organization.url}/{context.project.id}/_apis/policy/configurations/{identifier}",
    }
    return context.project.policies[identifier]


@route("GET", _ONE, "policy")
def get_policy(context: Context) -> Record:
    """One policy."""
    return copy.deepcopy(_found(context))


@route("PUT", _ONE, "policy")
def update_policy(context: Context) -> Record:
    """Write a policy anew."""
    policy = _found(context)
    policy |= _checked(context.project, context.body)
    policy["revision"] += 1
    return copy.deepcopy(policy)


@route("DELETE", _ONE, "policy")
def delete_policy(context: Context) -> Answer:
    """Delete a policy."""
    del context.project.policies[_found(context)["id"]]
    return Answer(204)
