"""What `approve` and `reject` have in common."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple, NoReturn

import typer

from azrelease.cli.output import print_diagnostics, tell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from azrelease.registration import Project
    from azrelease.registration.runs import ApprovalStatus, Decision, Wait
    from azrelease.release import Release

NOTHING_WAITS, USAGE = 1, 2

Run = Annotated[
    int,
    typer.Option(
        "--run", help="Id of the run, or of the classic release: the number in its address.", metavar="ID", min=1
    ),
]
Stage = Annotated[str | None, typer.Option("--stage", help="Stage whose approval is meant.")]
Comment = Annotated[str, typer.Option("--comment", help="Comment, which everybody reads who sees the run.")]
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


class _Found(NamedTuple):
    """The approvals of a run, in all states, and what else it waits for."""

    approvals: "tuple[ApprovalStatus, ...]"
    waits: "tuple[Wait, ...]"
    link: str


def decide(file: Path, answer: Answer, organization: str | None, project: str | None, timeout: float) -> None:
    """Approve or reject what waits in a run.

    Raises:
        UserError: the release, the run or the stage is not there.
        ServiceError: the service refuses, or does not answer.
    """
    from azrelease.application.service import ServiceOptions
    from azrelease.errors import UserError
    from azrelease.registration.runs import decide_approval, decide_release_approval, unknown_stage
    from azrelease.report.run_table import approval_line

    run, loaded = answer.run, load_release(file)
    stages = {each.name.casefold(): each.name for each in loaded.stages}
    if answer.stage is not None and answer.stage.casefold() not in stages:
        raise UserError(unknown_stage("--stage", answer.stage, loaded))
    service = ServiceOptions(organization, project, timeout)
    there = service.connect(service.target([file]))
    found = _found(there, run, loaded, classic=answer.classic)
    meant = [
        each for each in found.approvals if answer.stage is None or each.stage.casefold() == answer.stage.casefold()
    ]
    waiting = [each for each in meant if each.waits]
    if answer.classic:
        waiting = _own(there, waiting)
    if not waiting:
        _say_decided(meant, found, run)
        return
    for each in waiting:
        tell(approval_line(each))
    if len(waiting) > 1 and answer.stage is None and not answer.every:
        tell(f"error: {len(waiting)} approvals wait in run {run}; choose one with --stage, or say --all", error=True)
        raise typer.Exit(USAGE)
    for each in waiting:
        decision = (
            decide_release_approval(there, run, each, answer.status, answer.comment)
            if answer.classic
            else decide_approval(there, each, answer.status, answer.comment)
        )
        _say(decision, answer, found)


def load_release(file: Path) -> "Release":
    """A release in full; its warnings are printed.

    Raises:
        UserError: it cannot be used.
    """
    from azrelease.release import load

    loaded = load(file)
    print_diagnostics(loaded.warnings, loaded.document.texts)
    return loaded.release.completed()


def _found(project: "Project", run: int, release: "Release", *, classic: bool) -> _Found:
    from azrelease.registration.runs import (
        approval_limits,
        approval_stages,
        read_release,
        read_run,
        read_timeline,
        release_approvals,
        release_link,
        release_view,
        run_approvals,
        run_link,
        run_view,
        web_link,
    )

    if classic:
        raw = read_release(project, run, release)
        link = web_link(raw) or release_link(project, run)
        return _Found(release_approvals(raw), release_view(raw, link).waits, link)
    build = read_run(project, run, release)
    timeline = read_timeline(project, run)
    environments = {stage.name: stage.environment or stage.name for stage in release.stages}
    approvals = run_approvals(project, approval_stages(timeline), approval_limits(project, environments))
    link = web_link(build) or run_link(project, run)
    return _Found(approvals, run_view(build, timeline, approvals, link).waits, link)


def _own(project: "Project", waiting: "list[ApprovalStatus]") -> "list[ApprovalStatus]":
    """Of a classic release, the approvals that ask who answers; where none does, a group may be asked."""
    from azrelease.registration.runs import caller

    if len(waiting) < 2:  # noqa: PLR2004  (nothing to choose from)
        return waiting
    me = caller(project.connection).casefold()
    return [each for each in waiting if any(who.id.casefold() == me for who in each.approvers)] or waiting


def _say_decided(approvals: "Sequence[ApprovalStatus]", found: _Found, run: int) -> None:
    """Say that there is nothing to decide, and why."""
    from azrelease.report.run_table import decision_line

    for each in approvals:
        tell(decision_line(each, already=True))
    for wait in found.waits:
        tell(f"{wait.stage} waits for {wait.what}: {found.link}")
    if not approvals:
        tell(f"nothing waits for an approval in run {run}: {found.link}", error=True)
        _leave(NOTHING_WAITS)


def _say(decision: "Decision", answer: Answer, found: _Found) -> None:
    from azrelease.report.run_table import approval_line, decision_line

    approval = decision.approval
    if not decision.ours:
        tell(decision_line(approval, already=True))
        return
    tell(f"{answer.status} {approval.stage} of run {answer.run}: {found.link}")
    if approval.waits:
        tell(approval_line(approval))


def _leave(code: int) -> NoReturn:
    raise typer.Exit(code)
