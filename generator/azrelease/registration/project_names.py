"""The names of a project that its pipelines use."""

from azrelease.catalog.project_lock import ProjectNames
from azrelease.registration.project import Listing, Project


def names_of_project(project: Project) -> ProjectNames:
    """The names of the environments, service connections, variable groups and pools of a project.

    Raises:
        ServiceError: the project does not exist, or the service does not answer.
    """
    project.check_existence()
    return ProjectNames(
        environments=_names(project.environments),
        service_connections=_names(project.service_connections),
        variable_groups=_names(project.variable_groups),
        pools=_names(project.queues),
    )


def _names(listing: Listing) -> tuple[str, ...]:
    return tuple(sorted((str(item["name"]) for item in listing.items()), key=str.casefold))
