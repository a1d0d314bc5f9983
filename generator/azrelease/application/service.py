"""The project of Azure DevOps that a command works on."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from azrelease.registration import Project, ProjectTarget, RetryPolicy, connect, find_target


class ServiceOptions(NamedTuple):
    """Which project to ask; what is None comes from the environment or the git remote.

    Attributes:
        organization: the address of the organization.
        project: the name of the project.
        timeout: seconds to wait for an answer.
    """

    organization: str | None = None
    project: str | None = None
    timeout: float = 60

    def target(self, files: Sequence[Path] = ()) -> ProjectTarget:
        """The project for release files; the git remote of the folder of the first one may name it.

        Raises:
            UserError: organization or project are not known.
        """
        first = files[0] if files else Path()
        return find_target(self.organization, self.project, first if first.is_dir() else first.parent)

    def connect(self, target: ProjectTarget) -> Project:
        """The project, with the credentials of the environment.

        Raises:
            UserError: there are no credentials.
        """
        return Project(connect(target.address, retry_policy=RetryPolicy(timeout=self.timeout)), target.project)
