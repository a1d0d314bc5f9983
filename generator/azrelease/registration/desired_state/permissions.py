"""Permissions that the pipeline of a release needs."""

from collections.abc import Iterator

from azrelease.registration.desired_state.context import DesiredStateContext
from azrelease.registration.kinds import permission
from azrelease.registration.resource import DesiredResource, Note, Prerequisite, ResourceKind


def permissions(context: DesiredStateContext) -> Iterator[DesiredResource | Prerequisite | Note]:
    """One permission for each protected resource that its pipeline names."""
    if context.to_register.repository is None:
        return
    named = context.named
    source = context.to_register.repository.service_connection
    for name in dict.fromkeys((*((source,) if source else ()), *named.service_connections)):
        yield from _permitted(context, "service connection", name)
    for name in named.pools:
        yield from _permitted(context, "agent pool", name)
    for name in named.variable_groups:
        yield _permission(context, "variable group", name)
    for name in dict.fromkeys((*(s.environment or s.name for s in context.release.stages), *named.environments)):
        yield _permission(context, "environment", name.partition(".")[0])
    for name in named.repositories:
        yield from _repository(context, name)
    if context.to_register.out_of_reach:
        yield Note(
            f"cannot read {', '.join(context.to_register.out_of_reach)}: no permission is planned for what these "
            f"templates use, and the first run of pipeline {context.to_register.path} asks for it on its page; "
            "name a checkout in the settings (`expand.repositories`)"
        )


def _repository(context: DesiredStateContext, name: str) -> Iterator[DesiredResource | Prerequisite | Note]:
    """A repository of this project has to exist; the token may not see one of another project."""
    project, _, inner = name.rpartition("/")
    if not project or project.lower() == context.project.name.lower():
        yield from _permitted(context, "repository", inner)
    elif context.project.repository(name) is not None:
        yield _permission(context, "repository", name)
    else:
        yield Note(
            f"repository {name} does not exist, or the token may not read it: no permission is planned for it, and "
            f"the first run of pipeline {context.to_register.path} waits up to 7 days for a permission on its page"
        )


def _permitted(context: DesiredStateContext, kind: str, name: str) -> Iterator[DesiredResource | Prerequisite]:
    yield from context.needs(kind, name)
    yield _permission(context, kind, context.name(kind, name))


def _permission(context: DesiredStateContext, kind: str, name: str) -> DesiredResource:
    fields = {permission.AUTHORIZED: True}
    return context.resource(
        ResourceKind.PERMISSION, f"pipeline {context.to_register.path}", fields, permission.place(kind, name)
    )
