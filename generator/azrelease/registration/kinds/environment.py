"""Environments, and the claims on their checks that have no name.

An exclusive lock and a required template cannot hold an ownership tag. So the tag of their environment claims them by
their ids.
"""

from collections.abc import Iterable, Mapping, Sequence

from azrelease.ownership import is_managed, owned_parts, owning_release, tagged, untagged
from azrelease.registration import rest_api
from azrelease.registration.kinds.base import ResourceHandler
from azrelease.registration.kinds.check_types import LOCK, TEMPLATE, has_tag, is_lock, is_template
from azrelease.registration.project import Listing, Project, Raw
from azrelease.registration.resource import (
    ActualResource,
    DesiredResource,
    ResourceKey,
    ResourceKind,
    UnmanagedResource,
    digest,
)

DESCRIPTION, UNNAMED_CHECKS = "description", "unnamed checks"

_TO_COME = "to come"
"""Replaces the id in the claim on a check that is about to be created. It is stored in the service."""

_TESTS = {LOCK: is_lock, TEMPLATE: is_template}


class EnvironmentHandler(ResourceHandler):
    """Handles environments. Of one that azrelease does not manage, only the checks of releases change."""

    kind = ResourceKind.ENVIRONMENT

    def prefetch(self, project: Project, desired: Sequence[DesiredResource]) -> None:
        """Read the checks of all existing ones."""
        project.prefetch_checks(project.environments.find(each.key.name) for each in desired)

    def find(self, project: Project, desired: DesiredResource) -> ActualResource | None:
        """The environment of that name."""
        raw = project.environments.find(desired.key.name)
        if raw is None:
            return None
        text, identifier = raw.get("description"), str(raw["id"])
        if not is_managed(text, desired.releases):
            return ActualResource({}, identifier, raw, frozenset(desired.fields))
        unclaimed = _unclaimed(project, raw, desired)
        claimed_kinds = [kind for kind in desired.fields[UNNAMED_CHECKS] if kind not in unclaimed]
        return ActualResource({DESCRIPTION: untagged(text), UNNAMED_CHECKS: claimed_kinds}, identifier, raw)

    def listing(self, project: Project) -> Listing:
        """The environments of the project."""
        return project.environments

    def unmanaged(
        self, project: Project, desired: Sequence[DesiredResource], releases: Sequence[str]
    ) -> Iterable[UnmanagedResource]:
        """Environments that azrelease created and these releases no longer name.

        One that has checks of others, or that other pipelines may use, stays.
        """
        names = {each.key.name.lower() for each in desired}
        listed = [
            raw
            for raw in project.environments.items()
            if str(raw["name"]).lower() not in names and is_managed(raw.get("description"), releases)
        ]
        project.prefetch_checks(listed)
        project.prefetch_permissions([("environment", str(raw["id"])) for raw in listed])
        for raw in listed:
            unshared = _is_unshared(project, raw, releases)
            note = "with its checks and its deployment history" if unshared else "others use it too"
            yield UnmanagedResource(ResourceKey(self.kind, str(raw["name"])), str(raw["id"]), unshared, note)

    def create(self, project: Project, desired: DesiredResource) -> None:
        """Create the environment, with claims on the unnamed checks that are to follow."""
        parts = [f"{kind} {_TO_COME}" for kind in desired.fields[UNNAMED_CHECKS]]
        description = tagged(desired.fields[DESCRIPTION], desired.releases[0], parts)
        body = {"name": desired.key.name, "description": description}
        project.environments.put(project.connection.send("POST", rest_api.ENVIRONMENTS, project.route, body))

    def update(self, project: Project, desired: DesiredResource, actual: ActualResource) -> None:
        """Change the description, with its tag."""
        raw, kinds = actual.raw, desired.fields[UNNAMED_CHECKS]
        to_come = {kind: check for kind, check in claims_of(raw).items() if check == _TO_COME and kind in kinds}
        claims = {**to_come, **_valid_claims(project, raw), **_unclaimed(project, raw, desired)}
        owner = owning_release(raw.get("description")) or desired.releases[0]
        _describe(project, raw, desired.fields[DESCRIPTION], owner, claims)

    def delete(self, project: Project, resource: UnmanagedResource) -> None:
        """Delete the environment, and with it its checks."""
        project.connection.send("DELETE", rest_api.ENVIRONMENTS, {**project.route, "environmentId": resource.id})
        project.environments.forget()

    def fingerprint(self, project: Project, resource: UnmanagedResource, *, fresh: bool) -> str | None:
        """Fingerprint of the environment, its checks and its permissions."""
        if fresh:
            project.environments.forget()
        raw = project.environments.by_id(resource.id)
        if raw is None:
            return None
        permission = project.permission("environment", resource.id, fresh=fresh)
        keys = ("id", "type", "settings", "timeout", "isDisabled")
        checks = [{key: check.get(key) for key in keys} for check in project.checks(resource.id, fresh=fresh)]
        return digest([raw.get("name"), raw.get("description"), checks, permission.get("pipelines")])

    def written(self, key: ResourceKey) -> str:
        """The environment, whose name is unique in the project."""
        return f"{key.kind} {key.name}".lower()


