"""Permissions: which pipelines may use a service connection, environment, variable group, agent pool or repository."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from azrelease.registration import resources
from azrelease.registration.failures import MovedOnError
from azrelease.registration.project import Project, pipeline_path
from azrelease.registration.things import Found, Key, Kind, Other, Thing

Raw = Mapping[str, Any]

ALL = "all pipelines"
AUTHORIZED = "authorized"

TYPES = {
    "service connection": "endpoint",
    "environment": "environment",
    "variable group": "variablegroup",
    "agent pool": "queue",
    "repository": "repository",
}
"""Kinds of resources, and what the service calls them."""


def place(kind: str, name: str) -> str:
    """How a resource is told in the key of a permission."""
    return f"{kind} {name}"


def prefetch(project: Project, things: Sequence[Thing]) -> None:
    """Read the permissions of all resources that are there."""
    project.prefetch_permissions([found for thing in things if (found := _resource(project, thing.key)) is not None])


def find(project: Project, thing: Thing) -> Found | None:
    """The permission; one for all pipelines does for each of them."""
    resource = _resource(project, thing.key)
    if resource is None:
        return None
    raw = project.permission(*resource)
    everybody = bool((raw.get("allPipelines") or {}).get("authorized"))
    if everybody or (thing.key.name != ALL and _identifier(project, thing.key) in _authorized(raw)):
        return Found({AUTHORIZED: True}, "/".join(resource), raw)
    return None


def refresh(project: Project, thing: Thing) -> None:
    """Read the permissions of the resource again."""
    resource = _resource(project, thing.key)
    if resource is not None:
        project.permission(*resource, fresh=True)


def others(project: Project, things: Sequence[Thing], releases: Sequence[str]) -> Iterable[Other]:
    """Other pipelines that may use the environments and variable groups of these releases, which nobody asks for."""
    names = {str(raw["id"]): path for raw in project.pipelines.items() if (path := pipeline_path(raw))}
    wanted = {thing.key.folded for thing in things}
    for where in dict.fromkeys(thing.key.within for thing in things):
        if not where.startswith(("environment ", "variable group ")):
            continue
        resource = _resource(project, Key(Kind.PERMISSION, "", where))
        raw = project.permission(*resource) if resource else {}
        found = [f"pipeline {names.get(identifier, identifier)}" for identifier in sorted(_authorized(raw))]
        found += [ALL] if (raw.get("allPipelines") or {}).get("authorized") else []
        for name in found:
            key = Key(Kind.PERMISSION, name, where)
            if key.folded not in wanted and not (name != ALL and _is_moved(project, name, wanted, where)):
                yield Other(key, "", ours=False)


def _is_moved(project: Project, name: str, wanted: set[tuple[str, str, str]], where: str) -> bool:
    """Whether a pipeline is one that is wanted in another folder."""
    return any(
        f"pipeline {pipeline_path(raw)}" == name and Key(Kind.PERMISSION, f"pipeline {path}", where).folded in wanted
        for path, raw in project.moved.items()
    )


def create(project: Project, thing: Thing) -> None:
    """Give the permission.

    Raises:
        MovedOnError: the resource or the pipeline is gone.
    """
    resource = _resource(project, thing.key)
    if resource is None:
        raise MovedOnError(f"{thing.key}: there is no {thing.key.within} any more")
    kind, identifier = resource
    body: dict[str, Any] = {"resource": {"type": kind, "id": identifier}}
    if thing.key.name == ALL:
        body["allPipelines"] = {"authorized": True}
    else:
        pipeline = _identifier(project, thing.key)
        if not pipeline:
            raise MovedOnError(f"{thing.key}: there is no {thing.key.name} any more")
        body["pipelines"] = [{"id": int(pipeline), "authorized": True}]
    route = {**project.route, "resourceType": kind, "resourceId": identifier}
    project.keep_permission(kind, identifier, project.connection.send("PATCH", resources.PERMISSIONS, route, body))


def update(project: Project, thing: Thing, found: Found) -> None:
    """A permission has nothing to change."""


def delete(project: Project, other: Other) -> None:
    """A permission is never taken: nothing tells who gave it."""


def state(project: Project, other: Other, *, fresh: bool) -> str | None:
    """A permission is never taken."""


def _resource(project: Project, key: Key) -> tuple[str, str] | None:
    """The type and id of a resource; None where it is not there."""
    kind, name = next(
        (kind, key.within.removeprefix(f"{kind} ")) for kind in TYPES if key.within.startswith(f"{kind} ")
    )
    listing = {
        "service connection": project.service_connections,
        "environment": project.environments,
        "variable group": project.variable_groups,
        "agent pool": project.queues,
        "repository": project.repositories,
    }[kind]
    found = listing.find_any(name)
    if found is None:
        return None
    identifier = str(found["id"])
    return TYPES[kind], f"{project.id}.{identifier}" if kind == "repository" else identifier


def _identifier(project: Project, key: Key) -> str:
    found = project.pipeline(key.name.removeprefix("pipeline "))
    return str(found["id"]) if found else ""


def _authorized(raw: Raw) -> frozenset[str]:
    return frozenset(str(item["id"]) for item in raw.get("pipelines") or () if item.get("authorized"))
