"""The normal form of jobs and deployment jobs: lists and mappings in long form, steps as tasks.

Sources: learn.microsoft.com/azure/devops/pipelines/yaml-schema/jobs-job, jobs-deployment, pool,
jobs-job-container. The old keys `phase`, `queue` and `server` are in the schema that the service publishes.
"""

from collections.abc import Iterable

from azrelease.expansion.normal_nodes import (
    Form,
    entry_of,
    items_of,
    list_of,
    mapping_of,
    named_by,
    text_list,
    text_node,
    with_entries,
    with_values,
)
from azrelease.expansion.normal_steps import STEP_LIST
from azrelease.expansion.normal_variables import normal_variables
from azrelease.expansion.tree import ExpandedEntry, ExpandedMapping, ExpandedNode, ExpandedScalar, ExpandedSequence

_QUEUE_IN_STRATEGY = ("matrix", "parallel")
_QUEUE_IN_POOL = ("name", "demands")
_QUEUE_IN_JOB = ("cancelTimeoutInMinutes", "container", "timeoutInMinutes", "workspace")

normal_container: Form = named_by("alias")
"""The container of a job: a name becomes `alias`."""

_pool_by_name = named_by("name")


def normal_jobs(jobs: ExpandedSequence) -> ExpandedSequence:
    """The jobs in normal form, without names that the service implies."""
    return items_of(jobs, normal_job)


def normal_job(job: ExpandedMapping) -> ExpandedMapping:
    """The job or deployment job in normal form, without a name that the service implies."""
    normal = with_values(with_entries(job, _without_old_keys(job)), _JOB)
    return ExpandedMapping(normal.entries, job.origin, job.written or job)


def normal_pool(node: ExpandedNode) -> ExpandedNode:
    """The pool as a mapping, its demands as a list."""
    return _POOL(_pool_by_name(node))


def _services(node: ExpandedNode) -> ExpandedNode:
    if not isinstance(node, ExpandedMapping):
        return node
    return with_entries(
        node,
        (
            ExpandedEntry(entry.key, _services(entry.value) if entry.is_directive else normal_container(entry.value))
            for entry in node.entries
        ),
    )


def _without_old_keys(job: ExpandedMapping) -> Iterable[ExpandedEntry]:
    for entry in job.entries:
        match entry.key.text:
            case "phase":
                yield entry_of("job", entry.value, entry.key.origin)
            case "queue":
                yield from _of_queue(entry, None)
            case "server":
                yield from _of_queue(entry, text_node("server", entry.key.origin))
            case _:
                yield entry


def _of_queue(entry: ExpandedEntry, pool: ExpandedScalar | None) -> Iterable[ExpandedEntry]:
    """The keys of a job that `queue` or `server` holds."""
    origin, value = entry.key.origin, entry.value
    if not isinstance(value, ExpandedMapping):
        yield entry_of("pool", pool or value, origin)
        return
    if any(part.key.text not in (*_QUEUE_IN_POOL, *_QUEUE_IN_STRATEGY, *_QUEUE_IN_JOB) for part in value.entries):
        yield entry
        return
    of_pool = tuple(part for part in value.entries if part.key.text in _QUEUE_IN_POOL)
    of_strategy = tuple(part for part in value.entries if part.key.text in _QUEUE_IN_STRATEGY)
    if pool or of_pool:
        yield entry_of("pool", pool or ExpandedMapping(of_pool, value.origin), origin)
    if of_strategy:
        yield entry_of("strategy", ExpandedMapping(of_strategy, value.origin), origin)
    yield from (part for part in value.entries if part.key.text in _QUEUE_IN_JOB)


_POOL = mapping_of({"demands": text_list})
_HOOK = mapping_of({"steps": STEP_LIST, "pool": normal_pool})
_HOOKS = mapping_of(
    {
        **dict.fromkeys(("preDeploy", "deploy", "routeTraffic", "postRouteTraffic"), _HOOK),
        "on": mapping_of({"failure": _HOOK, "success": _HOOK}),
    }
)
_JOB = {
    "container": normal_container,
    "dependsOn": text_list,
    "environment": named_by("name"),
    "pool": normal_pool,
    "services": _services,
    "steps": STEP_LIST,
    "strategy": mapping_of(dict.fromkeys(("runOnce", "rolling", "canary"), _HOOKS)),
    "variables": normal_variables,
}

JOB_LIST: Form = list_of(normal_job)
"""The form of the value of `jobs`."""

POOL_KEYS = ("pool", "queue", "server")
"""The keys of a job that say where it runs; the last two are old, and stay where they hold what only the run knows."""
