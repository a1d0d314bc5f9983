"""Permissions: which pipelines may use a service connection, environment, variable group, agent pool or repository."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from azrelease.ownership import is_managed
from azrelease.registration import rest_api
from azrelease.registration.failures import MovedOnError, RefusedError
from azrelease.registration.project import Listing, Project, pipeline_path
from azrelease.registration.resource import (
    ActualResource,
    DesiredResource,
    ResourceKey,
    ResourceKind,
    UnmanagedResource,
)

Raw = Mapping[str, Any]

ALL = "all pipelines"
AUTHORIZED = "authorized"
ITSELF = "for itself"
"""A field of a permission that has to be given to the pipeline itself, since the one for all pipelines goes."""

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


def prefetch(project: Project, things: Sequence[DesiredResource]) -> None:
    """Read the permissions of all resources that are there."""
    project.prefetch_permissions([found for thing in things if (found := _resource(project, thing.key)) is not None])


def find(project: Project, thing: DesiredResource) -> ActualResource | None:
    """The permission; one for all pipelines does for each of them."""
    resource = _resource(project, thing.key)
    if resource is None:
        return None
    raw = project.permission(*resource)
    everybody = _is_for_all(raw) and not thing.fields.get(ITSELF)
    if everybody or (thing.key.name != ALL and _identifier(project, thing.key) in _authorized(raw)):
        return ActualResource(thing.fields, "/".join(resource), raw)
    return None


def refresh(project: Project, thing: DesiredResource) -> None:
    """Read the permissions of the resource again."""
    resource = _resource(project, thing.key)
    if resource is not None:
        project.permission(*resource, fresh=True)


def others(project: Project, things: Sequence[DesiredResource], releases: Sequence[str]) -> Iterable[UnmanagedResource]:
    """Permissions that no release asks for.

    Those are listed of pipelines of these releases, for whatever resource; of a variable group that was made for these
    releases, the one for all pipelines; and of the environments and variable groups that they use, those of others. The
    service says who gave a permission: an account that gave none of those that are asked for gave others on its own.
    """
    own = {each: name for each, name in _pipelines(project, things) if _is_of(project, each, releases)}
    if not own and not things:
        return
    wanted = {(resource, thing.key.name.lower()) for thing in things if (resource := _resource(project, thing.key))}
    used = {resource for resource, _ in wanted if resource[0] in (TYPES["environment"], TYPES["variable group"])}
    names = {str(raw["id"]): path for raw in project.pipelines.items() if (path := pipeline_path(raw))}
    places = list(_places(project, every=bool(own), used=used, releases=releases))
    read = project.connection.each(lambda each: _readable(project, each[1]), places)
    givers = _givers(project, wanted, own)
    hidden = [where for (where, _), raw in zip(places, read, strict=True) if raw is None]
    if hidden:
        more = [f"{len(hidden) - _MOST} more"] if len(hidden) > _MOST else []
        yield UnmanagedResource(
            ResourceKey(ResourceKind.PERMISSION, _UNKNOWN, ", ".join((*hidden[:_MOST], *more))), "", ours=False
        )
    for (where, resource), raw in zip(places, read, strict=True):
        if raw is None:
            continue
        if _is_for_all(raw) and (resource, ALL) not in wanted:
            ours = _is_made_group(project, where, releases)
            if ours or resource in used:
                yield UnmanagedResource(
                    ResourceKey(ResourceKind.PERMISSION, ALL, where),
                    "",
                    ours and _is_given_by(raw.get("allPipelines"), givers),
                )
        for identifier, given in sorted(_given(raw).items()):
            name = f"pipeline {own.get(identifier) or names.get(identifier, identifier)}"
            if (resource, name.lower()) in wanted or (identifier not in own and resource not in used):
                continue
            if not _is_moved(project, name, wanted, resource):
                ours = identifier in own and _is_given_by(given, givers)
                yield UnmanagedResource(ResourceKey(ResourceKind.PERMISSION, name, where), identifier, ours)


_UNKNOWN = "it is not known which pipelines"
_MOST = 5
"""Resources that are named whose permissions may not be read."""


def _readable(project: Project, resource: tuple[str, str]) -> Raw | None:
    """Who may use a resource; None where that may not be read."""
    try:
        return project.permission(*resource)
    except RefusedError:
        return None


def _pipelines(project: Project, things: Sequence[DesiredResource]) -> Iterator[tuple[str, str]]:
    """The ids and paths of the pipelines that permissions are asked for."""
    for name in dict.fromkeys(thing.key.name for thing in things if thing.key.name != ALL):
        path = name.removeprefix("pipeline ")
        found = project.pipeline(path)
        if found is not None:
            yield str(found["id"]), path


def _is_of(project: Project, pipeline: str, releases: Sequence[str]) -> bool:
    return is_managed(project.definition(pipeline).get("description"), releases)


def _places(
    project: Project, *, every: bool, used: Iterable[tuple[str, str]], releases: Sequence[str]
) -> Iterator[tuple[str, tuple[str, str]]]:
    """Resources whose permissions are looked at: what they are called, and their types and ids.

    Args:
        project: the project.
        every: all that it has, for what pipelines of these releases may use.
        used: those that these releases use.
        releases: the releases; an environment that was made for them goes as a whole.
    """
    for kind, listing in _listings(project).items():
        for raw in listing.items():
            resource = _resource_of(project, kind, raw)
            is_left = kind == "environment" and resource not in used and _is_ours(raw, releases)
            if not is_left and (every or resource in used or (kind == "variable group" and _is_ours(raw, releases))):
                yield place(kind, str(raw["name"])), resource


def _is_ours(raw: Raw, releases: Sequence[str]) -> bool:
    return is_managed(raw.get("description"), releases)


def _is_made_group(project: Project, where: str, releases: Sequence[str]) -> bool:
    """Whether a resource is a variable group that was made for these releases."""
    raw = project.variable_groups.find(where.removeprefix("variable group "))
    return where.startswith("variable group ") and raw is not None and _is_ours(raw, releases)


def _givers(project: Project, wanted: Iterable[tuple[tuple[str, str], str]], own: Mapping[str, str]) -> frozenset[str]:
    """The ids of who gave what is asked for, and of who asks now."""
    given = (_given(project.permission(*resource)) for resource in dict.fromkeys(resource for resource, _ in wanted))
    ids = (_giver(permission) for each in given for pipeline, permission in each.items() if pipeline in own)
    return frozenset((*filter(None, ids), project.caller.lower()))


def _giver(permission: Raw) -> str:
    return str((permission.get("authorizedBy") or {}).get("id") or "").lower()


def _is_given_by(permission: Raw | None, givers: frozenset[str]) -> bool:
    giver = _giver(permission or {})
    return not giver or giver in givers


def _is_moved(
    project: Project, name: str, wanted: Iterable[tuple[tuple[str, str], str]], resource: tuple[str, str]
) -> bool:
    """Whether a pipeline is one that is wanted in another folder."""
    return any(
        f"pipeline {pipeline_path(raw)}" == name and (resource, f"pipeline {path}".lower()) in wanted
        for path, raw in project.moved.items()
    )


def create(project: Project, thing: DesiredResource) -> None:
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
    project.keep_permission(kind, identifier, project.connection.send("PATCH", rest_api.PERMISSIONS, route, body))


def update(project: Project, thing: DesiredResource, found: ActualResource) -> None:
    """A permission has nothing to change."""


def delete(project: Project, other: UnmanagedResource) -> None:
    """Take the permission."""
    resource = _resource(project, other.key)
    if resource is None:
        return
    kind, identifier = resource
    body: dict[str, Any] = {"resource": {"type": kind, "id": identifier}}
    if other.key.name == ALL:
        body["allPipelines"] = {"authorized": False}
    else:
        body["pipelines"] = [{"id": int(other.id), "authorized": False}]
    route = {**project.route, "resourceType": kind, "resourceId": identifier}
    project.keep_permission(kind, identifier, project.connection.send("PATCH", rest_api.PERMISSIONS, route, body))


def state(project: Project, other: UnmanagedResource, *, fresh: bool) -> str | None:
    """What tells whether the permission is given."""
    resource = _resource(project, other.key)
    raw = project.permission(*resource, fresh=fresh) if resource else {}
    is_given = _is_for_all(raw) if other.key.name == ALL else other.id in _authorized(raw)
    return AUTHORIZED if is_given else None


def _resource(project: Project, key: ResourceKey) -> tuple[str, str] | None:
    """The type and id of a resource; None where it is not there."""
    kind, name = next(
        (kind, key.within.removeprefix(f"{kind} ")) for kind in TYPES if key.within.startswith(f"{kind} ")
    )
    found = project.repository(name) if kind == "repository" else _listings(project)[kind].find_any(name)
    return None if found is None else _resource_of(project, kind, found)


def _listings(project: Project) -> Mapping[str, Listing]:
    return {
        "service connection": project.service_connections,
        "environment": project.environments,
        "variable group": project.variable_groups,
        "agent pool": project.queues,
        "repository": project.repositories,
    }


def _resource_of(project: Project, kind: str, raw: Raw) -> tuple[str, str]:
    """The type and id of a resource; the id of a repository begins with that of its project.

    Also of a repository of another project, which is asked for in the project of the pipeline
    (github.com/microsoft/terraform-provider-azuredevops, pull request 1059).
    """
    identifier = str(raw["id"])
    if kind == "repository":
        owner = str((raw.get("project") or {}).get("id") or project.id)
        return TYPES[kind], f"{owner}.{identifier}"
    return TYPES[kind], identifier


def _identifier(project: Project, key: ResourceKey) -> str:
    found = project.pipeline(key.name.removeprefix("pipeline "))
    return str(found["id"]) if found else ""


def _is_for_all(raw: Raw) -> bool:
    return bool((raw.get("allPipelines") or {}).get("authorized"))


def _given(raw: Raw) -> dict[str, Raw]:
    """The permissions of single pipelines, by the ids of these."""
    return {str(item["id"]): item for item in raw.get("pipelines") or () if item.get("authorized")}


def _authorized(raw: Raw) -> frozenset[str]:
    return frozenset(_given(raw))
