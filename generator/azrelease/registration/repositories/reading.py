"""Repositories in Azure Repos: their branches and files.

Functions raise `ServiceError` if the service refuses, or does not answer.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from azrelease.errors import UserError
from azrelease.registration import rest_api
from azrelease.registration.failures import NotFoundError
from azrelease.registration.project import Project, reads_responses
from azrelease.registration.repositories.file import File
from azrelease.suggestions import suggestion

HEADS = "refs/heads/"
_INVALID_BRANCH = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|//|@\{|^[-/]|/$|\.$|^@$|(?:^|/)\.|\.lock(?:/|$)")
"""What the name of a branch must not contain (git-scm.com/docs/git-check-ref-format)."""


class GitRepository(NamedTuple):
    """A repository.

    Attributes:
        web: its page.
        default_branch: its default branch; None if it is empty.
    """

    id: str
    name: str
    web: str
    default_branch: str | None


def branch_problem(name: str) -> str | None:
    """Why a name is not valid for a branch; None if it is."""
    if not name or _INVALID_BRANCH.search(name):
        return f"`{name}` is an invalid branch name"
    return None


@reads_responses
def find_repository(project: Project, name: str) -> GitRepository:
    """A repository of the project.

    Raises:
        UserError: there is none of that name.
    """
    raw = project.repositories.find(name)
    if raw is None:
        hint = suggestion(name, (str(each.get("name")) for each in project.repositories.items()))
        text = f"{project.name} has no repository {name}, or the token may not see it."
        raise UserError(f"{text} {hint or 'Create it, or name another one in `registration.repository`.'}")
    web = str(raw.get("webUrl") or f"{project.address}/_git/{raw['name']}")
    default = str(raw.get("defaultBranch") or "").removeprefix(HEADS)
    return GitRepository(str(raw["id"]), str(raw["name"]), web, default or None)


def route_of(project: Project, repository: GitRepository) -> dict[str, str]:
    """The route of a repository."""
    return {**project.route, "repositoryId": repository.id}


def tip_of(project: Project, repository: GitRepository, branch: str) -> str | None:
    """The newest commit of a branch; None if it does not exist."""
    # The filter is a prefix: `heads/main` finds `main-2` as well.
    query = {"filter": f"heads/{branch}"}
    refs = project.connection.listed(rest_api.REFS, route_of(project, repository), query)
    return next((str(ref["objectId"]) for ref in refs if ref.get("name") == HEADS + branch), None)


def branches_of(project: Project, repository: GitRepository) -> tuple[str, ...]:
    """All branches of a repository; none of an empty one."""
    refs = project.connection.listed(rest_api.REFS, route_of(project, repository), {"filter": "heads/"})
    return tuple(str(ref["name"]).removeprefix(HEADS) for ref in refs)


def blobs_of(project: Project, repository: GitRepository, commit: str, files: Sequence[File]) -> dict[str, str | None]:
    """The blob of a commit at each path; None where it has none.

    Raises:
        UserError: a folder has the path of a file.
    """

    def one(file: File) -> str | None:
        try:
            item = project.connection.get(
                rest_api.ITEMS, route_of(project, repository), {"path": f"/{file.path}", **_at(commit)}
            )
        except NotFoundError:
            return None
        if item.get("isFolder") or item.get("gitObjectType") == "tree":
            raise UserError(
                f"{file.path}: {repository.name} has a folder of this name; rename the file, or remove the folder"
            )
        return str(item["objectId"])

    return dict(zip((file.path for file in files), project.connection.each(one, files), strict=True))


@reads_responses
def text_of(project: Project, repository: GitRepository, commit: str, path: str) -> str:
    """The text of a file of a commit; empty if it has none."""
    query = {"path": f"/{path}", "includeContent": "true", **_at(commit)}
    item = project.connection.get(rest_api.ITEMS, route_of(project, repository), query)
    return str(item.get("content") or "")


@reads_responses
def text_on_branch(project: Project, repository: str, branch: str, path: str) -> str | None:
    """The text of a file on a branch, as the service runs it; None if it does not exist."""
    raw = project.repositories.find(repository)
    if raw is None:
        return None
    version = {"versionDescriptor.version": branch.removeprefix(HEADS), "versionDescriptor.versionType": "branch"}
    query = {"path": f"/{path.lstrip('/')}", "includeContent": "true", **version}
    try:
        item = project.connection.get(rest_api.ITEMS, {**project.route, "repositoryId": str(raw["id"])}, query)
    except NotFoundError:
        return None
    return str(item.get("content") or "")


def _at(commit: str) -> dict[str, str]:
    return {"versionDescriptor.version": commit, "versionDescriptor.versionType": "commit"}
