"""Queues, pools, deployment groups, task groups and tasks."""

from collections.abc import Iterable

from fake_azure_devops.errors import ServiceError
from fake_azure_devops.lists import matches, paged, same
from fake_azure_devops.messages import Answer, listing
from fake_azure_devops.routes import Context, route
from fake_azure_devops.state import Record

_ORGANIZATION = "/_apis/distributedtask"
_PROJECT = "/{project}/_apis/distributedtask"


def _named(context: Context, records: Iterable[Record], names: str, name: str, ids: str) -> list[Record]:
    requested = [each.casefold() for each in context.asked_list(names)]
    numbers = context.asked_list(ids)
    pattern = context.asked(name)
    return [
        each
        for each in records
        if (not requested or each["name"].casefold() in requested)
        and (not numbers or str(each["id"]) in numbers)
        and matches(pattern, each["name"])
    ]


@route("GET", _PROJECT + "/queues", "queues")
def list_queues(context: Context) -> Answer:
    """Queues, all or by names or ids."""
    return listing(_named(context, context.project.queues.values(), "queueNames", "queueName", "queueIds"))


@route("GET", _PROJECT + "/queues/{queue}", "queues")
def get_queue(context: Context) -> Record:
    """One queue."""
    identifier = context.number("queue")
    if identifier not in context.project.queues:
        raise ServiceError("TaskAgentQueueNotFoundException", f"No queue found with identifier {identifier}.")
    return context.project.queues[identifier]


@route("GET", _ORGANIZATION + "/pools", "pools")
def list_pools(context: Context) -> Answer:
    """Pools, all or by name or ids."""
    kind = context.asked("poolType")
    pools = [each for each in context.organization.pools.values() if kind is None or same(each["poolType"], kind)]
    return listing(_named(context, pools, "", "poolName", "poolIds"))


@route("GET", _ORGANIZATION + "/pools/{pool}", "pools")
def get_pool(context: Context) -> Record:
    """One pool."""
    identifier = context.number("pool")
    if identifier not in context.organization.pools:
        raise ServiceError("TaskAgentPoolNotFoundException", f"Agent pool {identifier} not found.")
    return context.organization.pools[identifier]


@route("GET", _PROJECT + "/deploymentgroups", "deploymentgroups")
def list_deployment_groups(context: Context) -> Answer:
    """Deployment groups by name or ids."""
    return paged(context, _named(context, context.project.deployment_groups.values(), "", "name", "ids"))


@route("GET", _PROJECT + "/deploymentgroups/{group}", "deploymentgroups")
def get_deployment_group(context: Context) -> Record:
    """One deployment group."""
    identifier = context.number("group")
    if identifier not in context.project.deployment_groups:
        message = f"Deployment group with ID '{identifier}' could not be found."
        raise ServiceError("DeploymentGroupNotFoundException", message)
    return context.project.deployment_groups[identifier]


@route("GET", _PROJECT + "/taskgroups/[{group}]", "taskgroups")
def list_task_groups(context: Context) -> Answer:
    """Task groups, all or one, always as a list."""
    requested = context.values.get("group")
    groups = context.project.task_groups.values()
    return listing([each for each in groups if requested is None or same(each["id"], requested)])


@route("GET", _ORGANIZATION + "/tasks/[{task}]", "tasks")
def list_tasks(context: Context) -> Answer:
    """The tasks that are installed."""
    requested = context.values.get("task")
    return listing([each for each in context.organization.tasks if requested is None or same(each["id"], requested)])


@route("GET", _ORGANIZATION + "/yamlschema", "tasks")
def get_yaml_schema(context: Context) -> Record:
    """The YAML schema that the test has set."""
    return context.organization.yaml_schema
