"""What `bootstrap` does for releases: the files to push, where to, and the plan."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from azrelease.application.loading import LoadedReleases
from azrelease.application.proposing import Push, proposal_notes, propose, push_instructions, repository_of
from azrelease.application.pushed_files import files_to_write, pushed_files
from azrelease.errors import UserError
from azrelease.registration import Plan, Project, ProjectTarget, ReleaseToRegister
from azrelease.registration.repositories import File
from azrelease.release.registration import Repository
from azrelease.rendering import FileState, RenderedFiles


class PushOptions(NamedTuple):
    """How files are pushed; what is None has a usual value.

    Attributes:
        branch: the branch that is pushed to.
        target_branch: the branch that the pull request goes to.
        message: the message of the commit; its first line is the title of the pull request.
    """

    branch: str | None = None
    target_branch: str | None = None
    message: str | None = None


class BootstrapFiles(NamedTuple):
    """The files of releases.

    Attributes:
        repository: the repository of the releases.
        rendered: the YAML to write in the checkout.
        files: the files to push.
    """

    repository: Repository
    rendered: tuple[RenderedFiles, ...]
    files: tuple[File, ...]


def bootstrap_files(
    loaded: LoadedReleases, releases: Sequence[ReleaseToRegister], target: ProjectTarget, include: Sequence[Path]
) -> BootstrapFiles:
    """The files to write and to push for releases.

    Args:
        loaded: the release files.
        releases: the releases in them.
        target: the project, with its checkout.
        include: further files and folders to push.

    Raises:
        UserError: a file or the repository cannot be used.
        OverwriteError: a person edited a file that would be written over.
    """
    repository = repository_of(releases)
    rendered = files_to_write(loaded, releases, target)
    return BootstrapFiles(repository, rendered, pushed_files(loaded, releases, rendered, target, include))


def bootstrap_push(
    project: Project,
    bootstrap: BootstrapFiles,
    releases: Sequence[ReleaseToRegister],
    target: ProjectTarget,
    plan: Plan,
    options: PushOptions,
    *,
    applies: bool,
) -> tuple[Push, str]:
    """What to push for releases, and a text for the terminal with what to know about it.

    Args:
        project: the project, with its connection.
        bootstrap: the files.
        releases: the releases.
        target: the project, with its checkout.
        plan: what Azure DevOps lacks, for the description of the pull request.
        options: how files are pushed.
        applies: whether the plan is applied after the push.

    Raises:
        UserError: a branch cannot be used, or a person edited a file on it.
        ServiceError: the service does not answer, or refuses.
    """
    repository, rendered, files = bootstrap
    if repository.type == "github":
        _refuse_branch_options(options)
        return Push(None, files, "", ""), push_instructions(repository, files)
    push = propose(project, repository, releases, files, plan, options.branch, options.target_branch, options.message)
    assert push.proposal is not None
    outdated = {
        each.yaml
        for each, files in zip(releases, rendered, strict=True)
        if any(file.state() is not FileState.CURRENT for file in files.all)
    }
    text = proposal_notes(project, push.proposal, files, releases, target, outdated, applies=applies)
    return push, text


def _refuse_branch_options(options: PushOptions) -> None:
    given = [
        option
        for option, value in (
            ("--branch", options.branch),
            ("--target-branch", options.target_branch),
            ("--message", options.message),
        )
        if value is not None
    ]
    if given:
        raise UserError(f"{', '.join(given)}: files are pushed to GitHub with git; leave it out")
