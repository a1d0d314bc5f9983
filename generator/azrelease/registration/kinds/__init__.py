"""Kinds of things in a project: for each, how it is found, made, changed and removed."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from azrelease.registration.kinds import (
    build_validation,
    check,
    environment,
    folder,
    permission,
    pipeline,
    release_definition,
    variable_group,
)
from azrelease.registration.project import Project
from azrelease.registration.resource import ActualResource, DesiredResource, ResourceKind, UnmanagedResource


class Handler(Protocol):
    """What a module of this package does."""

    def prefetch(self, project: Project, things: Sequence[DesiredResource]) -> None:
        """Read what is needed to find many things, a bounded number of requests at a time."""

    def find(self, project: Project, thing: DesiredResource) -> ActualResource | None:
        """What the project has of a thing; None where it is not there."""

    def refresh(self, project: Project, thing: DesiredResource) -> None:
        """Forget what was read of a thing, so that it is read again."""

    def others(
        self, project: Project, things: Sequence[DesiredResource], releases: Sequence[str]
    ) -> Iterable[UnmanagedResource]:
        """Things beside those that are wanted, in the places that these are in."""

    def create(self, project: Project, thing: DesiredResource) -> None:
        """Make it, once."""

    def update(self, project: Project, thing: DesiredResource, found: ActualResource) -> None:
        """Change it to what is wanted, once."""

    def delete(self, project: Project, other: UnmanagedResource) -> None:
        """Remove it, once."""

    def state(self, project: Project, other: UnmanagedResource, *, fresh: bool) -> str | None:
        """What tells whether a thing is as it was, read again if `fresh`; None where it is not there any more."""


HANDLERS: Mapping[ResourceKind, Handler] = {
    ResourceKind.FOLDER: folder,
    ResourceKind.VARIABLE_GROUP: variable_group,
    ResourceKind.ENVIRONMENT: environment,
    ResourceKind.CHECK: check,
    ResourceKind.PIPELINE: pipeline,
    ResourceKind.RELEASE_DEFINITION: release_definition,
    ResourceKind.PERMISSION: permission,
    ResourceKind.BUILD_VALIDATION: build_validation,
}

__all__ = ["HANDLERS", "Handler"]
