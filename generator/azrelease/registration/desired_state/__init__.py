"""The desired state of a project: what its releases ask for, combined."""

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
from azrelease.registration.failures import RefusedError, checked_responses
from azrelease.registration.identities import Identities
from azrelease.registration.kinds.environment import UNNAMED_CHECKS
from azrelease.registration.kinds.variable_values import SECRET, SECRET_AGAIN
from azrelease.registration.project import Project
from azrelease.registration.resource import DesiredResource, Note, Prerequisite, ResourceKind, Value

__all__ = ["DesiredState", "ReleaseToRegister", "desired_state"]


class DesiredState(NamedTuple):
    """The desired resources of releases, in the order in which they are created; what is missing; and remarks."""

    resources: tuple[DesiredResource, ...]
    prerequisites: tuple[Prerequisite, ...]
    notes: tuple[str, ...] = ()


def desired_state(
    project: Project, releases: Sequence[ReleaseToRegister], *, tasks: Tasks = BUILT_IN, secrets_again: bool = False
) -> DesiredState:
    """The desired state of releases.

    Args:
        project: the project, in which names of approvers, service connections and pools are looked up.
        releases: the releases.
        tasks: the tasks of the organization, if they are known.
        secrets_again: whether to set secrets again that the service has.

    Raises:
        UserError: two releases describe different resources of one name.
        ServiceError: the service does not answer, or refuses.
    """
    project.connection.mask(_values_of_secrets(releases))
    with checked_responses(project.connection.address):
        project.check_existence()
        _must_be_readable(project, releases)
        return _combined(project, releases, tasks, SECRET_AGAIN if secrets_again else SECRET)


def _must_be_readable(project: Project, releases: Sequence[ReleaseToRegister]) -> None:
    """Read all lists that `plan` and `apply` need.

    Raises:
        RefusedError: the token may not read some of them; the message names all of these.
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


def _combined(project: Project, releases: Sequence[ReleaseToRegister], tasks: Tasks, secret: Value) -> DesiredState:
    identities = Identities(project.connection)
    identities.prefetch([name for each in releases for name in _approvers(each)])
    resources: dict[tuple[str, str, str], tuple[DesiredResource, str]] = {}
    prerequisites: dict[tuple[str, str], Prerequisite] = {}
    notes: dict[str, None] = {}
    for each in releases:
        for item in _items(DesiredStateContext.of(project, each, identities, tasks, secret)):
            if isinstance(item, Note):
                notes[item.text] = None
            elif isinstance(item, Prerequisite):
                known = prerequisites.get((item.what, item.hint))
                names = (*(known.releases if known else ()), each.release.name)
                prerequisites[item.what, item.hint] = item._replace(releases=tuple(dict.fromkeys(names)))
            else:
                other = resources.get(item.key.folded)
                resources[item.key.folded] = (item, each.file) if other is None else _joined(*other, item, each.file)
    order = list(ResourceKind)
    return DesiredState(
        tuple(resource for resource, _ in sorted(resources.values(), key=lambda item: order.index(item[0].key.kind))),
        tuple(prerequisites.values()),
        tuple(notes),
    )


def _values_of_secrets(releases: Sequence[ReleaseToRegister]) -> Iterator[str]:
    """Values of secrets of releases, from the environment."""
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
    """A resource that two releases ask for. Raises `UserError` if they describe it differently."""
    releases = tuple(dict.fromkeys((*one.releases, *other.releases)))
    if one.key.kind is ResourceKind.ENVIRONMENT:
        unnamed = sorted({*one.fields[UNNAMED_CHECKS], *other.fields[UNNAMED_CHECKS]})
        return one._replace(fields={**one.fields, UNNAMED_CHECKS: unnamed}, releases=releases), file
    if one.fields != other.fields and file == other_file:
        raise UserError(f"{file} describes two different resources that are both the {one.key}: rename one of them")
    if one.fields != other.fields:
        raise UserError(
            f"{file} and {other_file} describe the {one.key} differently: give each its own, or make them equal"
        )
    return one._replace(releases=releases), file


def _items(context: DesiredStateContext) -> Iterator[DesiredResource | Prerequisite | Note]:
    """The desired state of one release, in no order."""
    yield from groups(context)
    if context.to_register.definition is not None:
        yield definition(context, context.to_register.definition)
        return
    yield from environments(context)
    yield from pipelines(context)
    yield from permissions(context)
