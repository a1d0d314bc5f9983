"""`azrelease bootstrap`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from azrelease.cli.apply import ask, make_changes, refuse_weaker
from azrelease.cli.output import note, say, write_text
from azrelease.cli.registration_options import Adopt, AllowWeaker, ReleaseFiles, Yes
from azrelease.cli.service_options import USUAL_TIMEOUT, Organization, ProjectName, Timeout, connected, folder_of
from azrelease.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from azrelease.cli.release_push import Push
    from azrelease.registration import Plan, Project
    from azrelease.rendering import GeneratedFile

_NOTHING = "nothing was pushed or applied"


def command(
    files: ReleaseFiles = None,
    organization: Organization = None,
    project: ProjectName = None,
    branch: Annotated[
        str | None,
        typer.Option("--branch", help="Branch that the files are pushed to. Default: azrelease/<name of the release>."),
    ] = None,
    target_branch: Annotated[
        str | None,
        typer.Option(
            "--target-branch",
            help="Branch that the pull request goes to. Default: `registration.default_branch` of the release, or the "
            "default branch of the repository.",
        ),
    ] = None,
    message: Annotated[
        str | None,
        typer.Option("--message", "-m", help="Message of the commit; its first line is the pull request's title."),
    ] = None,
    include: Annotated[
        list[Path] | None,
        typer.Option(
            "--include",
            help="Further file or folder of the checkout to push, such as deployment/; can be repeated.",
            metavar="PATH",
        ),
    ] = None,
    no_apply: Annotated[
        bool, typer.Option("--no-apply", help="Only push and open the pull request; apply nothing.")
    ] = False,
    adopt: Adopt = False,
    allow_weaker: AllowWeaker = False,
    yes: Yes = False,
    timeout: Timeout = USUAL_TIMEOUT,
) -> None:
    """Bring a new release to Azure DevOps in one go: push its files, open the pull request, plan and apply.

    Shows all of it, and asks first. Done twice it changes nothing; cut off, it goes on where it was.

    Example: azrelease bootstrap release.yml --include deployment --include tests
    """
    from azrelease.cli.registering import load_all, plan_for, wanted_releases
    from azrelease.cli.release_push import Push, by_hand, proposed, pushed_files, rendered_files, repository_of, shown
    from azrelease.registration import find_target
    from azrelease.rendering import FileState
    from azrelease.report.plans import plan_text

    loaded = load_all(files or [])
    target = find_target(organization, project, folder_of(files))
    there = connected(target, timeout)
    releases = wanted_releases(loaded, target, there, classic=False)
    repository = repository_of(releases)
    rendered = rendered_files(loaded, releases, target)
    pushed = pushed_files(loaded, releases, rendered, target, include or [])
    plan = plan_for(releases, there, adopt=adopt)
    outdated = {
        each.yaml for each, file in zip(releases, rendered, strict=True) if file.state() is not FileState.CURRENT
    }
    applies = not no_apply and bool(plan.changes)
    push = Push(None, pushed, "", "")
    if repository.type == "github":
        _refuse(branch=branch, target_branch=target_branch, message=message)
        write_text(by_hand(repository, pushed))
    else:
        push = proposed(there, repository, releases, pushed, plan, branch, target_branch, message)
        assert push.proposal is not None
        write_text(shown(there, push.proposal, pushed, releases, target, outdated, applies=applies))
    if not no_apply:
        write_text(f"\n{plan_text(plan)}")
        _can_be_applied(plan, allow_weaker=allow_weaker)
    if not yes and (applies or not push.is_empty):
        what = " and ".join((*(["push"] if not push.is_empty else []), *(["apply"] if applies else [])))
        ask(f"{what.capitalize()}?", _NOTHING)
    _write(rendered)
    _carry_out(there, push, target.checkout.top if target.checkout else None)
    if applies:
        make_changes(there, plan)


def _refuse(**options: str | None) -> None:
    """Stop where options mean nothing.

    Raises:
        UserError: one of them is given.
    """
    given = [f"--{name.replace('_', '-')}" for name, value in options.items() if value is not None]
    if given:
        raise UserError(f"{', '.join(given)}: files are pushed to GitHub with git; leave it out")


def _can_be_applied(plan: "Plan", *, allow_weaker: bool) -> None:
    """Whether the plan can be applied: nothing is pushed for one that cannot.

    Raises:
        UserError: it cannot.
    """
    from azrelease.registration import unmet

    problems = unmet(plan)
    if problems:
        listed = "\n".join(problems)
        raise UserError(
            f"{_NOTHING}; these have to be there first:\n{listed}\n--no-apply pushes the files without them."
        )
    refuse_weaker(plan, _NOTHING, allow_weaker=allow_weaker)


def _write(rendered: "Sequence[GeneratedFile]") -> None:
    """Write the YAML in the checkout where it is missing or old, as `render` does.

    Raises:
        UserError: it cannot be written, or was edited meanwhile.
    """
    from azrelease.rendering import write

    for file in rendered:
        try:
            file.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UserError(f"{file.path.parent}: cannot be made: {error.strerror or error}") from error
    for file in write(rendered):
        note(f"wrote {file.path.as_posix()}")


def _carry_out(there: "Project", push: "Push", top: Path | None) -> None:
    """Push the files, and open the pull request.

    Raises:
        ServiceError: the service does not answer, or refuses.
    """
    from azrelease.registration import repositories

    proposal = push.proposal
    if proposal is None or proposal.is_empty:
        return
    if proposal.changes:
        repositories.push(there, proposal, push.files, push.message)
        repositories.remember(push.files, top)
        note(f"pushed {len(proposal.changes)} file{'s' if len(proposal.changes) > 1 else ''} to {proposal.branch}")
    if proposal.opens:
        assert proposal.source is not None
        title = push.message.splitlines()[0]
        made = repositories.open_pull_request(
            there, proposal.repository, proposal.source, proposal.target, title, push.description
        )
        say(f"pull request {made.id}: {made.link}")
