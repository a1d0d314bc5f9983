"""Environments. Of one that somebody else made, nothing is changed but the checks that releases ask for."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from azrelease.ownership import is_managed, owned_parts, owning_release, tagged, untagged
from azrelease.registration import rest_api
from azrelease.registration.kinds.check_types import LOCK, TEMPLATE, has_mark, is_lock, is_template
from azrelease.registration.kinds.digests import digest
from azrelease.registration.project import Project
from azrelease.registration.resource import (
    ActualResource,
    DesiredResource,
    ResourceKey,
    ResourceKind,
    UnmanagedResource,
)

Raw = Mapping[str, Any]

DESCRIPTION, SINGLE = "description", "checks without a name"
"""Fields. `checks without a name` can have no mark of their own: that of the environment names them by their ids."""

_TO_COME = "to come"
"""Stands in the place of the id of a check that is about to be made."""

_TESTS = {LOCK: is_lock, TEMPLATE: is_template}


def prefetch(project: Project, things: Sequence[DesiredResource]) -> None:
    """Read the checks of all environments that are there."""
    found = (project.environments.find(thing.key.name) for thing in things)
    project.prefetch_checks([str(raw["id"]) for raw in found if raw is not None])


def find(project: Project, thing: DesiredResource) -> ActualResource | None:
    """The environment of that name."""
    raw = project.environments.find(thing.key.name)
    if raw is None:
        return None
    text, identifier = raw.get("description"), str(raw["id"])
    if not is_managed(text, thing.releases):
        return ActualResource({}, identifier, raw, frozenset(thing.fields))
    forgotten = _forgotten(project, raw, thing)
    single = [kind for kind in thing.fields[SINGLE] if kind not in forgotten]
    return ActualResource({DESCRIPTION: untagged(text), SINGLE: single}, identifier, raw)


def refresh(project: Project, thing: DesiredResource) -> None:
    """Read the list again."""
    project.environments.forget()


def others(project: Project, things: Sequence[DesiredResource], releases: Sequence[str]) -> Iterable[UnmanagedResource]:
    """Environments that were made for these releases, which no longer name them.

    One that has checks of others, or that other pipelines may use, is left to them.
    """
    wanted = {thing.key.name.lower() for thing in things}
    left = [
        raw
        for raw in project.environments.items()
        if str(raw["name"]).lower() not in wanted and is_managed(raw.get("description"), releases)
    ]
    project.prefetch_checks([str(raw["id"]) for raw in left])
    project.prefetch_permissions([("environment", str(raw["id"])) for raw in left])
    for raw in left:
        alone = _is_only_ours(project, raw, releases)
        note = "with its checks, and the history of what was deployed to it" if alone else "others use it as well"
        yield UnmanagedResource(ResourceKey(ResourceKind.ENVIRONMENT, str(raw["name"])), str(raw["id"]), alone, note)


def create(project: Project, thing: DesiredResource) -> None:
    """Make the environment; it says from the start which checks without a name are to follow."""
    parts = [f"{kind} {_TO_COME}" for kind in thing.fields[SINGLE]]
    body = {"name": thing.key.name, "description": tagged(thing.fields[DESCRIPTION], thing.releases[0], parts)}
    project.environments.put(project.connection.send("POST", rest_api.ENVIRONMENTS, project.route, body))


def update(project: Project, thing: DesiredResource, found: ActualResource) -> None:
    """Describe the environment anew."""
    text = found.raw.get("description")
    wanted = thing.fields[SINGLE]
    to_come = {kind: check for kind, check in claims_of(found.raw).items() if check == _TO_COME and kind in wanted}
    claims = {**to_come, **_held(project, found.raw), **_forgotten(project, found.raw, thing)}
    _describe(project, found.raw, thing.fields[DESCRIPTION], owning_release(text) or thing.releases[0], claims)


def delete(project: Project, other: UnmanagedResource) -> None:
    """Remove the environment, and with it its checks."""
    project.connection.send("DELETE", rest_api.ENVIRONMENTS, {**project.route, "environmentId": other.id})
    project.environments.forget()


def state(project: Project, other: UnmanagedResource, *, fresh: bool) -> str | None:
    """What tells whether the environment, its checks and who may use it are as they were."""
    if fresh:
        project.environments.forget()
    raw = project.environments.by_id(other.id)
    if raw is None:
        return None
    permission = project.permission("environment", other.id, fresh=fresh)
    checks = [_without_times(check) for check in project.checks(other.id, fresh=fresh)]
    return digest([raw.get("name"), raw.get("description"), checks, permission.get("pipelines")])


def claims_of(raw: Raw) -> dict[str, str]:
    """The checks without a name that were made here: their ids, by what they are."""
    parts = owned_parts(raw.get("description"))
    return {kind: part.removeprefix(f"{kind} ") for kind in _TESTS for part in parts if part.startswith(f"{kind} ")}


def claimed(project: Project, raw: Raw, kind: str) -> str:
    """The id of the check without a name that was made here; empty where there is none.

    One whose note was lost when an apply was cut off is known by its announcement and by who made it.
    """
    noted = claims_of(raw).get(kind, "")
    there = {str(check["id"]): check for check in project.checks(str(raw["id"]))}
    if noted in there:
        return noted
    announced = (
        int(identifier)
        for identifier, check in there.items()
        if noted == _TO_COME and _TESTS[kind](check) and _is_made_by_caller(project, check)
    )
    return str(max(announced, default=""))


def announce(project: Project, environment: str, kind: str, releases: Sequence[str]) -> None:
    """Take note that a check without a name is about to be made."""
    raw = project.environments.by_id(environment)
    if raw is not None and is_managed(raw.get("description"), releases) and claims_of(raw).get(kind) != _TO_COME:
        _redescribe(project, raw, {**_held(project, raw), kind: _TO_COME})


def add_claim(project: Project, environment: str, kind: str, check: str, releases: Sequence[str]) -> None:
    """Take note of a check that was made here, in the mark of an environment that was made here, too."""
    raw = project.environments.by_id(environment)
    if raw is not None and is_managed(raw.get("description"), releases) and claims_of(raw).get(kind) != check:
        _redescribe(project, raw, {**_held(project, raw), kind: check})


def drop_claim(project: Project, environment: str, kind: str) -> None:
    """Take note that a check that was made here is there no longer."""
    raw = project.environments.by_id(environment)
    if raw is not None and kind in claims_of(raw):
        _redescribe(project, raw, {name: check for name, check in claims_of(raw).items() if name != kind})


def _held(project: Project, raw: Raw) -> dict[str, str]:
    """The claims whose checks are there, or to come."""
    there = {_TO_COME, *(str(check["id"]) for check in project.checks(str(raw["id"])))}
    return {kind: check for kind, check in claims_of(raw).items() if check in there}


def _forgotten(project: Project, raw: Raw, thing: DesiredResource) -> dict[str, str]:
    """Checks without a name that we made, whose note was lost when an apply was cut off."""
    found = {kind: claimed(project, raw, kind) for kind in thing.fields[SINGLE]}
    noted = claims_of(raw)
    return {kind: check for kind, check in found.items() if check and check != noted.get(kind)}


def _is_made_by_caller(project: Project, check: Raw) -> bool:
    return str((check.get("createdBy") or {}).get("id")) == project.caller


def _is_only_ours(project: Project, raw: Raw, releases: Sequence[str]) -> bool:
    """Whether nobody else uses an environment: no check, no pipeline and no machine of others."""
    identifier = str(raw["id"])
    ours = {check for check in claims_of(raw).values() if check != _TO_COME}
    if any(not has_mark(check, releases) and str(check["id"]) not in ours for check in project.checks(identifier)):
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


def _redescribe(project: Project, raw: Raw, claims: Mapping[str, str]) -> None:
    text = raw.get("description")
    _describe(project, raw, untagged(text), owning_release(text) or "", claims)


def _describe(project: Project, raw: Raw, text: str, release: str, claims: Mapping[str, str]) -> None:
    parts = [f"{kind} {check}" for kind, check in claims.items()]
    body = {"name": raw["name"], "description": tagged(text, release, parts)}
    route = {**project.route, "environmentId": str(raw["id"])}
    project.environments.put(project.connection.send("PATCH", rest_api.ENVIRONMENTS, route, body))


def _without_times(check: Raw) -> Raw:
    return {key: check.get(key) for key in ("id", "type", "settings", "timeout", "isDisabled")}
