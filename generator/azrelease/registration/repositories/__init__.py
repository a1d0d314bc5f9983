"""Files of a release in Azure Repos: their versions on a branch, the commit that adds them, the pull request."""

from azrelease.registration.repositories.checkout_files import included_files, remember, unknown_versions
from azrelease.registration.repositories.file import File, FileChange
from azrelease.registration.repositories.proposal import Proposal, PullRequest, propose
from azrelease.registration.repositories.pushing import open_pull_request, push
from azrelease.registration.repositories.reading import (
    GitRepository,
    branch_problem,
    find_repository,
    text_of,
    text_on_branch,
)

__all__ = [
    "File",
    "FileChange",
    "GitRepository",
    "Proposal",
    "PullRequest",
    "branch_problem",
    "find_repository",
    "included_files",
    "open_pull_request",
    "propose",
    "push",
    "remember",
    "text_of",
    "text_on_branch",
    "unknown_versions",
]
