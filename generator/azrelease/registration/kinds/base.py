"""The base class of handlers: what `plan` and `apply` do with the resources of one kind."""

# ruff: noqa: ARG002, B027  (a default uses none of what an override may need)

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import ClassVar

from azrelease.registration.kinds.variable_values import needed_secrets
from azrelease.registration.project import Listing, Project
from azrelease.registration.resource import (
    ActualResource,
    DesiredResource,
    Prerequisite,
    ResourceKey,
    ResourceKind,
    Unmanaged,
    UnmanagedResource,
)


class ResourceHandler(ABC):
    """Handles the resources of one kind in a project.

    A kind needs `listing`, `find` and `create`. The other methods have defaults for the simplest kind: its resources
    are read with one list, have no fields that change, and are never deleted.

    Methods raise `ServiceError` where the service refuses, or does not answer. `create`, `update` and `delete` send
    one change and do not repeat it: `apply` finds out whether a change took effect before it tries again.
    """

    kind: ClassVar[ResourceKind]

    is_classic: ClassVar[bool] = False
    """Whether a release that is registered as a classic release definition has resources of this kind."""

    has_unique_names: ClassVar[bool] = True
    """Whether the service refuses a second resource of the same name. Where not, `create` has to look for one first."""

    def prefetch(self, project: Project, desired: Sequence[DesiredResource]) -> None:
        """Read what `find` needs for many resources, several requests at a time."""

    @abstractmethod
    def find(self, project: Project, desired: DesiredResource) -> ActualResource | None:
        """The resource as the service has it; None if it does not exist."""

    def listing(self, project: Project) -> Listing | None:
        """The list that `find` reads; None for a kind that overrides `refresh`."""
        return None

    def refresh(self, project: Project, desired: DesiredResource) -> None:
        """Discard what was read of a resource, so that `find` reads it again."""
        listing = self.listing(project)
        assert listing is not None, f"{self.kind}: needs `listing` or `refresh`"
        listing.forget()

    def unmanaged(
        self, project: Project, desired: Sequence[DesiredResource], releases: Sequence[str]
    ) -> Iterable[Unmanaged]:
        """Resources and variables that no release asks for, beside the desired ones.

        Args:
            project: the project.
            desired: the desired resources of this kind; for checks, those of all kinds.
            releases: the names of the releases; only what was created for them can be removed.
        """
        return ()

    def obstacle(self, desired: DesiredResource, actual: ActualResource) -> Prerequisite | None:
        """What prevents a change of an existing resource: above all, that azrelease does not manage it."""
        return None

    def notes(self, project: Project, desired: DesiredResource) -> Iterable[str]:
        """What to know before a resource is created."""
        return ()

    def needed_secrets(self, desired: DesiredResource, actual: ActualResource | None) -> Iterable[str]:
        """Names of the secrets whose values a creation or an update needs."""
        return needed_secrets(desired.fields, actual.fields if actual else {})

    @abstractmethod
    def create(self, project: Project, desired: DesiredResource) -> None:
        """Create the resource."""

    def update(self, project: Project, desired: DesiredResource, actual: ActualResource) -> None:
        """Change the resource to what is desired."""

    def pruned(self, desired: DesiredResource, unmanaged: Sequence[Unmanaged]) -> DesiredResource:
        """What is desired of a resource where `--prune` removes the removable ones of `unmanaged`."""
        return desired

    def delete(self, project: Project, resource: UnmanagedResource) -> None:
        """Delete the resource."""

    def fingerprint(self, project: Project, resource: UnmanagedResource, *, fresh: bool) -> str | None:
        """Fingerprint used to detect concurrent changes before a deletion; None if the resource does not exist.

        Args:
            project: the project.
            resource: the resource.
            fresh: whether to read it again.
        """
        return None

    def written(self, key: ResourceKey) -> str:
        """What of the service a change writes, where changes of other resources write it too; else empty.

        `apply` never makes two changes at once that write the same.
        """
        return ""
