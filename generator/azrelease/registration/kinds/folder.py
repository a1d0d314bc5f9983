"""Folders of pipelines. They are made where they are missing, and never removed."""

from collections.abc import Iterable, Sequence

from azrelease.registration import rest_api
from azrelease.registration.project import Project
from azrelease.registration.resource import ActualResource, DesiredResource, UnmanagedResource


def prefetch(project: Project, things: Sequence[DesiredResource]) -> None:
    """Nothing: there is one list of all folders."""


def find(project: Project, thing: DesiredResource) -> ActualResource | None:
    """The folder of that path."""
    found = project.folders.find(thing.key.name)
    return None if found is None else ActualResource({}, thing.key.name, found)


def refresh(project: Project, thing: DesiredResource) -> None:
    """Read the list again."""
    project.folders.forget()


def others(project: Project, things: Sequence[DesiredResource], releases: Sequence[str]) -> Iterable[UnmanagedResource]:
    """None that matter: folders are shared."""
    return ()


def create(project: Project, thing: DesiredResource) -> None:
    """Make the folder."""
    path = thing.key.name
    made = project.connection.send("PUT", rest_api.FOLDERS, project.route, {"path": path}, {"path": path})
    project.folders.put(made)


def update(project: Project, thing: DesiredResource, found: ActualResource) -> None:
    """A folder has nothing to change."""


def delete(project: Project, other: UnmanagedResource) -> None:
    """A folder is never removed."""


def state(project: Project, other: UnmanagedResource, *, fresh: bool) -> str | None:
    """A folder is never removed."""
