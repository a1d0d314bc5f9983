"""What several releases want of a project, put together."""

import os
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from azrelease.catalog.tasks import BUILT_IN, Tasks
from azrelease.errors import UserError
from azrelease.registration.credentials import secret_variable
from azrelease.registration.desired_state.context import DesiredStateContext, ReleaseToRegister
from azrelease.registration.desired_state.environments import environments
from azrelease.registration.desired_state.groups import groups
from azrelease.registration.desired_state.permissions import permissions
from azrelease.registration.desired_state.pipelines import definition, pipelines
from azrelease.registration.failures import RefusedError, understood
from azrelease.registration.identities import Identities
from azrelease.registration.kinds.environment import SINGLE
from azrelease.registration.kinds.variable_values import SECRET, SECRET_AGAIN
from azrelease.registration.project import Project
from azrelease.registration.resource import DesiredResource, Note, Prerequisite, ResourceKind, Value


class DesiredState(NamedTuple):
    """What releases want, what of it cannot be had, and what is worth knowing."""

    things: tuple[DesiredResource, ...]
    missing: tuple[Prerequisite, ...]
    notes: tuple[str, ...] = ()


def desired_state(
    project: Project, releases: Sequence[ReleaseToRegister], *, tasks: Tasks = BUILT_IN, secrets_again: bool = False
) -> DesiredState:
    """What releases want of a project, in the order in which it is made.

    Args:
        project: the project, which is asked for names of people, connections and pools.
        releases: the releases.
        tasks: the tasks of the organization, where they are known.
        secrets_again: whether secrets that the service has are to be set again.

    Raises:
        UserError: two releases want different things of one name.
        ServiceError: the service does not answer, or refuses.
    """
    project.connection.hide(_values_of_secrets(releases))
    with understood(project.connection.address):
        project.must_be_there()
        _must_be_readable(project, releases)
        return _put_together(project, releases, tasks, SECRET_AGAIN if secrets_again else SECRET)


def _must_be_readable(project: Project, releases: Sequence[ReleaseToRegister]) -> None:
    """Read all lists that a plan, and what is applied of it, needs.

    Raises:
        RefusedError: the token may not read some of them; all of these are named.
    """
    lists = [project.service_connections, project.variable_groups]
    if any(each.definition is None for each in releases):
        lists += [project.environments, project.pipelines, project.queues, project.repositories, project.policies]
        lists += [project.folders] if any(each.release.folder for each in releases) else []
    if any(each.definition is not None for each in releases):
        lists.append(project.release_definitions)
    refusals = project.refusals(lists)
    if refusals:
        raise RefusedError("\n".join(dict.fromkeys(map(str, refusals))), refusals[0].status)


def _put_together(project: Project, releases: Sequence[ReleaseToRegister], tasks: Tasks, secret: Value) -> DesiredState:
    identities = Identities(project.connection)
    identities.prefetch([name for each in releases for name in _approvers(each)])
    things: dict[tuple[str, str, str], tuple[DesiredResource, str]] = {}
    missing: dict[tuple[str, str], Prerequisite] = {}
    notes: dict[str, None] = {}
    for each in releases:
        for found in _wishes(DesiredStateContext.of(project, each, identities, tasks, secret)):
            if isinstance(found, Note):
                notes[found.text] = None
            elif isinstance(found, Prerequisite):
                known = missing.get((found.what, found.hint))
                names = (*(known.releases if known else ()), each.release.name)
                missing[found.what, found.hint] = found._replace(releases=tuple(dict.fromkeys(names)))
            else:
                other = things.get(found.key.folded)
                things[found.key.folded] = (found, each.file) if other is None else _joined(*other, found, each.file)
    order = list(ResourceKind)
    return DesiredState(
        tuple(thing for thing, _ in sorted(things.values(), key=lambda item: order.index(item[0].key.kind))),
        tuple(missing.values()),
        tuple(notes),
    )


def _values_of_secrets(releases: Sequence[ReleaseToRegister]) -> Iterator[str]:
    """Values that the environment has for secrets of releases."""
    for each in releases:
        for name in each.secrets:
            value = os.environ.get(secret_variable(name))
            if value:
                yield value


def _approvers(each: ReleaseToRegister) -> Iterator[str]:
    if each.definition is None:
        for stage in each.release.stages:
            if stage.environment_check is not None:
                yield from stage.environment_check.approvers


def _joined(one: DesiredResource, file: str, other: DesiredResource, other_file: str) -> tuple[DesiredResource, str]:
    """A thing that two releases want.

    Raises:
        UserError: they want different things of it.
    """
    releases = tuple(dict.fromkeys((*one.releases, *other.releases)))
    if one.key.kind is ResourceKind.ENVIRONMENT:
        single = sorted({*one.fields[SINGLE], *other.fields[SINGLE]})
        return one._replace(fields={**one.fields, SINGLE: single}, releases=releases), file
    if one.fields != other.fields and file == other_file:
        raise UserError(f"{file} wants two different things that are both the {one.key}: give one another name")
    if one.fields != other.fields:
        raise UserError(
            f"{file} and {other_file} want different things of the {one.key}: give each its own, or make them alike"
        )
    return one._replace(releases=releases), file


def _wishes(context: DesiredStateContext) -> Iterator[DesiredResource | Prerequisite | Note]:
    """What one release wants, in no order."""
    yield from groups(context)
    if context.wanted.definition is not None:
        yield definition(context, context.wanted.definition)
        return
    yield from environments(context)
    yield from pipelines(context)
    yield from permissions(context)
