"""The plan: what differs between what releases want and what the service has. Nothing is changed by it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from azrelease.catalog.tasks import BUILT_IN
from azrelease.ownership import owning_release
from azrelease.registration.desired_state import DesiredState
from azrelease.registration.failures import understood
from azrelease.registration.kinds import HANDLERS, check, permission
from azrelease.registration.kinds.pipeline import PROCESS, YAML_PIPELINE
from azrelease.registration.kinds.release_definition import missing_secrets
from azrelease.registration.kinds.variable_values import VARIABLE, needed_secrets
from azrelease.registration.names import ids_in, names_in, with_names
from azrelease.registration.project import Project
from azrelease.registration.resource import (
    ActualResource,
    DesiredResource,
    FieldChange,
    Prerequisite,
    ResourceKey,
    ResourceKind,
    UnmanagedResource,
    differences,
)
from azrelease.registration.weakening import weakened_by_change, weakened_by_creation, weakened_by_removal


class Action(StrEnum):
    """What is done with a thing."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


class Change(NamedTuple):
    """A change of one thing.

    Attributes:
        fields: the fields that change; of a new thing, those it gets.
        thing: what is wanted; None for a thing that is removed.
        other: the thing that is removed.
        weakens: which controls become weaker, in words.
        secrets: names of secrets whose values it needs.
        notes: what is worth knowing before it is made.
    """

    action: Action
    key: ResourceKey
    fields: tuple[FieldChange, ...] = ()
    thing: DesiredResource | None = None
    other: UnmanagedResource | None = None
    weakens: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class Plan(NamedTuple):
    """What has to change, in the order in which it is done.

    Attributes:
        others: what is there beside, and is left alone.
        missing: what has to be there first; nothing can be applied before.
        things: all that is wanted, also what is there as it should be.
        releases: the names of the releases that want it.
        prune: whether what was made for them, and is not wanted any more, is removed.
        notes: what is worth knowing of what they want.
        names: names by id, of what changes name by id.
    """

    address: str
    project: str
    changes: tuple[Change, ...]
    others: tuple[UnmanagedResource, ...]
    missing: tuple[Prerequisite, ...]
    things: tuple[DesiredResource, ...]
    releases: tuple[str, ...]
    prune: bool
    notes: tuple[str, ...] = ()
    names: Mapping[str, str] = MappingProxyType({})

    @property
    def weakens(self) -> tuple[str, ...]:
        """Every control that becomes weaker."""
        return tuple(with_names(reason, self.names) for change in self.changes for reason in change.weakens)


_CLASSIC = (ResourceKind.VARIABLE_GROUP, ResourceKind.RELEASE_DEFINITION)
"""The kinds of things that a release has which is registered as a classic definition."""

_ADOPTED = (ResourceKind.PIPELINE, ResourceKind.VARIABLE_GROUP, ResourceKind.RELEASE_DEFINITION)
"""Kinds of things that somebody else may have made under the name that a release wants for its own."""


_MOST_FIELDS = 5
"""Fields that are named where somebody's consent is asked for."""


def make_plan(
    project: Project, wanted: DesiredState, releases: Sequence[str], *, prune: bool = False, adopt: bool = False
) -> Plan:
    """Compare what is wanted with what is there.

    Args:
        project: the project.
        wanted: what releases want of it.
        releases: the names of these releases.
        prune: remove what was made for them and is not wanted any more.
        adopt: take over pipelines and variable groups that somebody else made under the names that are wanted.

    Raises:
        ServiceError: the service does not answer, or refuses.
    """
    with understood(project.connection.address):
        return _planned(project, wanted, releases, prune=prune, adopt=adopt)


def _planned(project: Project, wanted: DesiredState, releases: Sequence[str], *, prune: bool, adopt: bool) -> Plan:
    things = tuple(thing._replace(adopt=thing.adopt or adopt) for thing in wanted.things)
    is_classic = any(thing.key.kind is ResourceKind.RELEASE_DEFINITION for thing in things)
    others: list[UnmanagedResource] = []
    for kind, handler in HANDLERS.items():
        if is_classic and kind not in _CLASSIC:
            continue
        of_kind = [thing for thing in things if thing.key.kind is kind]
        handler.prefetch(project, of_kind)
        others.extend(handler.others(project, things if kind is ResourceKind.CHECK else of_kind, releases))
    if prune:
        things = tuple(_pruned(thing, others) for thing in things)
    refused = {thing.key.folded: missing for thing in things if (missing := _not_ours(project, thing)) is not None}
    changes = [change for thing in things if thing.key.folded not in refused for change in compare(project, thing)]
    gone = [other for other in others if prune and other.ours]
    # A variable goes with an update of what it is in.
    changes.extend(_removals(project, [other for other in gone if other.key.kind is not ResourceKind.VARIABLE]))
    return Plan(
        project.connection.address,
        project.name,
        tuple(changes),
        tuple(sorted((other for other in others if other not in gone), key=lambda o: (o.ours, o.key.folded))),
        tuple(dict.fromkeys((*wanted.missing, *refused.values()))),
        things,
        tuple(releases),
        prune,
        wanted.notes,
        _names(project, things, changes),
    )