def claims_of(raw: Raw) -> dict[str, str]:
    """The ids of the unnamed checks that the tag of an environment claims, by their kind."""
    parts = owned_parts(raw.get("description"))
    return {kind: part.removeprefix(f"{kind} ") for kind in _TESTS for part in parts if part.startswith(f"{kind} ")}


def claimed(project: Project, raw: Raw, kind: str) -> str:
    """The id of the unnamed check of a kind that azrelease manages; empty if there is none.

    If an apply was cut off before it wrote the id, that is the newest one of this kind that the owner of the token
    created.
    """
    claim = claims_of(raw).get(kind, "")
    checks = {str(check["id"]): check for check in project.checks(str(raw["id"]))}
    if claim in checks:
        return claim
    to_come = (
        int(identifier)
        for identifier, check in checks.items()
        if claim == _TO_COME and _TESTS[kind](check) and str((check.get("createdBy") or {}).get("id")) == project.caller
    )
    return str(max(to_come, default=""))


def claim(project: Project, environment: str, kind: str, releases: Sequence[str], check: str = _TO_COME) -> None:
    """Write a claim on an unnamed check into the tag of an environment that azrelease manages.

    Args:
        project: the project.
        environment: the id of the environment.
        kind: the kind of the check.
        releases: the releases that ask for it.
        check: the id of the check; by default, one that is about to be created.
    """
    raw = project.environments.by_id(environment)
    if raw is not None and is_managed(raw.get("description"), releases) and claims_of(raw).get(kind) != check:
        _write_claims(project, raw, {**_valid_claims(project, raw), kind: check})


def drop_claim(project: Project, environment: str, kind: str) -> None:
    """Remove a claim from the tag of an environment."""
    raw = project.environments.by_id(environment)
    if raw is not None and kind in claims_of(raw):
        _write_claims(project, raw, {name: check for name, check in claims_of(raw).items() if name != kind})


def _valid_claims(project: Project, raw: Raw) -> dict[str, str]:
    """The claims whose checks exist, or are to come."""
    checks = {_TO_COME, *(str(check["id"]) for check in project.checks(str(raw["id"])))}
    return {kind: check for kind, check in claims_of(raw).items() if check in checks}


def _unclaimed(project: Project, raw: Raw, desired: DesiredResource) -> dict[str, str]:
    """Managed unnamed checks whose claim does not hold their id, since an apply was cut off."""
    managed = {kind: claimed(project, raw, kind) for kind in desired.fields[UNNAMED_CHECKS]}
    claims = claims_of(raw)
    return {kind: check for kind, check in managed.items() if check and check != claims.get(kind)}


def _is_unshared(project: Project, raw: Raw, releases: Sequence[str]) -> bool:
    """Whether only these releases use an environment: it has no check, pipeline or machine of others."""
    identifier = str(raw["id"])
    managed = {check for check in claims_of(raw).values() if check != _TO_COME}
    if any(not has_tag(check, releases) and str(check["id"]) not in managed for check in project.checks(identifier)):
        return False
    permission = project.permission("environment", identifier)
    if (permission.get("allPipelines") or {}).get("authorized"):
        return False
    allowed = {str(item["id"]) for item in permission.get("pipelines") or () if item.get("authorized")}
    listed = {str(item["id"]) for item in project.pipelines.items()}
    if not all(
        each in listed and is_managed(project.definition(each).get("description"), releases) for each in allowed
    ):
        return False
    route, query = {**project.route, "environmentId": identifier}, {"expands": "resourceReferences"}
    return not project.connection.get(rest_api.ENVIRONMENTS, route, query).get("resources")


def _write_claims(project: Project, raw: Raw, claims: Mapping[str, str]) -> None:
    text = raw.get("description")
    _describe(project, raw, untagged(text), owning_release(text) or "", claims)


def _describe(project: Project, raw: Raw, text: str, release: str, claims: Mapping[str, str]) -> None:
    parts = [f"{kind} {check}" for kind, check in claims.items()]
    body = {"name": raw["name"], "description": tagged(text, release, parts)}
    route = {**project.route, "environmentId": str(raw["id"])}
    project.environments.put(project.connection.send("PATCH", rest_api.ENVIRONMENTS, route, body))
