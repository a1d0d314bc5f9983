"""Checks of environments: approvals, gates, branches, hours, templates, locks.

The service lets there be several of one kind. Ours is the one with our mark; without one, a check of somebody else's
that says the same will do, and any other is left alone.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from azrelease.registration import resources
from azrelease.registration.failures import MovedOnError
from azrelease.registration.kinds import check_types, environment
from azrelease.registration.kinds.check_types import LOCK, TEMPLATE, fields_of, has_mark, is_of_kind, name_of
from azrelease.registration.marks import is_marked, parts_of
from azrelease.registration.project import Project
from azrelease.registration.things import TWICE, Found, Key, Kind, Other, Thing, differences

Raw = Mapping[str, Any]

_CLAIMS = {LOCK: "lock", TEMPLATE: "required template"}
"""How the mark of an environment names the checks that can have none."""


def prefetch(project: Project, things: Sequence[Thing]) -> None:
    """Read the checks of all environments that are there."""
    found = (project.environments.find(thing.key.within) for thing in things)
    project.prefetch_checks([str(raw["id"]) for raw in found if raw is not None])


def find(project: Project, thing: Thing) -> Found | None:
    """The check that was made here; else one that does as well."""
    place = project.environments.find(thing.key.within)
    if place is None:
        return None
    there = sorted(_of_kind(project, place, thing), key=lambda raw: int(raw["id"]))
    ours = next((raw for raw in there if _is_ours(raw, place, thing.key.name, thing.releases)), None)
    if ours is not None:
        return Found(fields_of(ours, thing), str(ours["id"]), ours)
    for raw in there:
        if thing.key.name == LOCK and not raw.get("isDisabled"):
            return Found(thing.fields, str(raw["id"]), raw)
        if not any(differences(thing.fields, fields_of(raw, thing))):
            return Found(thing.fields, str(raw["id"]), raw)
    return None


def refresh(project: Project, thing: Thing) -> None:
    """Read the checks of the environment again."""
    place = project.environments.find(thing.key.within)
    if place is not None:
        project.checks(str(place["id"]), fresh=True)


def others(project: Project, things: Sequence[Thing], releases: Sequence[str]) -> Iterable[Other]:
    """Checks of the wanted environments that nobody asks for; of those made here, also the second of two."""
    names = dict.fromkeys(thing.key.within for thing in things if thing.key.kind is Kind.CHECK)
    names |= dict.fromkeys(thing.key.name for thing in things if thing.key.kind is Kind.ENVIRONMENT)
    for name in names:
        place = project.environments.find(name)
        if place is None:
            continue
        wanted = [thing for thing in things if thing.key.kind is Kind.CHECK and thing.key.within == name]
        taken = {found.id for found in (find(project, thing) for thing in wanted) if found is not None}
        for raw in project.checks(str(place["id"])):
            if str(raw["id"]) in taken:
                continue
            title = name_of(raw)
            twice = any(is_of_kind(raw, thing) and title == thing.key.name for thing in wanted)
            ours = _is_ours(raw, place, title, releases)
            note = TWICE if twice and ours else ""
            yield Other(Key(Kind.CHECK, title, name), str(raw["id"]), ours, note)


def create(project: Project, thing: Thing) -> None:
    """Make the check.

    Two of one kind can be made at once, by two that do not know of each other: whoever has the later one removes it.

    Raises:
        MovedOnError: another one was made at the same time.
    """
    place = _place(project, thing)
    identifier = str(place["id"])
    resource = {"type": "environment", "id": identifier, "name": str(place["name"])}
    made = project.connection.send(
        "POST", resources.CHECKS, project.route, {**check_types.body(thing), "resource": resource}
    )
    project.checks(identifier, fresh=True)
    rivals = [raw for raw in _of_kind(project, place, thing) if _is_rival(raw, made, place, thing)]
    if rivals:
        project.connection.send("DELETE", resources.CHECKS, {**project.route, "id": str(made["id"])})
        project.checks(identifier, fresh=True)
        raise MovedOnError(f"{thing.key}: somebody else made one at the same time")


def update(project: Project, thing: Thing, found: Found) -> None:
    """Change the check."""
    place = _place(project, thing)
    resource = {"type": "environment", "id": str(place["id"]), "name": str(place["name"])}
    body = {**check_types.body(thing), "id": int(found.id), "resource": resource}
    project.connection.send("PATCH", resources.CHECKS, {**project.route, "id": found.id}, body)
    project.checks(str(place["id"]), fresh=True)


def delete(project: Project, other: Other) -> None:
    """Remove the check."""
    project.connection.send("DELETE", resources.CHECKS, {**project.route, "id": other.id})
    place = project.environments.find(other.key.within)
    if place is not None:
        project.checks(str(place["id"]), fresh=True)
        if other.key.name in _CLAIMS and not other.note:
            environment.drop_claim(project, str(place["id"]), _CLAIMS[other.key.name])


def _is_rival(raw: Raw, made: Raw, place: Raw, thing: Thing) -> bool:
    """Whether a check was made before ours, for the same thing."""
    if int(raw["id"]) >= int(made["id"]):
        return False
    same = _is_ours(raw, place, thing.key.name, thing.releases) if thing.key.name not in _CLAIMS else True
    return same and (thing.key.name != TEMPLATE or not any(differences(thing.fields, fields_of(raw, thing))))


def _is_ours(raw: Raw, place: Raw, name: str, releases: Sequence[str]) -> bool:
    if name in _CLAIMS:
        text = place.get("description")
        return is_marked(text, releases) and _CLAIMS[name] in parts_of(text)
    return has_mark(raw, releases) and name_of(raw) == name


def _of_kind(project: Project, place: Raw, thing: Thing) -> list[Raw]:
    return [raw for raw in project.checks(str(place["id"])) if is_of_kind(raw, thing)]


def _place(project: Project, thing: Thing) -> Raw:
    place = project.environments.find(thing.key.within)
    if place is None:
        raise MovedOnError(f"{thing.key}: there is no environment {thing.key.within} any more")
    return place
