"""What the pipeline of a release has to be allowed to use."""

from collections.abc import Iterator

from azrelease.registration.kinds import permission
from azrelease.registration.things import Kind, Missing, Thing
from azrelease.registration.wishes.context import Context


def permissions(context: Context) -> Iterator[Thing | Missing]:
    """One permission for each thing that its pipeline names."""
    if context.wanted.repository is None:
        return
    named = context.named
    source = context.wanted.repository.service_connection
    for name in dict.fromkeys((*((source,) if source else ()), *named.service_connections)):
        yield from _permitted(context, "service connection", name)
    for name in named.pools:
        yield from _permitted(context, "agent pool", name)
    for name in named.variable_groups:
        yield _permission(context, "variable group", name)
    for name in dict.fromkeys((*(s.environment or s.name for s in context.release.stages), *named.environments)):
        yield _permission(context, "environment", name.partition(".")[0])
    for name in named.repositories:
        if "/" not in name:
            yield from _permitted(context, "repository", name)


def _permitted(context: Context, kind: str, name: str) -> Iterator[Thing | Missing]:
    yield from context.needs(kind, name)
    yield _permission(context, kind, name)


def _permission(context: Context, kind: str, name: str) -> Thing:
    fields = {permission.AUTHORIZED: True}
    return context.thing(Kind.PERMISSION, f"pipeline {context.wanted.path}", fields, permission.place(kind, name))
