"""What a branch of the repository has, which is what the service runs."""

from azrelease.registration import resources
from azrelease.registration.failures import NotFoundError
from azrelease.registration.project import Project


def file_on_branch(project: Project, repository: str, branch: str, path: str) -> str | None:
    """The text of a file on a branch of a repository in Azure Repos; None where it is not there.

    Raises:
        ServiceError: the service does not answer, or refuses.
    """
    found = project.repositories.find(repository)
    if found is None:
        return None
    route = {**project.route, "repositoryId": str(found["id"])}
    version = {"versionDescriptor.version": branch, "versionDescriptor.versionType": "branch"}
    query = {"path": f"/{path.lstrip('/')}", "includeContent": "true", **version}
    try:
        item = project.connection.get(resources.ITEMS, route, query)
    except NotFoundError:
        return None
    return str(item.get("content") or "") if isinstance(item, dict) else None
