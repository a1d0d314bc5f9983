"""The organization, project and repository to work on: from options, the environment, or the git remote."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from azrelease.errors import UserError
from azrelease.registration.checkout import Checkout, checkout_of
from azrelease.registration.connection import organization_url
from azrelease.release.registration import Repository

_PROJECT = "SYSTEM_TEAMPROJECT"


class ProjectTarget(NamedTuple):
    """A project of an organization, and the checkout of the working folder, if there is one."""

    address: str
    project: str
    checkout: Checkout | None
    repository: Repository | None

    def path_in_repository(self, file: Path) -> str:
        """The path of a file from the top of the repository; unchanged if it is outside."""
        try:
            return file.resolve().relative_to(self.checkout.top.resolve() if self.checkout else Path.cwd()).as_posix()
        except ValueError:
            return file.as_posix()


def organization_key(address: str) -> str:
    """A text that is equal for both addresses that an organization of Azure DevOps Services has."""
    match = re.fullmatch(r"https://([^./]+)\.visualstudio\.com", address.lower())
    return f"https://dev.azure.com/{match[1]}" if match else address.lower()


def find_target(
    organization: str | None, project: str | None, folder: Path = Path(), environment: Mapping[str, str] = os.environ
) -> ProjectTarget:
    """The organization and project to work on.

    Args:
        organization: the value of the option.
        project: the value of the option.
        folder: the folder of the release, for its git remote.
        environment: holds `AZURE_DEVOPS_ORG_URL`, `SYSTEM_COLLECTIONURI`, `SYSTEM_TEAMPROJECT`.

    Raises:
        UserError: one of them is unknown.
    """
    checkout = checkout_of(folder)
    remote = checkout.remote if checkout else None
    known = any(environment.get(name) for name in ("AZURE_DEVOPS_ORG_URL", "SYSTEM_COLLECTIONURI"))
    address = organization_url(organization or (None if known or remote is None else remote.address), environment)
    name = project or environment.get(_PROJECT) or (remote.project if remote else None)
    if not name:
        raise UserError(f"the project is unknown: pass --project, or set {_PROJECT}")
    return ProjectTarget(address, name, checkout, _repository(address, name, checkout, environment))


def _repository(
    address: str, project: str, checkout: Checkout | None, environment: Mapping[str, str]
) -> Repository | None:
    """The repository, if it is in this project; the release has to name one of GitHub, with its service connection."""
    remote = checkout.remote if checkout else None
    if remote is not None and remote.type == "azure_repos":
        same_project = (remote.project or "").lower() == project.lower()
        same_organization = remote.address is None or organization_key(remote.address) == organization_key(address)
        return Repository(name=remote.repository) if same_project and same_organization else None
    name = environment.get("BUILD_REPOSITORY_NAME")
    if name and environment.get("BUILD_REPOSITORY_PROVIDER") == "TfsGit":
        return Repository(name=name)
    return None
