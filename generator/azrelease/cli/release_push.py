"""What `bootstrap` pushes: which files, to which repository and branch, and what there is to know about it."""

import os
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from azrelease.errors import OverwriteError, UserError

if TYPE_CHECKING:
    from azrelease.cli.registering import Registration
    from azrelease.registration import Plan, Project, ProjectTarget, ReleaseToRegister
    from azrelease.registration.repositories import File, Proposal
    from azrelease.release.registration import Repository
    from azrelease.rendering import GeneratedFile

_TOKENS = ("AZURE_DEVOPS_EXT_PAT", "SYSTEM_ACCESSTOKEN")
_SHORTEST_SECRET = 8
"""Characters; what is shorter stands in a file by chance."""
_LARGEST_PUSH = 20 * 1024 * 1024
"""Bytes of all files together: they are one request."""


class Push(NamedTuple):
    """What is to be pushed, and with which words.

    Attributes:
        proposal: what is pushed where; None where the files cannot be pushed from here.
    """

    proposal: "Proposal | None"
    files: "tuple[File, ...]"
    message: str
    description: str

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to push, and no pull request to open."""
        return self.proposal is None or self.proposal.is_empty


def repository_of(releases: "Sequence[ReleaseToRegister]") -> "Repository":
    """The repository of the releases.

    Raises:
        UserError: it is not known, or they have several.
    """
    found = {
        (each.repository.type, each.repository.name.casefold()): each.repository for each in releases if each.repository
    }
    if any(each.repository is None for each in releases):
        raise UserError(
            "which repository? Name it in `registration.repository` of the release, or run in a checkout whose "
            "`origin` is Azure Repos"
        )
    if len(found) > 1:
        names = ", ".join(sorted(each.name for each in found.values()))
        raise UserError(f"the releases are of several repositories ({names}): bootstrap those of each by themselves")
    return next(iter(found.values()))


# --- the files ---


def _top(target: "ProjectTarget") -> Path:
    return target.checkout.top if target.checkout else Path.cwd()


def rendered_files(
    loaded: "Registration", releases: "Sequence[ReleaseToRegister]", target: "ProjectTarget"
) -> "tuple[GeneratedFile, ...]":
    """The YAML of each release, and where it belongs in the checkout.

    Raises:
        UserError: two of them belong to the same file, or one to that of a release.
        OverwriteError: a person wrote or edited a file that stands there.
    """
    from azrelease.cli.registering import yaml_place
    from azrelease.cli.release_files import source_name
    from azrelease.rendering import GeneratedFile, State, render
    from azrelease.templating import templates_for

    found: dict[Path, Path] = {}
    rendered: list[GeneratedFile] = []
    inputs = {file.resolve() for file in loaded.files}
    for file, release, each in zip(loaded.files, loaded.releases, releases, strict=True):
        place = yaml_place(file, each.release, target)
        if place.resolve() in inputs:
            raise UserError(f"{place}: is a release; its pipeline cannot be written over it")
        other = found.setdefault(place.resolve(), file)
        if other != file:
            raise UserError(f"{other} and {file} would both be rendered to {place}; rename one of them")
        text = render(release, source=source_name(file, place), templates=templates_for(file))
        rendered.append(GeneratedFile(place, text))
    refused = [file.path for file in rendered if file.state() in (State.EDITED, State.FOREIGN)]
    if refused:
        raise OverwriteError(
            "\n".join(
                f"{path}: was edited by hand, or not written by azrelease. Move the change into the release file, or "
                "discard it with `azrelease render --force`."
                for path in refused
            )
        )
    return tuple(rendered)


def pushed_files(
    loaded: "Registration",
    releases: "Sequence[ReleaseToRegister]",
    rendered: "Sequence[GeneratedFile]",
    target: "ProjectTarget",
    include: Sequence[Path],
) -> "tuple[File, ...]":
    """What is pushed: the releases, what they are on top of, their YAML, and what is included.

    Raises:
        UserError: a file is outside of the checkout, or must not be pushed.
    """
    from azrelease.registration.repositories import File, included_files

    top = _top(target)
    checks = [top / path for path in pull_request_checks(releases) if target.checkout and (top / path).is_file()]
    found = {file.path: file for file in included_files([*include, *checks, *loaded.below], top)}
    for file, each, yaml in zip(loaded.files, releases, rendered, strict=True):
        if not file.resolve().is_relative_to(top.resolve()):
            raise UserError(f"{file}: is outside of the checkout that is pushed; run in the checkout of the release")
        try:
            content = file.read_bytes().replace(b"\r\n", b"\n")
        except OSError as error:
            raise UserError(f"{file}: cannot be read: {error.strerror or error}") from error
        path = target.path_in_repository(file)
        found[path] = File(path, content)
        found[each.yaml] = File(each.yaml, yaml.text.encode())
    files = tuple(found[path] for path in sorted(found))
    secrets = dict(_secrets(releases))
    for each_file in files:
        name = next((name for name, value in secrets.items() if value in each_file.content), None)
        if name is not None:
            raise UserError(
                f"{each_file.path}: holds the value of {name}. Nothing was pushed; take it out of the file."
            )
    if sum(len(each_file.content) for each_file in files) > _LARGEST_PUSH:
        raise UserError(f"the files have more than {_LARGEST_PUSH // 1024 // 1024} MB together; push them with git")
    return files


def pull_request_checks(releases: "Sequence[ReleaseToRegister]") -> tuple[str, ...]:
    """The YAML files of the pipelines that check pull requests, from the top of the repository."""
    found = (each.release.registration for each in releases)
    return tuple(dict.fromkeys(r.pull_request_check.yaml for r in found if r and r.pull_request_check))


def _secrets(releases: "Sequence[ReleaseToRegister]") -> Iterator[tuple[str, bytes]]:
    """Environment variables that hold a secret, and their values with the line endings that files are pushed with."""
    from azrelease.registration.credentials import secret_variable

    for name in (*_TOKENS, *(secret_variable(name) for each in releases for name in each.secrets)):
        value = os.fsencode(os.environ.get(name, "")).replace(b"\r\n", b"\n").strip()
        if len(value) >= _SHORTEST_SECRET:
            yield name, value


# --- what is pushed where ---


def proposed(
    there: "Project",
    repository: "Repository",
    releases: "Sequence[ReleaseToRegister]",
    files: "tuple[File, ...]",
    plan: "Plan",
    branch: str | None,
    target_branch: str | None,
    message: str | None,
) -> Push:
    """What is to be pushed.

    Raises:
        UserError: a branch cannot be used.
        ServiceError: the service does not answer, or refuses.
    """
    from azrelease.registration.repositories import find_repository, propose
    from azrelease.registration.repositories.pull_requests import LONGEST_DESCRIPTION
    from azrelease.report.release_push import pull_request_text

    found = find_repository(there, repository.name)
    source = _branch_name("--branch", branch or _usual_branch(releases))
    into = _branch_name(
        "--target-branch",
        target_branch or _own_target(releases) or found.default_branch or _default_branch(releases[0]),
    )
    proposal = propose(there, found, files, source, into)
    if proposal.source == proposal.target and not proposal.is_merged:
        raise UserError(f"{into} is the branch that a pull request goes to: name another with --branch")
    text = (message or "").strip() or _usual_message(releases, proposal)
    description = pull_request_text([each.release for each in releases], plan, LONGEST_DESCRIPTION)
    return Push(proposal, files, text, description)


def _branch_name(option: str, name: str) -> str:
    from azrelease.registration.repositories import branch_problem

    short = name.removeprefix("refs/heads/")
    problem = branch_problem(short)
    if problem:
        raise UserError(f"{option}: {problem}")
    return short


def _usual_branch(releases: "Sequence[ReleaseToRegister]") -> str:
    if len(releases) > 1:
        return "azrelease/releases"
    cleaned = re.sub(r"[^\w.-]+|\.{2,}", "-", releases[0].release.name).strip("-.").removesuffix(".lock")
    return f"azrelease/{cleaned or 'release'}"


def _own_target(releases: "Sequence[ReleaseToRegister]") -> str | None:
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
        raise UserError(f"the releases have several default branches ({', '.join(sorted(names))}): say --target-branch")
    return next(iter(names), None)


def _default_branch(each: "ReleaseToRegister") -> str:
    """The branch whose YAML the pipeline runs."""
    from azrelease.release.registration import Registration

    return (each.release.registration or Registration()).default_branch.removeprefix("refs/heads/")


def _usual_message(releases: "Sequence[ReleaseToRegister]", proposal: "Proposal") -> str:
    verb = "Add" if all(change.old is None for change in proposal.changes) else "Update"
    names = ", ".join(each.release.name for each in releases)
    return f"{verb} release{'s' if len(releases) > 1 else ''} {names}"


def shown(
    there: "Project",
    proposal: "Proposal",
    files: "Sequence[File]",
    releases: "Sequence[ReleaseToRegister]",
    target: "ProjectTarget",
    outdated: set[str],
    *,
    applies: bool,
) -> str:
    """What is pushed, for a terminal, with what there is to know about it.

    Raises:
        UserError: the YAML was edited by hand on the branch that is pushed to.
        ServiceError: the service does not answer, or refuses.
    """
    from azrelease.registration.repositories import text_on_branch
    from azrelease.report.release_push import proposal_text

    text = proposal_text(proposal, _notes(there, proposal, {each.yaml for each in releases}, target), outdated)
    pushed = {file.path for file in files}
    for path in pull_request_checks(releases):
        if path not in pushed and text_on_branch(there, proposal.repository.name, proposal.target, path) is None:
            text += f"  note: {path} is not there, so that the check of pull requests cannot run; make it\n"
    others = {_default_branch(each) for each in releases} - {proposal.target}
    if others:
        text += (
            f"  note: the pipeline runs the YAML of {', '.join(sorted(others))}, not of {proposal.target}: "
            "see `registration.default_branch`\n"
        )
    if applies and proposal.source is not None and not proposal.is_merged:
        merged = f"{proposal.target} has its YAML once the pull request is completed"
        text += f"  note: the pipeline is made all the same; {merged}\n"
    return text


def _notes(there: "Project", proposal: "Proposal", yaml: set[str], target: "ProjectTarget") -> Mapping[str, str]:
    """What there is to know about files: what a push does not keep, and what others may have changed.

    Raises:
        UserError: somebody else changed a file on the branch that is pushed to.
        ServiceError: the service does not answer, or refuses.
    """
    from azrelease.registration.repositories import text_of, unknown_versions
    from azrelease.rendering.header import is_untouched

    replaced = [change for change in proposal.changes if change.old is not None]
    unknown = unknown_versions([str(c.old) for c in replaced], target.checkout.top) if target.checkout else frozenset()
    notes = {
        change.path: "can be run here; a push over REST does not keep that: `git update-index --chmod=+x`"
        for change in proposal.changes
        if change.old is None and os.name == "posix" and os.access(_top(target) / change.path, os.X_OK)
    }
    for change in replaced:
        if change.old in unknown and change.is_of_branch:
            raise UserError(
                f"{change.path}: somebody else has changed it on {proposal.branch}. `git fetch` and look at it first, "
                "or name another branch with --branch; nothing was pushed."
            )
        if change.old in unknown:
            notes[change.path] = "replaces a version that this checkout does not know; `git fetch` to see it"
        assert proposal.tip is not None
        if change.path in yaml and not is_untouched(text_of(there, proposal.repository, proposal.tip, change.path)):
            if change.is_of_branch:
                raise UserError(
                    f"{change.path}: was edited by hand on {proposal.branch}. Move the change into the release file, "
                    "or name another branch with --branch; nothing was pushed."
                )
            notes[change.path] = (
                f"replaces one that was not written by azrelease, or edited by hand, on {proposal.target}"
            )
    return notes


def by_hand(repository: "Repository", files: "Sequence[File]") -> str:
    """How to push the files to a repository of GitHub."""
    names = " ".join(shlex.quote(file.path) for file in files)
    return (
        f"repository {repository.name}: is at GitHub, where this command cannot push files. Push them with git, "
        f"from the top of the checkout:\n  git add {names}\n  git commit && git push\n"
    )
