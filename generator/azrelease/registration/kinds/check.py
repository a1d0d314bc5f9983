"""Checks of environments: approvals, gates, branches, hours, templates, locks.

An environment can have several checks of one kind. Azrelease manages the one with its ownership tag; without one, any
check with the same fields is enough, and others stay as they are.
"""

from collections.abc import Iterable, Iterator, Sequence

from azrelease.ownership import is_managed, owning_release
from azrelease.registration import rest_api
from azrelease.registration.failures import StateChangedError
from azrelease.registration.kinds import check_types, environment
from azrelease.registration.kinds.base import ResourceHandler
from azrelease.registration.kinds.check_types import APPROVAL, LOCK, TEMPLATE, fields_of, has_tag, is_of_kind, name_of
from azrelease.registration.project import Project, Raw
from azrelease.registration.resource import (
    DUPLICATE,
    ActualResource,
    DesiredResource,
    ResourceKey,
    ResourceKind,
    UnmanagedResource,
    digest,
    must_be_as_desired,
)

_UNNAMED = (LOCK, TEMPLATE)


class CheckHandler(ResourceHandler):
    """Handles checks of environments."""

    kind = ResourceKind.CHECK
    has_unique_names = False

    def prefetch(self, project: Project, desired: Sequence[DesiredResource]) -> None:
        """Read the checks of all existing environments; and the owner of the token, as unnamed checks need it."""
        if any(each.key.name in _UNNAMED for each in desired):
            project.caller  # noqa: B018  (read, and kept)
        project.prefetch_checks(project.environments.find(each.key.within) for each in desired)

    def find(self, project: Project, desired: DesiredResource) -> ActualResource | None:
        """The check that azrelease manages; else one that has the same fields."""
        place = project.environments.find(desired.key.within)
        if place is None:
            return None
        checks = sorted(_of_kind(project, place, desired), key=lambda raw: int(raw["id"]))
        managed = (raw for raw in checks if _is_managed(project, raw, place, desired.key.name, desired.releases))
        raw = next(managed, None)
        if raw is not None:
            return ActualResource(fields_of(raw, desired), str(raw["id"]), raw)
        raw = next((raw for raw in checks if desired.is_met_by(fields_of(raw, desired))), None)
        return None if raw is None else ActualResource(desired.fields, str(raw["id"]), raw)

    def notes(self, project: Project, desired: DesiredResource) -> Iterator[str]:
        """Other checks of the same kind: a run needs all of them."""
        place = project.environments.find(desired.key.within)
        for raw in _of_kind(project, place, desired) if place is not None else ():
            if check_types.is_task(desired) and name_of(raw) != desired.key.name:
                continue
            approvers = fields_of(raw, desired)["approvers"] if desired.key.name == APPROVAL else ()
            who = f" by {', '.join(str(each['name']) for each in approvers)}" if approvers else ""
            owner = owning_release((raw.get("settings") or {}).get("instructions"))
            whose = f"of release {owner}" if owner else "that azrelease does not manage"
            where = f"environment {desired.key.within}"
            yield f"{where} has another {desired.key.name}{who}, {whose}: it stays, and a run needs both"

    def refresh(self, project: Project, desired: DesiredResource) -> None:
        """Read the checks of the environment again."""
        place = project.environments.find(desired.key.within)
        if place is not None:
            project.checks(str(place["id"]), fresh=True)

    def unmanaged(
        self, project: Project, desired: Sequence[DesiredResource], releases: Sequence[str]
    ) -> Iterable[UnmanagedResource]:
        """Checks of the desired environments that no release asks for; also duplicates of managed ones."""
        named = [each.key.within for each in desired if each.key.kind is ResourceKind.CHECK]
        named += [each.key.name for each in desired if each.key.kind is ResourceKind.ENVIRONMENT]
        for name in {each.lower(): each for each in reversed(named)}.values():
            place = project.environments.find(name)
            if place is None:
                continue
            checks = [c for c in desired if c.key.kind is ResourceKind.CHECK and c.key.within.lower() == name.lower()]
            used = {actual.id for actual in (self.find(project, each) for each in checks) if actual is not None}
            for raw in project.checks(str(place["id"])):
                if str(raw["id"]) not in used:
                    title = name_of(raw)
                    managed = _is_managed(project, raw, place, title, releases)
                    is_duplicate = managed and any(
                        is_of_kind(raw, each) and each.is_met_by(fields_of(raw, each)) for each in checks
                    )
                    key, note = ResourceKey(self.kind, title, name), DUPLICATE if is_duplicate else ""
                    yield UnmanagedResource(key, str(raw["id"]), managed, note)

    def create(self, project: Project, desired: DesiredResource) -> None:
        """Create the check, unless it exists by now; of two that are created at once, the later one is deleted.

        Raises:
            StateChangedError: another one was created at the same time.
        """
        place = _place(project, desired)
        identifier = str(place["id"])
        project.checks(identifier, fresh=True)
        actual = self.find(project, desired)
        if actual is not None:
            must_be_as_desired(desired, actual)
        elif desired.key.name in _UNNAMED:
            environment.claim(project, identifier, desired.key.name, desired.releases)
        check = actual.id if actual is not None else _created(project, desired, place)
        now = project.environments.by_id(identifier)
        if desired.key.name in _UNNAMED and now and environment.claimed(project, now, desired.key.name) == check:
            environment.claim(project, identifier, desired.key.name, desired.releases, check)

    def update(self, project: Project, desired: DesiredResource, actual: ActualResource) -> None:
        """Change the check."""
        place = _place(project, desired)
        body = {**check_types.body(desired, actual.raw), "id": int(actual.id), "resource": _reference(place)}
        project.connection.send("PATCH", rest_api.CHECKS, {**project.route, "id": actual.id}, body)
        project.checks(str(place["id"]), fresh=True)

    def delete(self, project: Project, resource: UnmanagedResource) -> None:
        """Delete the check, and the claim on it."""
        project.connection.send("DELETE", rest_api.CHECKS, {**project.route, "id": resource.id})
        place = project.environments.find(resource.key.within)
        if place is not None:
            project.checks(str(place["id"]), fresh=True)
            if environment.claims_of(place).get(resource.key.name) == resource.id:
                environment.drop_claim(project, str(place["id"]), resource.key.name)

    def fingerprint(self, project: Project, resource: UnmanagedResource, *, fresh: bool) -> str | None:
        """Fingerprint of the settings."""
        place = project.environments.find(resource.key.within)
        checks = project.checks(str(place["id"]), fresh=fresh) if place is not None else ()
        raw = next((raw for raw in checks if str(raw["id"]) == resource.id), None)
        return None if raw is None else digest([raw.get(key) for key in ("type", "settings", "timeout", "isDisabled")])

    def written(self, key: ResourceKey) -> str:
        """The environment: its tag can hold a claim on the check."""
        return f"{ResourceKind.ENVIRONMENT} {key.within}".lower()


