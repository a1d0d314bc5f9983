"""What a push would change: the files that a branch lacks. Making a proposal changes nothing."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from azrelease.errors import UserError
from azrelease.registration import rest_api
from azrelease.registration.project import Project, Raw, reads_responses
from azrelease.registration.repositories.file import File, FileChange
from azrelease.registration.repositories.reading import HEADS, GitRepository, blobs_of, branches_of, route_of, tip_of
from azrelease.suggestions import suggestion


class PullRequest(NamedTuple):
    """A pull request, and its page."""

    id: int
    link: str


class Proposal(NamedTuple):
    """The files to push, and the branch for them.

    Attributes:
        target: the branch that a pull request merges them to.
        source: the branch for the push; None in an empty repository, where the push goes to the target.
        tip: the commit below the push; None in an empty repository.
        is_new: whether the branch for the push has to be created.
        changes: the files that it lacks, or has with another content.
        pull_request: the open pull request of the two branches.
        is_merged: whether the target has all of the files.
    """

    repository: GitRepository
    target: str
    source: str | None
    tip: str | None
    is_new: bool
    changes: tuple[FileChange, ...]
    pull_request: PullRequest | None = None
    is_merged: bool = False

    @property
    def branch(self) -> str:
        """The branch for the push."""
        return self.source or self.target

    @property
    def opens(self) -> bool:
        """Whether it opens a pull request."""
        return self.source is not None and not self.is_merged and self.pull_request is None

    @property
    def is_empty(self) -> bool:
        """Whether it changes nothing."""
        return not self.changes and not self.opens


@reads_responses
def propose(project: Project, repository: GitRepository, files: Sequence[File], source: str, target: str) -> Proposal:
    """Compare files with a repository.

    Args:
        project: the project.
        repository: the repository.
        files: the desired files.
        source: the branch for the push.
        target: the branch that a pull request merges them to.

    Raises:
        UserError: the target does not exist, or a folder has the path of a file.
        ServiceError: the service does not answer, or refuses.
    """
    target_tip = tip_of(project, repository, target)
    if target_tip is None:
        _check_is_empty(project, repository, target)
        added = tuple(FileChange(file.path, None) for file in files)
        return Proposal(repository, target, None, None, is_new=True, changes=added)
    at_target = blobs_of(project, repository, target_tip, files)
    missing = tuple(_changes(files, at_target, at_target))
    if not missing:
        return Proposal(repository, target, source, target_tip, is_new=False, changes=(), is_merged=True)
    source_tip = tip_of(project, repository, source)
    if source_tip is None:
        return Proposal(repository, target, source, target_tip, is_new=True, changes=missing)
    changes = tuple(_changes(files, blobs_of(project, repository, source_tip, files), at_target))
    opened = active_pull_request(project, repository, source, target)
    return Proposal(repository, target, source, source_tip, is_new=False, changes=changes, pull_request=opened)


def active_pull_request(project: Project, repository: GitRepository, source: str, target: str) -> PullRequest | None:
    """The open pull request of two branches; the service allows one.

    Raises:
        ServiceError: the service does not answer, or refuses.
    """
    query = {
        "searchCriteria.sourceRefName": HEADS + source,
        "searchCriteria.targetRefName": HEADS + target,
        "searchCriteria.status": "active",
    }
    listed = project.connection.listed(rest_api.PULL_REQUESTS, route_of(project, repository), query)
    return pull_request_of(repository, listed[0]) if listed else None


def pull_request_of(repository: GitRepository, raw: Raw) -> PullRequest:
    """A pull request from its response."""
    number = int(raw["pullRequestId"])
    return PullRequest(number, f"{repository.web}/pullrequest/{number}")


def _changes(
    files: Sequence[File], blobs: Mapping[str, str | None], at_target: Mapping[str, str | None]
) -> Iterator[FileChange]:
    for file in files:
        old = blobs[file.path]
        if not file.is_same_as(old):
            yield FileChange(file.path, old, old is not None and old != at_target[file.path])


def _check_is_empty(project: Project, repository: GitRepository, target: str) -> None:
    branches = branches_of(project, repository)
    if branches:
        hint = suggestion(target, branches, "Name an existing one with --target-branch.")
        raise UserError(f"{repository.name} has no branch {target}. {hint}")
