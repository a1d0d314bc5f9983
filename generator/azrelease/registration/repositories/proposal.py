"""What would be pushed: the files that a branch lacks. Nothing is changed by it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from azrelease.errors import UserError
from azrelease.registration.project import Project, reads_responses
from azrelease.registration.repositories.file import File, FileChange
from azrelease.registration.repositories.pull_requests import PullRequest, active_pull_request
from azrelease.registration.repositories.reading import GitRepository, blobs_of, branches_of, tip_of
from azrelease.suggestions import suggestion


class Proposal(NamedTuple):
    """What is to be pushed, and where.

    Attributes:
        target: the branch that is to have the files in the end.
        source: the branch that they are pushed to; None where they are pushed to the target, since the repository is
            empty.
        tip: the commit that they are put on; None in an empty repository.
        is_new: whether the branch that is pushed to has to be made.
        changes: the files that it lacks, or has otherwise.
        pull_request: the pull request that is open for the two branches.
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
        """The branch that is pushed to."""
        return self.source or self.target

    @property
    def opens(self) -> bool:
        """Whether a pull request has to be opened."""
        return self.source is not None and not self.is_merged and self.pull_request is None

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do."""
        return not self.changes and not self.opens


@reads_responses
def propose(project: Project, repository: GitRepository, files: Sequence[File], source: str, target: str) -> Proposal:
    """Compare files with what a repository has.

    Args:
        project: the project.
        repository: the repository.
        files: the files as they are to be.
        source: the branch that they are pushed to.
        target: the branch that a pull request merges them to.

    Raises:
        UserError: the target is not there, or a folder stands where a file belongs.
        ServiceError: the service does not answer, or refuses.
    """
    target_tip = tip_of(project, repository, target)
    if target_tip is None:
        _is_empty_or_fail(project, repository, target)
        added = tuple(FileChange(file.path, None) for file in files)
        return Proposal(repository, target, None, None, is_new=True, changes=added)
    at_target = blobs_of(project, repository, target_tip, files)
    lacking = tuple(_changes(files, at_target, at_target))
    if not lacking:
        return Proposal(repository, target, source, target_tip, is_new=False, changes=(), is_merged=True)
    source_tip = tip_of(project, repository, source)
    if source_tip is None:
        return Proposal(repository, target, source, target_tip, is_new=True, changes=lacking)
    there = blobs_of(project, repository, source_tip, files)
    changes = tuple(_changes(files, there, at_target))
    opened = active_pull_request(project, repository, source, target)
    return Proposal(repository, target, source, source_tip, is_new=False, changes=changes, pull_request=opened)


def _changes(
    files: Sequence[File], there: Mapping[str, str | None], at_target: Mapping[str, str | None]
) -> Iterator[FileChange]:
    for file in files:
        old = there[file.path]
        if not file.is_same_as(old):
            yield FileChange(file.path, old, old is not None and old != at_target[file.path])


def _is_empty_or_fail(project: Project, repository: GitRepository, target: str) -> None:
    branches = branches_of(project, repository)
    if branches:
        hint = suggestion(target, branches, "Name one that is there with --target-branch.")
        raise UserError(f"{repository.name} has no branch {target}. {hint}")