def _names(project: Project, things: Sequence[DesiredResource], changes: Sequence[Change]) -> Mapping[str, str]:
    """Names by id: of what was read and what is wanted, and of the tasks that changes name."""
    wanted = dict(pair for thing in things for pair in names_in([thing.fields, thing.body]))
    known = {**project.names(), **wanted}
    named = ids_in(json.dumps([change.fields for change in changes], default=str)) - known.keys()
    tasks = {each: reference.partition("@")[0] for each in named if (reference := BUILT_IN.reference(each, 1))}
    return MappingProxyType({**tasks, **known})


def compare(project: Project, thing: DesiredResource) -> Iterator[Change]:
    """The change that makes a thing what is wanted; none if it is that.

    Raises:
        ServiceError: the service does not answer, or refuses.
    """
    found = HANDLERS[thing.key.kind].find(project, thing)
    secrets = tuple(_needed_secrets(thing, found))
    if found is None:
        fields = tuple(FieldChange(name, None, value) for name, value in thing.fields.items())
        weakens = tuple(weakened_by_creation(thing.key))
        notes = tuple(check.beside(project, thing)) if thing.key.kind is ResourceKind.CHECK else ()
        yield Change(Action.CREATE, thing.key, fields, thing, weakens=weakens, secrets=secrets, notes=notes)
        return
    fields = tuple(differences(thing.fields, found.fields, found.leave))
    if fields:
        weakens = tuple(weakened_by_change(thing, found, fields))
        yield Change(Action.UPDATE, thing.key, fields, thing, weakens=weakens, secrets=secrets)


def _needed_secrets(thing: DesiredResource, found: ActualResource | None) -> Iterator[str]:
    if thing.key.kind is ResourceKind.RELEASE_DEFINITION:
        yield from missing_secrets(thing, found.raw if found else {})
    else:
        yield from needed_secrets(thing.fields, found.fields if found else {})


def _not_ours(project: Project, thing: DesiredResource) -> Prerequisite | None:
    """What stands in the way of a thing that somebody else made, and that would have to be changed."""
    if thing.key.kind not in _ADOPTED:
        return None
    found = HANDLERS[thing.key.kind].find(project, thing)
    if found is None:
        return None
    if thing.key.kind is ResourceKind.PIPELINE and found.fields[PROCESS] != YAML_PIPELINE:
        return Prerequisite(
            f"another name for {thing.key}", "There is a pipeline of the designer under it.", thing.releases
        )
    if found.ours or thing.adopt:
        return None
    fields = [change.field for change in differences(thing.fields, found.fields, found.leave)]
    if not fields:
        return None
    owner = owning_release(found.raw.get("description"))
    whose = f"It was made for release {owner}" if owner else "It was not made by azrelease"
    named = ", ".join((*fields[:_MOST_FIELDS], *(["…"] if len(fields) > _MOST_FIELDS else [])))
    hint = f"{whose}, and is other in {named}. Say --adopt to take it over, or choose another name."
    return Prerequisite(f"consent to change {thing.key}", hint, thing.releases)


def _pruned(thing: DesiredResource, others: Sequence[UnmanagedResource]) -> DesiredResource:
    """A thing with those of its variables to go that nobody wants any more.

    A permission is given to its pipeline itself where the one for all pipelines goes.
    """
    if thing.key.kind is ResourceKind.PERMISSION and thing.key.name != permission.ALL:
        goes = ResourceKey(ResourceKind.PERMISSION, permission.ALL, thing.key.within).folded
        is_needed = any(other.ours and other.key.folded == goes for other in others)
        return thing._replace(fields={**thing.fields, permission.ITSELF: True}) if is_needed else thing
    where = f"{thing.key.kind} {thing.key.name}".lower()
    gone = {
        VARIABLE + other.key.name: None
        for other in others
        if other.ours and other.key.kind is ResourceKind.VARIABLE and other.key.within.lower() == where
    }
    return thing._replace(fields={**thing.fields, **gone}) if gone else thing


def _removals(project: Project, others: Sequence[UnmanagedResource]) -> Iterator[Change]:
    """Removals, what is needed by others last."""
    order = list(ResourceKind)
    for other in sorted(others, key=lambda found: -order.index(found.key.kind)):
        state = HANDLERS[other.key.kind].state(project, other, fresh=False)
        known = other._replace(state=state or "")
        yield Change(Action.DELETE, other.key, other=known, weakens=tuple(weakened_by_removal(other)))
