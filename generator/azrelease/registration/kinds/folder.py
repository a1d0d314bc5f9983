"""Folders of pipelines. They are made where they are missing, and never removed."""

from collections.abc import Iterable, Sequence

from azrelease.registration import resources
from azrelease.registration.project import Project
from azrelease.registration.things import Found, Other, Thing


def prefetch(project: Project, things: Sequence[Thing]) -> None:
    """Nothing: there is one list of all folders."""


def find(project: Project, thing: Thing) -> Found | None:
    """The folder of that path."""
    found = project.folders.find(thing.key.name)
    return None if found is None else Found({}, thing.key.name, found)


def refresh(project: Project, thing: Thing) -> None:
    """Read the list again."""
    project.folders.forget()


def others(project: Project, things: Sequence[Thing], releases: Sequence[str]) -> Iterable[Other]:
    """None that matter: folders are shared."""
    return ()


def create(project: Project, thing: Thing) -> None:
    """Make the folder."""
    path = thing.key.name
    made = project.connection.send("PUT", resources.FOLDERS, project.route, {"path": path}, {"path": path})
    project.folders.put(made)


def update(project: Project, thing: Thing, found: Found) -> None:
    """A folder has nothing to change."""


def delete(project: Project, other: Other) -> None:
    """A folder is never removed."""


def state(project: Project, other: Other, *, fresh: bool) -> str | None:
    """A folder is never removed."""
