"""Environments. Of one that somebody else made, nothing is changed but the checks that releases ask for."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from azrelease.registration import resources
from azrelease.registration.kinds.check_types import is_lock, is_template
from azrelease.registration.marks import is_marked, marked, parts_of, plain, release_of
from azrelease.registration.project import Project
from azrelease.registration.things import Found, Key, Kind, Other, Thing

DESCRIPTION, SINGLE = "description", "checks without a name"
"""Fields. `checks without a name` can have no mark of their own: that of the environment names them."""


def prefetch(project: Project, things: Sequence[Thing]) -> None:
    """Read the checks of all environments that are there."""
    found = (project.environments.find(thing.key.name) for thing in things)
    project.prefetch_checks([str(raw["id"]) for raw in found if raw is not None])


def find(project: Project, thing: Thing) -> Found | None:
    """The environment of that name."""
    raw = project.environments.find(thing.key.name)
    if raw is None:
        return None
    text = str(raw.get("description") or "")
    identifier = str(raw["id"])
    if not is_marked(text, thing.releases):
        return Found({}, identifier, raw, frozenset(thing.fields))
    claims = parts_of(text)
    wanted = _claims(project, identifier, claims, frozenset(thing.fields[SINGLE]))
    fields = {
        DESCRIPTION: plain(text),
        SINGLE: thing.fields[SINGLE] if claims == wanted else sorted(claims),
    }
    return Found(fields, identifier, raw)


def refresh(project: Project, thing: Thing) -> None:
    """Read the list again."""
    project.environments.forget()


def others(project: Project, things: Sequence[Thing], releases: Sequence[str]) -> Iterable[Other]:
    """Environments that were made for these releases, which no longer name them."""
    wanted = {thing.key.name.casefold() for thing in things}
    for raw in project.environments.items():
        name, text = str(raw["name"]), raw.get("description")
        if name.casefold() not in wanted and is_marked(text, releases):
            note = "with its checks, and the history of what was deployed to it"
            yield Other(Key(Kind.ENVIRONMENT, name), str(raw["id"]), ours=True, note=note)


def create(project: Project, thing: Thing) -> None:
    """Make the environment."""
    body = {"name": thing.key.name, **_body(thing, thing.releases[0], frozenset(thing.fields[SINGLE]))}
    project.environments.put(project.connection.send("POST", resources.ENVIRONMENTS, project.route, body))


def update(project: Project, thing: Thing, found: Found) -> None:
    """Describe the environment anew."""
    text = found.raw.get("description")
    claims = _claims(project, found.id, parts_of(text), frozenset(thing.fields[SINGLE]), fresh=True)
    body = {"name": found.raw["name"], **_body(thing, release_of(text) or thing.releases[0], claims)}
    route = {**project.route, "environmentId": found.id}
    project.environments.put(project.connection.send("PATCH", resources.ENVIRONMENTS, route, body))


def delete(project: Project, other: Other) -> None:
    """Remove the environment, and with it its checks."""
    project.connection.send("DELETE", resources.ENVIRONMENTS, {**project.route, "environmentId": other.id})
    project.environments.forget()


def drop_claim(project: Project, environment: str, part: str) -> None:
    """Take note, in the environment's own mark, that a check that was made here is there no longer."""
    raw = next((raw for raw in project.environments.items() if str(raw["id"]) == environment), None)
    text = str(raw.get("description") or "") if raw else ""
    if raw is None or part not in parts_of(text):
        return
    body = {"name": raw["name"], "description": marked(plain(text), release_of(text) or "", parts_of(text) - {part})}
    route = {**project.route, "environmentId": environment}
    project.environments.put(project.connection.send("PATCH", resources.ENVIRONMENTS, route, body))


def _claims(
    project: Project, identifier: str, claimed: frozenset[str], stated: frozenset[str], *, fresh: bool = False
) -> frozenset[str]:
    """The checks without a name that the mark has to name: those that were made here, and those that will be."""
    checks = project.checks(identifier, fresh=fresh)
    there = frozenset(
        name for name, test in (("lock", is_lock), ("required template", is_template)) if any(map(test, checks))
    )
    return (claimed & there) | (stated - (there - claimed))


def _body(thing: Thing, release: str, claims: frozenset[str]) -> Mapping[str, Any]:
    return {"description": marked(thing.fields[DESCRIPTION], release, claims)}
