"""`azrelease bootstrap`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from azrelease.cli.applying import apply, ask, refuse_weaker
from azrelease.cli.output import note, say, write_text
from azrelease.cli.planning import Adopt, AllowWeaker, ReleaseFiles, Yes, load_files, plan_for
from azrelease.cli.service_options import USUAL_TIMEOUT, Organization, ProjectName, Timeout
from azrelease.errors import UserError

if TYPE_CHECKING:
    from azrelease.registration import Plan

_NOTHING = "nothing was pushed or applied"


# typer reads the options from the signature, so commands that share options repeat them.
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
    from azrelease.application.bootstrapping import PushOptions, bootstrap_files, bootstrap_push
    from azrelease.application.proposing import open_pull_request, push_files
    from azrelease.application.pushed_files import write_rendered
    from azrelease.application.registering import PlanOptions, releases_to_register
    from azrelease.application.service import ServiceOptions
    from azrelease.report.plans import plan_text

    loaded = load_files(files)
    service = ServiceOptions(organization, project, timeout)
    target = service.target(files or ())
    there = service.connect(target)
    releases = releases_to_register(loaded, target, there, classic=False)
    bootstrap = bootstrap_files(loaded, releases, target, include or ())
    plan = plan_for(releases, there, PlanOptions(adopt=adopt))
    applies = not no_apply and bool(plan.changes)
    options = PushOptions(branch, target_branch, message)
    push, text = bootstrap_push(there, bootstrap, releases, target, plan, options, applies=applies)
    write_text(text)
    if not no_apply:
        write_text(f"\n{plan_text(plan)}")
        _refuse_unmet(plan, allow_weaker=allow_weaker)
    pushes = not push.is_empty
    if not yes and (applies or pushes):
        what = " and ".join((*(["push"] if pushes else []), *(["apply"] if applies else [])))
        ask(f"{what.capitalize()}?", _NOTHING)
    for file in write_rendered(bootstrap.rendered):
        note(f"wrote {file.path.as_posix()}")
    if push.proposal is not None and push.proposal.changes:
        push_files(there, push, target.checkout.top if target.checkout else None)
        count = len(push.proposal.changes)
        note(f"pushed {count} file{'s' if count > 1 else ''} to {push.proposal.branch}")
    pull_request = open_pull_request(there, push)
    if pull_request is not None:
        say(f"pull request {pull_request.id}: {pull_request.link}")
    if applies:
        apply(there, plan)


def _refuse_unmet(plan: "Plan", *, allow_weaker: bool) -> None:
    """Stop before the push where the plan cannot be applied.

    Raises:
        UserError: something has to exist first, or a control becomes weaker.
    """
    from azrelease.registration import unmet

    problems = unmet(plan)
    if problems:
        listed = "\n".join(problems)
        raise UserError(f"{_NOTHING}; create these first:\n{listed}\n--no-apply pushes the files without them.")
    refuse_weaker(plan, _NOTHING, allow_weaker=allow_weaker)