def _created(project: Project, desired: DesiredResource, place: Raw) -> str:
    """The id of a new check. Raises `StateChangedError` if another one was created at the same time."""
    identifier = str(place["id"])
    body = {**check_types.body(desired), "resource": _reference(place)}
    created = project.connection.send("POST", rest_api.CHECKS, project.route, body)
    project.checks(identifier, fresh=True)
    if any(_is_rival(project, raw, created, place, desired) for raw in _of_kind(project, place, desired)):
        project.connection.send("DELETE", rest_api.CHECKS, {**project.route, "id": str(created["id"])})
        project.checks(identifier, fresh=True)
        raise StateChangedError(f"{desired.key}: another one was created at the same time")
    return str(created["id"])


def _is_rival(project: Project, raw: Raw, created: Raw, place: Raw, desired: DesiredResource) -> bool:
    """Whether a check is an earlier one for the same desired resource."""
    if int(raw["id"]) >= int(created["id"]):
        return False
    if desired.key.name in _UNNAMED:
        return desired.is_met_by(fields_of(raw, desired))
    return _is_managed(project, raw, place, desired.key.name, desired.releases)


def _is_managed(project: Project, raw: Raw, place: Raw, name: str, releases: Sequence[str]) -> bool:
    if name in _UNNAMED:
        has_claim = is_managed(place.get("description"), releases)
        return has_claim and environment.claimed(project, place, name) == str(raw["id"])
    return has_tag(raw, releases) and name_of(raw) == name


def _of_kind(project: Project, place: Raw, desired: DesiredResource) -> list[Raw]:
    return [raw for raw in project.checks(str(place["id"])) if is_of_kind(raw, desired)]


def _reference(place: Raw) -> dict[str, str]:
    return {"type": "environment", "id": str(place["id"]), "name": str(place["name"])}


def _place(project: Project, desired: DesiredResource) -> Raw:
    place = project.environments.find(desired.key.within)
    if place is None:
        raise StateChangedError(f"{desired.key}: environment {desired.key.within} no longer exists")
    return place
