"""`azrelease apply`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from azrelease.cli.output import can_ask, note, say, write_text
from azrelease.cli.registration_options import Adopt, AllowWeaker, Classic, Prune, SetSecrets, Yes
from azrelease.cli.service_options import USUAL_TIMEOUT, Asked, Organization, ProjectName, Timeout, connected
from azrelease.errors import UserError

if TYPE_CHECKING:
    from azrelease.registration import Change, Plan, Project

TOOL_FAILED = 3
INTERRUPTED = 130


def command(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Release files, or folders to look for them in; or a saved plan. Default: this folder.",
            show_default=False,
        ),
    ] = None,
    organization: Organization = None,
    project: ProjectName = None,
    classic: Classic = False,
    prune: Prune = False,
    adopt: Adopt = False,
    set_secrets: SetSecrets = False,
    allow_weaker: AllowWeaker = False,
    yes: Yes = False,
    timeout: Timeout = USUAL_TIMEOUT,
) -> None:
    """Make Azure DevOps what a release asks for. Shows the plan, and asks first; applied twice it changes nothing.

    Example: azrelease apply samples/insurance/release.yml --yes
    """
    saved = _saved_plan(files or [])
    if saved is not None:
        if classic or prune or adopt or set_secrets:
            raise UserError("a saved plan is applied as it is: leave out --classic, --prune, --adopt, --set-secrets")
        there, plan = _still_planned(saved, organization, project, timeout)
    else:
        from azrelease.cli.registering import plan_of_files

        there, plan = plan_of_files(
            files,
            Asked(organization, project, timeout),
            classic=classic,
            prune=prune,
            adopt=adopt,
            set_secrets=set_secrets,
        )
    carry_out(there, plan, yes=yes, allow_weaker=allow_weaker)


def carry_out(there: "Project", plan: "Plan", *, yes: bool, allow_weaker: bool) -> None:
    """Show a plan, ask, and apply it.

    Raises:
        UserError: it weakens a control, nobody can be asked, or something has to be there first.
        Exit: it was not applied, or not as a whole.
    """
    from azrelease.report.plans import plan_text

    write_text(plan_text(plan))
    if not plan.changes and not plan.prerequisites:
        return
    nothing = "nothing was applied"
    refuse_weaker(plan, nothing, allow_weaker=allow_weaker)
    if not yes and not plan.prerequisites:
        ask("Apply?", nothing)
    make_changes(there, plan)


def refuse_weaker(plan: "Plan", nothing: str, *, allow_weaker: bool) -> None:
    """Stop where controls would become weaker.

    Args:
        plan: the plan.
        nothing: that nothing was done, in the words of the command.
        allow_weaker: go on all the same.

    Raises:
        UserError: they would.
    """
    if plan.weakens and not allow_weaker:
        reasons = "".join(f"\n  {reason}" for reason in plan.weakens)
        raise UserError(f"{nothing}, since controls would become weaker:{reasons}\nSay --allow-weaker.")


def ask(question: str, nothing: str) -> None:
    """Ask on the terminal whether to go on.

    Args:
        question: what is asked.
        nothing: that nothing was done, in the words of the command.

    Raises:
        UserError: nobody can be asked.
        Exit: the answer is no.
    """
    if not can_ask():
        raise UserError(f"{nothing}: nobody can be asked here. Say --yes.")
    if not typer.confirm(question, default=False):
        say(nothing)
        raise typer.Exit(1)


def make_changes(there: "Project", plan: "Plan") -> None:
    """Apply a plan that was agreed to, and tell what becomes of it.

    Raises:
        UserError: something has to be there first.
        Exit: it was not applied as a whole.
    """
    from azrelease.registration import apply_plan
    from azrelease.report.plans import applied_text, title

    count, several = 0, len(plan.releases) > 1

    def begins(change: "Change") -> None:
        nonlocal count
        count += 1
        progress = f"{count}/{len(plan.changes)} " if several else ""
        note(f"{progress}{change.action} {title(change)}")

    applied = apply_plan(there, plan, on_start=begins)
    write_text(applied_text(applied, plan), error=applied.interrupted or applied.failed is not None)
    if applied.interrupted:
        raise typer.Exit(INTERRUPTED)
    if applied.failed is not None:
        raise typer.Exit(TOOL_FAILED)


def _saved_plan(files: list[Path]) -> "Plan | None":
    """The plan among the arguments; None where they are releases."""
    from azrelease.cli.loss_reports import read_text
    from azrelease.registration import is_plan, load_plan

    plans = [path for path in files if path.suffix == ".json" or (path.is_file() and is_plan(read_text(path)))]
    if not plans:
        return None
    if len(files) > 1:
        raise UserError("one plan at a time, and no release beside it")
    return load_plan(read_text(plans[0]), str(plans[0]))


def _still_planned(plan: "Plan", organization: str | None, project: str | None, timeout: str) -> "tuple[Project, Plan]":
    """The project of a plan, and what of the plan is left to do.

    A plan does not say where the token is sent: options, environment or git remote do, as for a release.

    Raises:
        UserError: they name another project than the plan.
        MovedOnError: the service has moved on since.
    """
    from azrelease.registration import find_target, organization_key, remaining_plan

    target = find_target(organization, project, Path())
    same = organization_key(target.address) == organization_key(plan.address)
    if not same or target.project.lower() != plan.project.lower():
        raise UserError(
            f"the plan is for {plan.address} {plan.project}, and this is {target.address} {target.project}: "
            "say which with --organization and --project"
        )
    there = connected(target, timeout)
    return there, remaining_plan(there, plan)
