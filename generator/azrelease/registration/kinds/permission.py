"""Permissions: which pipelines may use a service connection, environment, variable group, agent pool or repository."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from azrelease.ownership import is_managed
from azrelease.registration import rest_api
from azrelease.registration.failures import RefusedError, StateChangedError
from azrelease.registration.kinds.base import ResourceHandler
from azrelease.registration.project import Project, Raw, pipeline_path
from azrelease.registration.resource import (
    ActualResource,
    DesiredResource,
    ResourceKey,
    ResourceKind,
    Unmanaged,
    UnmanagedResource,
)

ALL = "all pipelines"
AUTHORIZED = "authorized"
EXPLICIT = "explicit"
"""A field of a permission that the pipeline itself needs, since the one for all pipelines is removed."""

TYPES = {
    "service connection": "endpoint",
    "environment": "environment",
    "variable group": "variablegroup",
    "agent pool": "queue",
    "repository": "repository",
}
"""Kinds of protected resources, and their types in the REST API."""


def place(kind: str, name: str) -> str:
    """Label of a protected resource in the key of a permission."""
    return f"{kind} {name}"


class PermissionHandler(ResourceHandler):
    """Handles permissions of pipelines."""

    kind = ResourceKind.PERMISSION

    def prefetch(self, project: Project, desired: Sequence[DesiredResource]) -> None:
        """Read the permissions of all existing resources."""
        resources = (_resource(project, each.key) for each in desired)
        project.prefetch_permissions([resource for resource in resources if resource is not None])

    def find(self, project: Project, desired: DesiredResource) -> ActualResource | None:
        """The permission; one for all pipelines includes each of them."""
        resource = _resource(project, desired.key)
        if resource is None:
            return None
        raw = project.permission(*resource)
        included = _is_for_all(raw) and not desired.fields.get(EXPLICIT)
        if included or (desired.key.name != ALL and _identifier(project, desired.key) in _authorized(raw)):
            return ActualResource(desired.fields, "/".join(resource), raw)
        return None

    def refresh(self, project: Project, desired: DesiredResource) -> None:
        """Read the permissions of the resource again."""
        resource = _resource(project, desired.key)
        if resource is not None:
            project.permission(*resource, fresh=True)

    def unmanaged(
        self, project: Project, desired: Sequence[DesiredResource], releases: Sequence[str]
    ) -> Iterable[UnmanagedResource]:
        """Permissions that no release asks for.

        These are the ones of pipelines of these releases, for any resource; of a variable group that azrelease manages
        for them, the one for all pipelines; and of the environments and variable groups that they use, those of other
        pipelines. The service says who gave a permission: it can be removed if the same account gave a desired one.
        """
        own = {each: name for each, name in _pipelines(project, desired) if _is_of(project, each, releases)}
        if not own and not desired:
            return
        keys = {(resource, each.key.name.lower()) for each in desired if (resource := _resource(project, each.key))}
        used = {resource for resource, _ in keys if resource[0] in (TYPES["environment"], TYPES["variable group"])}
        names = {str(raw["id"]): path for raw in project.pipelines.items() if (path := pipeline_path(raw))}
        places = list(_places(project, every=bool(own), used=used, releases=releases))
        permissions = project.connection.each(lambda each: _readable(project, each[1]), places)
        givers = _givers(project, keys, own)
        hidden = [where for (where, _), raw in zip(places, permissions, strict=True) if raw is None]
        if hidden:
            more = [f"{len(hidden) - _MOST} more"] if len(hidden) > _MOST else []
            key = ResourceKey(self.kind, _UNKNOWN, ", ".join((*hidden[:_MOST], *more)))
            yield UnmanagedResource(key, "", removable=False)
        for (where, resource), raw in zip(places, permissions, strict=True):
            if raw is None:
                continue
            if _is_for_all(raw) and (resource, ALL) not in keys:
                managed = _is_managed_group(project, where, releases)
                if managed or resource in used:
                    removable = managed and _is_given_by(raw.get("allPipelines"), givers)
                    yield UnmanagedResource(ResourceKey(self.kind, ALL, where), "", removable)
            for identifier, given in sorted(_given(raw).items()):
                name = f"pipeline {own.get(identifier) or names.get(identifier, identifier)}"
                if (resource, name.lower()) in keys or (identifier not in own and resource not in used):
                    continue
                if not _is_moved(project, name, keys, resource):
                    removable = identifier in own and _is_given_by(given, givers)
                    yield UnmanagedResource(ResourceKey(self.kind, name, where), identifier, removable)

    def create(self, project: Project, desired: DesiredResource) -> None:
        """Give the permission.

        Raises:
            StateChangedError: the resource or the pipeline does not exist.
        """
        resource = _resource(project, desired.key)
        if resource is None:
            raise StateChangedError(f"{desired.key}: {desired.key.within} no longer exists")
        pipeline = None if desired.key.name == ALL else _identifier(project, desired.key)
        if pipeline == "":
            raise StateChangedError(f"{desired.key}: {desired.key.name} no longer exists")
        _authorize(project, resource, pipeline, authorized=True)

    def pruned(self, desired: DesiredResource, unmanaged: Sequence[Unmanaged]) -> DesiredResource:
        """An explicit permission, where the one for all pipelines is removed."""
        if desired.key.name == ALL:
            return desired
        everyone = ResourceKey(self.kind, ALL, desired.key.within).folded
        is_needed = any(each.removable and each.key.folded == everyone for each in unmanaged)
        return desired._replace(fields={**desired.fields, EXPLICIT: True}) if is_needed else desired

    def delete(self, project: Project, resource: UnmanagedResource) -> None:
        """Revoke the permission."""
        protected = _resource(project, resource.key)
        if protected is not None:
            pipeline = None if resource.key.name == ALL else resource.id
            _authorize(project, protected, pipeline, authorized=False)

    def fingerprint(self, project: Project, resource: UnmanagedResource, *, fresh: bool) -> str | None:
        """Whether the permission is given."""
        protected = _resource(project, resource.key)
        raw = project.permission(*protected, fresh=fresh) if protected else {}
        is_given = _is_for_all(raw) if resource.key.name == ALL else resource.id in _authorized(raw)
        return AUTHORIZED if is_given else None

    def written(self, key: ResourceKey) -> str:
        """The permissions of the protected resource."""
        return key.within.lower()


_UNKNOWN = "the token may not read which pipelines"
_MOST = 5
"""Resources that a message names whose permissions the token may not read."""


def _readable(project: Project, resource: tuple[str, str]) -> Raw | None:
    """The permissions of a resource; None where the token may not read them."""
    try:
        return project.permission(*resource)
    except RefusedError:
        return None


def _pipelines(project: Project, desired: Sequence[DesiredResource]) -> Iterator[tuple[str, str]]:
    """The ids and paths of the pipelines of desired permissions."""
    for name in dict.fromkeys(each.key.name for each in desired if each.key.name != ALL):
        path = name.removeprefix("pipeline ")
        raw = project.pipeline(path)
        if raw is not None:
            yield str(raw["id"]), path


def _is_of(project: Project, pipeline: str, releases: Sequence[str]) -> bool:
    return is_managed(project.definition(pipeline).get("description"), releases)


def _places(
    project: Project, *, every: bool, used: Iterable[tuple[str, str]], releases: Sequence[str]
) -> Iterator[tuple[str, tuple[str, str]]]:
    """Resources whose permissions are checked: their labels, and their types and ids.

    Args:
        project: the project.
        every: whether to check all of the project, for permissions of pipelines of these releases.
        used: those that these releases use.
        releases: the releases; an environment of theirs that they no longer use is deleted as a whole.
    """
    for kind in TYPES:
        for raw in project.listing_of(kind).items():
            resource = _resource_of(project, kind, raw)
            is_deleted = kind == "environment" and resource not in used and _is_managed(raw, releases)
            if not is_deleted and (
                every or resource in used or (kind == "variable group" and _is_managed(raw, releases))
            ):
                yield place(kind, str(raw["name"])), resource


def _is_managed(raw: Raw, releases: Sequence[str]) -> bool:
    return is_managed(raw.get("description"), releases)


def _is_managed_group(project: Project, where: str, releases: Sequence[str]) -> bool:
    """Whether a resource is a variable group that azrelease manages for these releases."""
    raw = project.variable_groups.find(where.removeprefix("variable group "))
    return where.startswith("variable group ") and raw is not None and _is_managed(raw, releases)


def _givers(project: Project, keys: Iterable[tuple[tuple[str, str], str]], own: Mapping[str, str]) -> frozenset[str]:
    """The ids of the accounts that gave the desired permissions, and of the owner of the token."""
    given = (_given(project.permission(*resource)) for resource in dict.fromkeys(resource for resource, _ in keys))
    ids = (_giver(permission) for each in given for pipeline, permission in each.items() if pipeline in own)
    return frozenset((*filter(None, ids), project.caller.lower()))


def _giver(permission: Raw) -> str:
    return str((permission.get("authorizedBy") or {}).get("id") or "").lower()


def _is_given_by(permission: Raw | None, givers: frozenset[str]) -> bool:
    giver = _giver(permission or {})
    return not giver or giver in givers


def _is_moved(
    project: Project, name: str, keys: Iterable[tuple[tuple[str, str], str]], resource: tuple[str, str]
) -> bool:
    """Whether a pipeline is a desired one that has to move to another folder."""
    return any(
        f"pipeline {pipeline_path(raw)}" == name and (resource, f"pipeline {path}".lower()) in keys
        for path, raw in project.moved.items()
    )


def _authorize(project: Project, resource: tuple[str, str], pipeline: str | None, *, authorized: bool) -> None:
    """Give or revoke a permission of a pipeline, by its id; of all pipelines where that is None."""
    kind, identifier = resource
    body: dict[str, Any] = {"resource": {"type": kind, "id": identifier}}
    if pipeline is None:
        body["allPipelines"] = {"authorized": authorized}
    else:
        body["pipelines"] = [{"id": int(pipeline), "authorized": authorized}]
    route = {**project.route, "resourceType": kind, "resourceId": identifier}
    project.keep_permission(kind, identifier, project.connection.send("PATCH", rest_api.PERMISSIONS, route, body))


def _resource(project: Project, key: ResourceKey) -> tuple[str, str] | None:
    """The type and id of a protected resource; None if it does not exist."""
    kind, name = next(
        (kind, key.within.removeprefix(f"{kind} ")) for kind in TYPES if key.within.startswith(f"{kind} ")
    )
    raw = project.repository(name) if kind == "repository" else project.listing_of(kind).find_any(name)
    return None if raw is None else _resource_of(project, kind, raw)


def _resource_of(project: Project, kind: str, raw: Raw) -> tuple[str, str]:
    """The type and id of a protected resource; the id of a repository begins with the id of its project.

    That also holds for a repository of another project, whose permission belongs to the project of the pipeline
    (github.com/microsoft/terraform-provider-azuredevops, pull request 1059).
    """
    identifier = str(raw["id"])
    if kind == "repository":
        owner = str((raw.get("project") or {}).get("id") or project.id)
        return TYPES[kind], f"{owner}.{identifier}"
    return TYPES[kind], identifier


def _identifier(project: Project, key: ResourceKey) -> str:
    raw = project.pipeline(key.name.removeprefix("pipeline "))
    return str(raw["id"]) if raw else ""


def _is_for_all(raw: Raw) -> bool:
    return bool((raw.get("allPipelines") or {}).get("authorized"))


def _given(raw: Raw) -> dict[str, Raw]:
    """The permissions of single pipelines, by their ids."""
    return {str(item["id"]): item for item in raw.get("pipelines") or () if item.get("authorized")}


def _authorized(raw: Raw) -> frozenset[str]:
    return frozenset(_given(raw))
