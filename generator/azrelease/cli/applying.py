"""Showing a plan, asking for agreement, and applying it: what `apply` and `bootstrap` have in common."""

from typing import TYPE_CHECKING

import typer

from azrelease.cli.output import can_ask, note, say, write_text
from azrelease.errors import UserError

if TYPE_CHECKING:
    from azrelease.registration import Change, Plan, Project

TOOL_FAILED = 3
INTERRUPTED = 130


def confirm_and_apply(project: "Project", plan: "Plan", *, yes: bool, allow_weaker: bool) -> None:
    """Show a plan, ask, and apply it.

    Raises:
        UserError: it weakens a control, no terminal can confirm it, or something has to exist first.
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
    apply(project, plan)


def refuse_weaker(plan: "Plan", nothing: str, *, allow_weaker: bool) -> None:
    """Stop where controls become weaker.

    Args:
        plan: the plan.
        nothing: that nothing was done, in the words of the command.
        allow_weaker: go on anyway.

    Raises:
        UserError: a control becomes weaker.
    """
    if plan.weakens and not allow_weaker:
        reasons = "".join(f"\n  {reason}" for reason in plan.weakens)
        raise UserError(f"{nothing}, since controls would become weaker:{reasons}\nPass --allow-weaker to go on.")


def ask(question: str, nothing: str) -> None:
    """Ask on the terminal whether to go on.

    Args:
        question: the question.
        nothing: that nothing was done, in the words of the command.

    Raises:
        UserError: there is no terminal.
        Exit: the answer is no.
    """
    if not can_ask():
        raise UserError(f"{nothing}: no terminal to confirm on; pass --yes")
    if not typer.confirm(question, default=False):
        say(nothing)
        raise typer.Exit(1)


def apply(project: "Project", plan: "Plan") -> None:
    """Apply a plan that was agreed to, and report each change.

    Raises:
        UserError: something has to exist first.
        Exit: it was not applied as a whole.
    """
    from azrelease.registration import apply_plan
    from azrelease.report.plans import applied_text, title

    count, several = 0, len(plan.releases) > 1

    def on_start(change: "Change") -> None:
        nonlocal count
        count += 1
        progress = f"{count}/{len(plan.changes)} " if several else ""
        note(f"{progress}{change.action} {title(change)}")

    applied = apply_plan(project, plan, on_start=on_start)
    write_text(applied_text(applied, plan), error=applied.interrupted or applied.failed is not None)
    if applied.interrupted:
        raise typer.Exit(INTERRUPTED)
    if applied.failed is not None:
        raise typer.Exit(TOOL_FAILED)
