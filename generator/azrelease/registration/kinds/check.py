"""Checks of environments: approvals, gates, branches, hours, templates, locks.

The service lets there be several of one kind. Ours is the one with our mark; without one, a check of somebody else's
that says the same will do, and any other is left alone.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from azrelease.ownership import is_managed, owning_release
from azrelease.registration import rest_api
from azrelease.registration.failures import MovedOnError
from azrelease.registration.kinds import check_types, environment
from azrelease.registration.kinds.check_types import APPROVAL, LOCK, TEMPLATE, fields_of, has_mark, is_of_kind, name_of
from azrelease.registration.kinds.digests import digest
from azrelease.registration.project import Project
from azrelease.registration.resource import (
    TWICE,
    ActualResource,
    DesiredResource,
    ResourceKey,
    ResourceKind,
    UnmanagedResource,
    differences,
    must_be_as_wanted,
)

Raw = Mapping[str, Any]

_WITHOUT_NAME = (LOCK, TEMPLATE)


def prefetch(project: Project, things: Sequence[DesiredResource]) -> None:
    """Read the checks of all environments that are there; and who asks, which tells whose a check without a name is."""
    if any(thing.key.name in _WITHOUT_NAME for thing in things):
        project.caller  # noqa: B018  (read, and kept)
    found = (project.environments.find(thing.key.within) for thing in things)
    project.prefetch_checks([str(raw["id"]) for raw in found if raw is not None])


def find(project: Project, thing: DesiredResource) -> ActualResource | None:
    """The check that was made here; else one that does as well."""
    place = project.environments.find(thing.key.within)
    if place is None:
        return None
    there = sorted(_of_kind(project, place, thing), key=lambda raw: int(raw["id"]))
    ours = next((raw for raw in there if _is_ours(project, raw, place, thing.key.name, thing.releases)), None)
    if ours is not None:
        return ActualResource(fields_of(ours, thing), str(ours["id"]), ours)
    for raw in there:
        if not any(differences(thing.fields, fields_of(raw, thing))):
            return ActualResource(thing.fields, str(raw["id"]), raw)
    return None


def beside(project: Project, thing: DesiredResource) -> Iterator[str]:
    """What is said of a new check beside others of its kind: a run needs all of them."""
    place = project.environments.find(thing.key.within)
    for raw in _of_kind(project, place, thing) if place is not None else ():
        if check_types.is_task(thing) and name_of(raw) != thing.key.name:
            continue
        approvers = fields_of(raw, thing)["approvers"] if thing.key.name == APPROVAL else ()
        who = f" by {', '.join(str(each['name']) for each in approvers)}" if approvers else ""
        whose = owning_release((raw.get("settings") or {}).get("instructions"))
        made = f"that was made for release {whose}" if whose else "that azrelease did not make"
        yield (
            f"environment {thing.key.within} has another {thing.key.name}{who}, {made}: it stays, and a run needs both"
        )


def refresh(project: Project, thing: DesiredResource) -> None:
    """Read the checks of the environment again."""
    place = project.environments.find(thing.key.within)
    if place is not None:
        project.checks(str(place["id"]), fresh=True)


def others(project: Project, things: Sequence[DesiredResource], releases: Sequence[str]) -> Iterable[UnmanagedResource]:
    """Checks of the wanted environments that nobody asks for; of those made here, also the second of two."""
    named = [thing.key.within for thing in things if thing.key.kind is ResourceKind.CHECK]
    named += [thing.key.name for thing in things if thing.key.kind is ResourceKind.ENVIRONMENT]
    for name in {each.lower(): each for each in reversed(named)}.values():
        place = project.environments.find(name)
        if place is None:
            continue
        wanted = [t for t in things if t.key.kind is ResourceKind.CHECK and t.key.within.lower() == name.lower()]
        taken = {found.id for found in (find(project, thing) for thing in wanted) if found is not None}
        for raw in project.checks(str(place["id"])):
            if str(raw["id"]) not in taken:
                title = name_of(raw)
                ours = _is_ours(project, raw, place, title, releases)
                twice = ours and any(
                    is_of_kind(raw, thing) and not any(differences(thing.fields, fields_of(raw, thing)))
                    for thing in wanted
                )
                yield UnmanagedResource(
                    ResourceKey(ResourceKind.CHECK, title, name), str(raw["id"]), ours, TWICE if twice else ""
                )


def create(project: Project, thing: DesiredResource) -> None:
    """Make the check, unless it is there by now.

    Two of one kind can be made at once, by two that do not know of each other: whoever has the later one removes it.

    Raises:
        MovedOnError: another one was made at the same time.
    """
    place = _place(project, thing)
    identifier = str(place["id"])
    project.checks(identifier, fresh=True)
    found = find(project, thing)
    if found is not None:
        must_be_as_wanted(thing, found)
    elif thing.key.name in _WITHOUT_NAME:
        environment.announce(project, identifier, thing.key.name, thing.releases)
    made = found.id if found is not None else _made(project, thing, place)
    there = project.environments.by_id(identifier)
    if thing.key.name in _WITHOUT_NAME and there and environment.claimed(project, there, thing.key.name) == made:
        environment.add_claim(project, identifier, thing.key.name, made, thing.releases)


def _made(project: Project, thing: DesiredResource, place: Raw) -> str:
    """The id of a new check.

    Raises:
        MovedOnError: another one was made at the same time.
    """
    identifier = str(place["id"])
    resource = {"type": "environment", "id": identifier, "name": str(place["name"])}
    body = {**check_types.body(thing), "resource": resource}
    made = project.connection.send("POST", rest_api.CHECKS, project.route, body)
    project.checks(identifier, fresh=True)
    if any(_is_rival(project, raw, made, place, thing) for raw in _of_kind(project, place, thing)):
        project.connection.send("DELETE", rest_api.CHECKS, {**project.route, "id": str(made["id"])})
        project.checks(identifier, fresh=True)
        raise MovedOnError(f"{thing.key}: somebody else made one at the same time")
    return str(made["id"])


def update(project: Project, thing: DesiredResource, found: ActualResource) -> None:
    """Change the check."""
    place = _place(project, thing)
    resource = {"type": "environment", "id": str(place["id"]), "name": str(place["name"])}
    body = {**check_types.body(thing, found.raw), "id": int(found.id), "resource": resource}
    project.connection.send("PATCH", rest_api.CHECKS, {**project.route, "id": found.id}, body)
    project.checks(str(place["id"]), fresh=True)


def delete(project: Project, other: UnmanagedResource) -> None:
    """Remove the check."""
    project.connection.send("DELETE", rest_api.CHECKS, {**project.route, "id": other.id})
    place = project.environments.find(other.key.within)
    if place is not None:
        project.checks(str(place["id"]), fresh=True)
        if environment.claims_of(place).get(other.key.name) == other.id:
            environment.drop_claim(project, str(place["id"]), other.key.name)


def state(project: Project, other: UnmanagedResource, *, fresh: bool) -> str | None:
    """What tells whether the check is as it was."""
    place = project.environments.find(other.key.within)
    checks = project.checks(str(place["id"]), fresh=fresh) if place is not None else ()
    raw = next((raw for raw in checks if str(raw["id"]) == other.id), None)
    return None if raw is None else digest([raw.get(key) for key in ("type", "settings", "timeout", "isDisabled")])


def _is_rival(project: Project, raw: Raw, made: Raw, place: Raw, thing: DesiredResource) -> bool:
    """Whether a check was made before ours, for the same thing."""
    if int(raw["id"]) >= int(made["id"]):
        return False
    if thing.key.name in _WITHOUT_NAME:
        return not any(differences(thing.fields, fields_of(raw, thing)))
    return _is_ours(project, raw, place, thing.key.name, thing.releases)


def _is_ours(project: Project, raw: Raw, place: Raw, name: str, releases: Sequence[str]) -> bool:
    if name in _WITHOUT_NAME:
        ours = is_managed(place.get("description"), releases)
        return ours and environment.claimed(project, place, name) == str(raw["id"])
    return has_mark(raw, releases) and name_of(raw) == name


def _of_kind(project: Project, place: Raw, thing: DesiredResource) -> list[Raw]:
    return [raw for raw in project.checks(str(place["id"])) if is_of_kind(raw, thing)]


def _place(project: Project, thing: DesiredResource) -> Raw:
    place = project.environments.find(thing.key.within)
    if place is None:
        raise MovedOnError(f"{thing.key}: there is no environment {thing.key.within} any more")
    return place
