"""What `bootstrap` pushes to which branch, what to know about it, and the push itself."""

import os
import re
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from azrelease.application.pushed_files import pull_request_checks
from azrelease.application.registering import checkout_top
from azrelease.errors import UserError
from azrelease.registration import Plan, Project, ProjectTarget, ReleaseToRegister, repositories
from azrelease.registration.repositories import File, Proposal, PullRequest
from azrelease.registration.repositories.pushing import LONGEST_DESCRIPTION
from azrelease.release.registration import Registration, Repository
from azrelease.rendering.header import is_untouched
from azrelease.report.release_push import proposal_text, pull_request_text


class Push(NamedTuple):
    """What is to be pushed, and with which words.

    Attributes:
        proposal: what is pushed where; None where the files cannot be pushed from here.
    """

    proposal: Proposal | None
    files: tuple[File, ...]
    message: str
    description: str

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to push, and no pull request to open."""
        return self.proposal is None or self.proposal.is_empty


def repository_of(releases: Sequence[ReleaseToRegister]) -> Repository:
    """The repository of the releases.

    Raises:
        UserError: it is not known, or they have several.
    """
    found = {
        (each.repository.type, each.repository.name.casefold()): each.repository for each in releases if each.repository
    }
    if any(each.repository is None for each in releases):
        raise UserError(
            "the repository is unknown: name it in `registration.repository` of the release, or run in a checkout "
            "whose `origin` is Azure Repos"
        )
    if len(found) > 1:
        names = ", ".join(sorted(each.name for each in found.values()))
        raise UserError(
            f"the releases are of several repositories ({names}): bootstrap those of each repository separately"
        )
    return next(iter(found.values()))


def propose(
    project: Project,
    repository: Repository,
    releases: Sequence[ReleaseToRegister],
    files: tuple[File, ...],
    plan: Plan,
    branch: str | None,
    target_branch: str | None,
    message: str | None,
) -> Push:
    """What is to be pushed.

    Raises:
        UserError: a branch cannot be used.
        ServiceError: the service does not answer, or refuses.
    """
    found = repositories.find_repository(project, repository.name)
    source = _branch_name("--branch", branch or _usual_branch(releases))
    into = _branch_name(
        "--target-branch",
        target_branch or _own_target(releases) or found.default_branch or _default_branch(releases[0]),
    )
    proposal = repositories.propose(project, found, files, source, into)
    if proposal.source == proposal.target and not proposal.is_merged:
        raise UserError(f"{into} is the target branch of the pull request: name another with --branch")
    text = (message or "").strip() or _usual_message(releases, proposal)
    description = pull_request_text([each.release for each in releases], plan, LONGEST_DESCRIPTION)
    return Push(proposal, files, text, description)


def _branch_name(option: str, name: str) -> str:

    short = name.removeprefix("refs/heads/")
    problem = repositories.branch_problem(short)
    if problem:
        raise UserError(f"{option}: {problem}")
    return short


def _usual_branch(releases: Sequence[ReleaseToRegister]) -> str:
    if len(releases) > 1:
        return "azrelease/releases"
    cleaned = re.sub(r"[^\w.-]+|\.{2,}", "-", releases[0].release.name).strip("-.").removesuffix(".lock")
    return f"azrelease/{cleaned or 'release'}"


def _own_target(releases: Sequence[ReleaseToRegister]) -> str | None:
    """The default branch that releases name themselves.

    Raises:
        UserError: they name several.
    """
    names = {
        each.release.registration.default_branch
        for each in releases
        if each.release.registration is not None and "default_branch" in each.release.registration.model_fields_set
    }
    if len(names) > 1:
        raise UserError(
            f"the releases have several default branches ({', '.join(sorted(names))}): pass --target-branch"
        )
    return next(iter(names), None)


def _default_branch(each: ReleaseToRegister) -> str:
    """The branch whose YAML the pipeline runs."""
    return (each.release.registration or Registration()).default_branch.removeprefix("refs/heads/")


def _usual_message(releases: Sequence[ReleaseToRegister], proposal: Proposal) -> str:
    verb = "Add" if all(change.old is None for change in proposal.changes) else "Update"
    names = ", ".join(each.release.name for each in releases)
    return f"{verb} release{'s' if len(releases) > 1 else ''} {names}"


def proposal_notes(
    project: Project,
    proposal: Proposal,
    files: Sequence[File],
    releases: Sequence[ReleaseToRegister],
    target: ProjectTarget,
    outdated: set[str],
    *,
    applies: bool,
) -> str:
    """What is pushed, for a terminal, with what there is to know about it.

    Raises:
        UserError: the YAML was edited by hand on the branch that is pushed to.
        ServiceError: the service does not answer, or refuses.
    """
    text = proposal_text(proposal, _notes(project, proposal, {each.yaml for each in releases}, target), outdated)
    pushed = {file.path for file in files}
    for path in pull_request_checks(releases):
        if (
            path not in pushed
            and repositories.text_on_branch(project, proposal.repository.name, proposal.target, path) is None
        ):
            text += f"  note: {path} does not exist, so the check of pull requests cannot run; create it\n"
    others = {_default_branch(each) for each in releases} - {proposal.target}
    if others:
        text += (
            f"  note: the pipeline runs the YAML of {', '.join(sorted(others))}, not of {proposal.target}: "
            "see `registration.default_branch`\n"
        )
    if applies and proposal.source is not None and not proposal.is_merged:
        merged = f"{proposal.target} has its YAML once the pull request is completed"
        text += f"  note: the pipeline is created anyway; {merged}\n"
    return text


def _notes(project: Project, proposal: Proposal, yaml: set[str], target: ProjectTarget) -> Mapping[str, str]:
    """What there is to know about files: what a push does not keep, and what others may have changed.

    Raises:
        UserError: somebody else changed a file on the branch that is pushed to.
        ServiceError: the service does not answer, or refuses.
    """
    replaced = [change for change in proposal.changes if change.old is not None]
    unknown = (
        repositories.unknown_versions([str(c.old) for c in replaced], target.checkout.top)
        if target.checkout
        else frozenset()
    )
    notes = {
        change.path: "executable here; a push over REST does not keep that: `git update-index --chmod=+x`"
        for change in proposal.changes
        if change.old is None and os.name == "posix" and os.access(checkout_top(target) / change.path, os.X_OK)
    }
    for change in replaced:
        if change.old in unknown and change.is_of_branch:
            raise UserError(
                f"{change.path}: changed on {proposal.branch} by somebody else. `git fetch` and review it, or name "
                "another branch with --branch; nothing was pushed."
            )
        if change.old in unknown:
            notes[change.path] = "replaces a version that this checkout does not know; `git fetch` to see it"
        assert proposal.tip is not None
        if change.path in yaml and not is_untouched(
            repositories.text_of(project, proposal.repository, proposal.tip, change.path)
        ):
            if change.is_of_branch:
                raise UserError(
                    f"{change.path}: edited by hand on {proposal.branch}. Move the change into the release file, "
                    "or name another branch with --branch; nothing was pushed."
                )
            notes[change.path] = (
                f"replaces one that was not written by azrelease, or edited by hand, on {proposal.target}"
            )
    return notes


def push_instructions(repository: Repository, files: Sequence[File]) -> str:
    """How a user pushes the files to a repository on GitHub."""
    names = " ".join(shlex.quote(file.path) for file in files)
    return (
        f"repository {repository.name}: is on GitHub, where this command cannot push. Push the files with git, "
        f"from the top of the checkout:\n  git add {names}\n  git commit && git push\n"
    )


def push_files(project: Project, push: Push, top: Path | None) -> None:
    """Push the files, if the branch does not have them.

    Args:
        project: the project.
        push: what to push.
        top: the top folder of the checkout, whose git then knows the versions that were pushed.

    Raises:
        ServiceError: the service does not answer, or refuses.
    """
    if push.proposal is not None and push.proposal.changes:
        repositories.push(project, push.proposal, push.files, push.message)
        repositories.remember(push.files, top)


def open_pull_request(project: Project, push: Push) -> PullRequest | None:
    """Open the pull request for the files; None where none is needed.

    Raises:
        ServiceError: the service does not answer, or refuses.
    """
    proposal = push.proposal
    if proposal is None or not proposal.opens:
        return None
    assert proposal.source is not None
    title = push.message.splitlines()[0]
    return repositories.open_pull_request(
        project, proposal.repository, proposal.source, proposal.target, title, push.description
    )
