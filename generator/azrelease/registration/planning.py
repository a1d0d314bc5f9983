"""The plan: how the actual state of a project differs from the desired one. Making it changes nothing."""

import json
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from azrelease.catalog.tasks import BUILT_IN
from azrelease.registration.desired_state import DesiredState
from azrelease.registration.failures import checked_responses
from azrelease.registration.kinds import HANDLERS
from azrelease.registration.names import ids_in, names_in, with_names
from azrelease.registration.project import Project
from azrelease.registration.resource import (
    ActualResource,
    DesiredResource,
    FieldChange,
    Prerequisite,
    ResourceKey,
    ResourceKind,
    Unmanaged,
    UnmanagedResource,
    differences,
)
from azrelease.registration.weakening import weakened_by_change, weakened_by_creation, weakened_by_removal


class Action(StrEnum):
    """What a change does."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


class Change(NamedTuple):
    """A change of one resource.

    Attributes:
        fields: the fields that change; of a new resource, those it gets.
        desired: the desired resource; None for a removal.
        removed: the resource that is removed.
        weakens: the controls that it weakens, as sentences.
        secrets: names of the secrets whose values it needs.
        notes: remarks for the user.
    """

    action: Action
    key: ResourceKey
    fields: tuple[FieldChange, ...] = ()
    desired: DesiredResource | None = None
    removed: UnmanagedResource | None = None
    weakens: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class Plan(NamedTuple):
    """The changes that releases need, in their order.

    Attributes:
        unmanaged: what else exists and stays as it is.
        prerequisites: what has to exist first; until then, nothing can be applied.
        resources: all desired resources, also those without a change.
        releases: the names of the releases.
        prune: whether resources that azrelease created for them, and they no longer ask for, are removed.
        notes: remarks for the user.
        names: names by id, of the ids in changes.
    """

    address: str
    project: str
    changes: tuple[Change, ...]
    unmanaged: tuple[Unmanaged, ...]
    prerequisites: tuple[Prerequisite, ...]
    resources: tuple[DesiredResource, ...]
    releases: tuple[str, ...]
    prune: bool
    notes: tuple[str, ...] = ()
    names: Mapping[str, str] = MappingProxyType({})

    @property
    def weakens(self) -> tuple[str, ...]:
        """Every control that it weakens."""
        return tuple(with_names(reason, self.names) for change in self.changes for reason in change.weakens)


def make_plan(
    project: Project, desired: DesiredState, releases: Sequence[str], *, prune: bool = False, adopt: bool = False
) -> Plan:
    """Compare the desired state with the actual one.

    Args:
        project: the project.
        desired: the desired state.
        releases: the names of its releases.
        prune: remove what azrelease created for them and they no longer ask for.
        adopt: take over resources that have a desired name and that azrelease does not manage.

    Raises:
        ServiceError: the service does not answer, or refuses.
    """
    with checked_responses(project.connection.address):
        return _plan(project, desired, releases, prune=prune, adopt=adopt)


def _plan(project: Project, desired: DesiredState, releases: Sequence[str], *, prune: bool, adopt: bool) -> Plan:
    resources = tuple(each._replace(adopt=each.adopt or adopt) for each in desired.resources)
    is_classic = any(each.key.kind is ResourceKind.RELEASE_DEFINITION for each in resources)
    unmanaged: list[Unmanaged] = []
    for kind, handler in HANDLERS.items():
        if is_classic and not handler.is_classic:
            continue
        of_kind = [each for each in resources if each.key.kind is kind]
        handler.prefetch(project, of_kind)
        unmanaged.extend(handler.unmanaged(project, resources if kind is ResourceKind.CHECK else of_kind, releases))
    if prune:
        resources = tuple(HANDLERS[each.key.kind].pruned(each, unmanaged) for each in resources)
    changes: list[Change] = []
    obstacles: list[Prerequisite] = []
    for each in resources:
        handler = HANDLERS[each.key.kind]
        actual = handler.find(project, each)
        obstacle = handler.obstacle(each, actual) if actual else None
        if obstacle is None:
            changes.extend(_changes(project, each, actual))
        else:
            obstacles.append(obstacle)
    removed = [each for each in unmanaged if prune and each.removable]
    # A variable is removed with an update of the resource that holds it.
    changes.extend(_removals(project, [each for each in removed if isinstance(each, UnmanagedResource)]))
    return Plan(
        project.connection.address,
        project.name,
        tuple(changes),
        tuple(sorted((u for u in unmanaged if u not in removed), key=lambda u: (u.removable, u.key.folded))),
        tuple(dict.fromkeys((*desired.prerequisites, *obstacles))),
        resources,
        tuple(releases),
        prune,
        desired.notes,
        _names(project, resources, changes),
    )


def _names(project: Project, desired: Sequence[DesiredResource], changes: Sequence[Change]) -> Mapping[str, str]:
    """Names by id: those that the service returned, those in desired resources, and those of tasks in changes."""
    known = {**project.names(), **dict(pair for each in desired for pair in names_in([each.fields, each.body]))}
    unknown = ids_in(json.dumps([change.fields for change in changes], default=str)) - known.keys()
    tasks = {each: reference.partition("@")[0] for each in unknown if (reference := BUILT_IN.reference(each, 1))}
    return MappingProxyType({**tasks, **known})


def _changes(project: Project, desired: DesiredResource, actual: ActualResource | None) -> Iterator[Change]:
    """The creation or the update of a resource; none if it is as desired."""
    handler, key = HANDLERS[desired.key.kind], desired.key
    secrets = tuple(handler.needed_secrets(desired, actual))
    if actual is None:
        fields = tuple(FieldChange(name, None, value) for name, value in desired.fields.items())
        weakens, notes = tuple(weakened_by_creation(key)), tuple(handler.notes(project, desired))
        yield Change(Action.CREATE, key, fields, desired, weakens=weakens, secrets=secrets, notes=notes)
        return
    fields = tuple(differences(desired.fields, actual.fields, actual.unmanaged_fields))
    if fields:
        weakens = tuple(weakened_by_change(desired, actual, fields))
        yield Change(Action.UPDATE, key, fields, desired, weakens=weakens, secrets=secrets)


def _removals(project: Project, resources: Sequence[UnmanagedResource]) -> Iterator[Change]:
    """Removals: what other resources need comes last."""
    order = list(ResourceKind)
    for each in sorted(resources, key=lambda each: -order.index(each.key.kind)):
        fingerprint = HANDLERS[each.key.kind].fingerprint(project, each, fresh=False)
        removed = each._replace(fingerprint=fingerprint or "")
        yield Change(Action.DELETE, each.key, removed=removed, weakens=tuple(weakened_by_removal(each)))
