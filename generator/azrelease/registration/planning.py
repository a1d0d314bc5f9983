"""The plan: what differs between what releases want and what the service has. Nothing is changed by it."""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple

from azrelease.registration.kinds import HANDLERS, Handler
from azrelease.registration.kinds.variable_values import VARIABLE, needed_secrets
from azrelease.registration.project import Project
from azrelease.registration.things import FieldChange, Found, Key, Kind, Missing, Other, Thing, differences
from azrelease.registration.weakening import weakened_by_change, weakened_by_creation, weakened_by_removal
from azrelease.registration.wishes import Wanted


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
    """

    action: Action
    key: Key
    fields: tuple[FieldChange, ...] = ()
    thing: Thing | None = None
    other: Other | None = None
    weakens: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()


class Plan(NamedTuple):
    """What has to change, in the order in which it is done.

    Attributes:
        others: what is there beside, and is left alone.
        missing: what has to be there first; nothing can be applied before.
    """

    address: str
    project: str
    changes: tuple[Change, ...]
    others: tuple[Other, ...]
    missing: tuple[Missing, ...]
    things: tuple[Thing, ...]

    @property
    def weakens(self) -> tuple[str, ...]:
        """Every control that becomes weaker."""
        return tuple(reason for change in self.changes for reason in change.weakens)


def make_plan(project: Project, wanted: Wanted, releases: Sequence[str], *, prune: bool = False) -> Plan:
    """Compare what is wanted with what is there.

    Args:
        project: the project.
        wanted: what releases want of it.
        releases: the names of these releases.
        prune: remove what was made for them and is not wanted any more.

    Raises:
        ServiceError: the service does not answer, or refuses.
    """
    by_kind = {kind: [thing for thing in wanted.things if thing.key.kind is kind] for kind in Kind}
    others: list[Other] = []
    for kind, handler in HANDLERS.items():
        handler.prefetch(project, by_kind[kind])
        around = wanted.things if kind is Kind.CHECK else by_kind[kind]
        others.extend(_others(handler, project, around, releases, kind))
    things = [_pruned(thing, others) for thing in wanted.things] if prune else wanted.things
    changes = [change for thing in things for change in compare(project, thing)]
    removed = [other for other in others if prune and other.ours and not other.key.name.startswith("variable ")]
    changes.extend(_removals(removed))
    left = [other for other in others if other not in removed and not (prune and other.ours)]
    return Plan(
        project.connection.address,
        project.name,
        tuple(changes),
        tuple(sorted(left, key=lambda other: (other.ours, other.key.folded))),
        wanted.missing,
        tuple(things),
    )


def compare(project: Project, thing: Thing) -> Iterator[Change]:
    """The change that makes a thing what is wanted; none if it is that.

    Raises:
        ServiceError: the service does not answer, or refuses.
    """
    found = HANDLERS[thing.key.kind].find(project, thing)
    if found is None:
        fields = tuple(FieldChange(name, None, value) for name, value in thing.fields.items())
        secrets = tuple(needed_secrets(thing.fields, {}))
        yield Change(
            Action.CREATE, thing.key, fields, thing, weakens=tuple(weakened_by_creation(thing.key)), secrets=secrets
        )
        return
    fields = tuple(differences(thing.fields, found.fields, found.leave))
    if fields:
        yield Change(
            Action.UPDATE,
            thing.key,
            fields,
            thing,
            weakens=tuple(weakened_by_change(thing.key, fields)),
            secrets=tuple(_secrets(thing, found)),
        )


def _secrets(thing: Thing, found: Found) -> Iterator[str]:
    yield from needed_secrets(thing.fields, found.fields)


def _others(
    handler: Handler, project: Project, things: Sequence[Thing], releases: Sequence[str], kind: Kind
) -> Iterator[Other]:
    if kind is Kind.RELEASE_DEFINITION and not things:
        return
    yield from handler.others(project, things, releases)


def _pruned(thing: Thing, others: Sequence[Other]) -> Thing:
    """A thing with those of its variables to go that nobody wants any more."""
    gone = {
        VARIABLE + other.key.name.removeprefix("variable "): None
        for other in others
        if other.ours and other.key.kind is thing.key.kind and other.key.within.casefold() == thing.key.name.casefold()
    }
    return thing._replace(fields={**thing.fields, **gone}) if gone and thing.key.kind is not Kind.CHECK else thing


def _removals(others: Sequence[Other]) -> Iterator[Change]:
    """Removals, what is needed by others last."""
    order = list(Kind)
    for other in sorted(others, key=lambda found: -order.index(found.key.kind)):
        yield Change(Action.DELETE, other.key, other=other, weakens=tuple(weakened_by_removal(other)))
