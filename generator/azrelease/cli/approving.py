"""What `approve` and `reject` have in common."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple, NoReturn

import typer

from azrelease.cli.output import print_diagnostics, tell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from azrelease.registration.runs import ApprovalStatus, Decision, RunApprovals
    from azrelease.release import Release

NOTHING_WAITS, USAGE = 1, 2

Run = Annotated[
    int,
    typer.Option(
        "--run", help="Id of the run, or of the classic release: the number in its address.", metavar="ID", min=1
    ),
]
Stage = Annotated[str | None, typer.Option("--stage", help="Stage whose approval is meant.")]
Comment = Annotated[str, typer.Option("--comment", help="Comment; everyone who can see the run can read it.")]
All = Annotated[bool, typer.Option("--all", help="Every approval of the run that waits.")]
Classic = Annotated[bool, typer.Option("--classic", help="The run is a classic release.")]


class Answer(NamedTuple):
    """What is to be done with approvals, and which of them.

    Attributes:
        status: `approved` or `rejected`.
        run: the id of the run.
        stage: the stage that is meant; None for the only one that waits.
        comment: what others read.
        every: all that wait.
        classic: the run is a classic release.
    """

    status: str
    run: int
    stage: str | None
    comment: str
    every: bool
    classic: bool


def decide(file: Path, answer: Answer, organization: str | None, project: str | None, timeout: float) -> None:
    """Approve or reject what waits in a run.

    Raises:
        UserError: the release, the run or the stage is not there.
        ServiceError: the service refuses, or does not answer.
    """
    from azrelease.application.service import ServiceOptions
    from azrelease.errors import UserError
    from azrelease.registration.runs import runs_of, unknown_stage
    from azrelease.report.run_table import approval_line

    run, loaded = answer.run, load_release(file)
    stages = {each.name.casefold(): each.name for each in loaded.stages}
    if answer.stage is not None and answer.stage.casefold() not in stages:
        raise UserError(unknown_stage("--stage", answer.stage, loaded))
    service = ServiceOptions(organization, project, timeout)
    there = service.connect(service.target([file]))
    runs = runs_of(there, loaded, classic=answer.classic)
    found = runs.approvals(run)
    chosen = [
        each for each in found.approvals if answer.stage is None or each.stage.casefold() == answer.stage.casefold()
    ]
    pending = runs.for_caller([each for each in chosen if each.is_pending])
    if not pending:
        _say_decided(chosen, found, run)
        return
    for each in pending:
        tell(approval_line(each))
    if len(pending) > 1 and answer.stage is None and not answer.every:
        tell(f"error: {len(pending)} approvals are pending in run {run}; pass --stage or --all", error=True)
        raise typer.Exit(USAGE)
    for each in pending:
        _say(runs.decide(run, each, answer.status, answer.comment), answer, found)


def load_release(file: Path) -> "Release":
    """A release in full; its warnings are printed.

    Raises:
        UserError: it cannot be used.
    """
    from azrelease.release import load

    loaded = load(file)
    print_diagnostics(loaded.warnings, loaded.document.texts)
    return loaded.release.completed()


def _say_decided(approvals: "Sequence[ApprovalStatus]", found: "RunApprovals", run: int) -> None:
    """Say that no approval is pending, and why."""
    from azrelease.report.run_table import decision_line

    for each in approvals:
        tell(decision_line(each, already=True))
    for wait in found.waits:
        tell(f"{wait.stage} waits for {wait.what}: {found.link}")
    if not approvals:
        tell(f"no approval is pending in run {run}: {found.link}", error=True)
        _leave(NOTHING_WAITS)


def _say(decision: "Decision", answer: Answer, found: "RunApprovals") -> None:
    from azrelease.report.run_table import approval_line, decision_line

    approval = decision.approval
    if not decision.decided_here:
        tell(decision_line(approval, already=True))
        return
    tell(f"{answer.status} {approval.stage} of run {answer.run}: {found.link}")
    if approval.is_pending:
        tell(approval_line(approval))


def _leave(code: int) -> NoReturn:
    raise typer.Exit(code)
