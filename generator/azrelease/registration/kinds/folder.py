"""Folders of pipelines. They are created if they are missing, and never removed, since they are shared."""

from azrelease.registration import rest_api
from azrelease.registration.kinds.base import ResourceHandler
from azrelease.registration.project import Listing, Project
from azrelease.registration.resource import ActualResource, DesiredResource, ResourceKind


class FolderHandler(ResourceHandler):
    """Handles folders of pipelines."""

    kind = ResourceKind.FOLDER

    def find(self, project: Project, desired: DesiredResource) -> ActualResource | None:
        """The folder of that path."""
        raw = project.folders.find(desired.key.name)
        return None if raw is None else ActualResource({}, desired.key.name, raw)

    def listing(self, project: Project) -> Listing:
        """The folders of the project."""
        return project.folders

    def create(self, project: Project, desired: DesiredResource) -> None:
        """Create the folder."""
        path = desired.key.name
        created = project.connection.send("PUT", rest_api.FOLDERS, project.route, {"path": path}, {"path": path})
        project.folders.put(created)
