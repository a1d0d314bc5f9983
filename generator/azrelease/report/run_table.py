"""A run as a live table, as a line for each change, as text when it is over, and as an object for programs."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from azrelease.registration.runs import (
    COMPLETED,
    IN_PROGRESS,
    PENDING,
    ApprovalStatus,
    Failure,
    JobStatus,
    PublishedTestRun,
    RunStatus,
    StageStatus,
)
from azrelease.report.log_sanitizer import sanitized_line

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

_WORDS = {
    "pending": "waiting",
    "inProgress": "running",
    "succeededWithIssues": "succeeded with issues",
    "partiallySucceeded": "partly succeeded",
    "timedOut": "timed out",
}
_COLOURS = {
    "succeeded": "green",
    "succeeded with issues": "yellow",
    "partly succeeded": "yellow",
    "running": "cyan",
    "failed": "bold red",
    "canceled": "red",
    "waiting": "dim",
    "skipped": "dim",
}
_MOST_LINES = 5
"""Maximum number of lines of a message."""
_LONGEST_LINE = 300
_MOST_TESTS = 10
"""Maximum number of failed tests of a test run."""
_MINUTE, _HOUR = 60, 3600


def changes(before: RunStatus | None, now: RunStatus) -> Iterator[str]:
    """A line for each change of a run since its last status (None at the beginning)."""
    if before is None:
        yield sanitized_line(f"{now.kind} {now.name} of {now.pipeline}: {now.link}")
    old = {stage.name: stage for stage in before.stages} if before else {}
    for stage in now.stages:
        yield from _stage_changes(old.get(stage.name), stage)
    for approval in now.decided:
        if before is None or approval not in before.decided:
            yield decision_line(approval)
    for approval in now.approvals:
        if before is None or approval not in before.approvals:
            yield sanitized_line(f"{approval_line(approval)}: {now.link}")
    for wait in now.waits:
        if before is None or wait not in before.waits:
            yield sanitized_line(f"{wait.stage} waits for {wait.what}: {now.link}")


def approval_line(approval: ApprovalStatus) -> str:
    """A pending approval: the approvers, how many of them must approve, and until when."""
    pending = [each.name for each in approval.approvers if each.status in ("pending", "uninitiated")]
    approved = [each.name for each in approval.approvers if each.status == "approved"]
    names = f" by {', '.join(pending)}" if pending else ""
    how = ""
    if 0 < approval.needed < len(approval.approvers):
        how = f" ({approval.needed} of {len(approval.approvers)})"
    elif approval.in_order and pending:
        how = " (one after the other)"
    until = f", until {_time(approval.until)}" if approval.until else ""
    already = f"; {', '.join(approved)} did" if approved else ""
    instructions = f" ({approval.instructions.splitlines()[0]})" if approval.instructions else ""
    return sanitized_line(f"{approval.stage} waits for approval{names}{how}{until}{already}{instructions}")


def decision_line(approval: ApprovalStatus, *, already: bool = False) -> str:
    """A completed approval: the decision, by whom, and with which comment; `already` says that it is not new."""
    status = {"timedOut": "timed out", "failed": "failed"}.get(approval.status, f"was {approval.status}")
    deciders = ", ".join(dict.fromkeys(each.decided_by for each in approval.approvers if each.decided_by))
    parts = [f"the approval of {approval.stage} {status}", *(["already"] if already else [])]
    parts += [f"by {deciders}"] if deciders else []
    commented = [each for each in approval.approvers if each.decided_by and each.comment]
    several = len({each.decided_by for each in commented}) > 1
    comments = ", ".join(
        f"{each.decided_by}: {_quoted(each.comment)}" if several else _quoted(each.comment) for each in commented
    )
    return sanitized_line(f"{' '.join(parts)}: {comments}" if comments and not already else " ".join(parts))


def _quoted(comment: str) -> str:
    """A comment in one line of bounded length."""
    text = " ".join(comment.split())
    return f'"{text}"' if len(text) <= _LONGEST_LINE else f'"{text[:_LONGEST_LINE]}..."'


def run_table(run: RunStatus, now: datetime) -> "RenderableType":
    """A run as a table for a terminal: its stages and jobs, their duration, and what it waits for."""
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, show_header=False)
    for _ in range(4):
        table.add_column(no_wrap=True)
    approvals, waiting = {each.stage for each in run.approvals}, {each.stage for each in run.waits}
    for stage in run.stages:
        state = _state(stage)
        if stage.state != COMPLETED and stage.name in approvals | waiting:
            state = "waits for approval" if stage.name in approvals else "waits"
        table.add_row(Text(sanitized_line(stage.name), "bold"), _coloured(state), Text(_length(stage, now)), Text(""))
        for job in stage.jobs:
            if job.state == PENDING or job.result == "skipped":
                continue
            task = Text(sanitized_line(job.task or ""), "dim")
            table.add_row(Text(f"  {sanitized_line(job.name)}"), _coloured(_state(job)), Text(_length(job, now)), task)
    lines = [approval_line(each) for each in run.approvals]
    lines += [sanitized_line(f"{each.stage} waits for {each.what}") for each in run.waits]
    return Group(
        Text(sanitized_line(f"{run.kind} {run.name} of {run.pipeline}"), "bold"),
        Text(sanitized_line(run.link), "blue", overflow="fold"),
        table,
        *(Text(line, "yellow") for line in lines),
    )


def run_text(run: RunStatus, tests: Sequence[PublishedTestRun]) -> str:
    """A completed run: its stages, its failures with their messages, its test results."""
    width = max((len(stage.name) for stage in run.stages), default=0)
    lines = [""]
    lines += [f"  {stage.name:{width}}  {_state(stage)}{_took(stage)}" for stage in run.stages]
    # A granted approval explains nothing; any other may be why a stage did not run.
    decisions = [decision_line(each) for each in run.decided if each.status not in ("approved", "skipped")]
    lines += ["", *decisions] if decisions else []
    for failure in run.failures:
        lines += ["", *_failure(failure)]
    for each in tests:
        lines += ["", *_tests(each)]
    result = _WORDS.get(str(run.result), str(run.result))
    lines += ["", f"{run.kind} {run.name} {'was ' if result == 'canceled' else ''}{result}: {run.link}"]
    return "".join(f"{sanitized_line(line)}\n" for line in lines)


def run_object(run: RunStatus, tests: Sequence[PublishedTestRun]) -> dict[str, Any]:
    """A run for programs: an object that is serialized as JSON."""
    return {
        "version": 1,
        "kind": run.kind,
        "id": run.id,
        "name": run.name,
        "pipeline": run.pipeline,
        "link": run.link,
        "result": run.result,
        "stages": [
            {**_part(stage), "title": stage.title, "jobs": [_part(job) for job in stage.jobs]} for stage in run.stages
        ],
        "approvals": [_decision(each) for each in run.decided],
        "failures": [{**each._asdict(), "messages": list(each.messages)} for each in run.failures],
        "tests": [{**each._asdict(), "failures": [failed._asdict() for failed in each.failures]} for each in tests],
    }


def _decision(approval: ApprovalStatus) -> dict[str, Any]:
    return {
        "stage": approval.stage,
        "status": approval.status,
        "approvers": [
            {"name": each.name, "status": each.status, "decided_by": each.decided_by, "comment": each.comment}
            for each in approval.approvers
        ],
    }


def _stage_changes(before: StageStatus | None, now: StageStatus) -> Iterator[str]:
    jobs = {job.name: job for job in before.jobs} if before else {}
    if now.state == IN_PROGRESS and _differs(before, now):
        yield sanitized_line(f"{now.name}: {_state(now)}")
    for job in now.jobs:
        if job.state != PENDING and job.result != "skipped" and _differs(jobs.get(job.name), job):
            yield sanitized_line(f"{now.name} / {job.name}: {_state(job)}{_took(job)}")
    if now.state == COMPLETED and _differs(before, now):
        yield sanitized_line(f"{now.name}: {_state(now)}{_took(now)}")


def _part(part: StageStatus | JobStatus) -> dict[str, Any]:
    return {
        "name": part.name,
        "state": part.state,
        "result": part.result,
        "started": part.started.isoformat() if part.started else None,
        "finished": part.finished.isoformat() if part.finished else None,
    }


def _failure(failure: Failure) -> Iterator[str]:
    place = " / ".join(filter(None, (failure.stage, failure.job, failure.task)))
    yield f"{place or 'the run'}: failed"
    for message in failure.messages[:_MOST_LINES]:
        yield from _indented(message, "  ")
    if len(failure.messages) > _MOST_LINES:
        yield f"  ... and {len(failure.messages) - _MOST_LINES} more errors"


def _tests(run: PublishedTestRun) -> Iterator[str]:
    yield f"tests of {run.name}: {run.passed} passed, {run.failed} failed, {run.skipped} skipped"
    for failed in run.failures[:_MOST_TESTS]:
        yield f"  {failed.name}"
        yield from _indented(failed.message, "    ")
    shown = min(len(run.failures), _MOST_TESTS)
    if shown and run.failed > shown:
        yield f"  ... and {run.failed - shown} more"


def _indented(message: str, indent: str) -> Iterator[str]:
    lines = [line.rstrip() for line in message.splitlines() if line.strip()]
    for line in lines[:_MOST_LINES]:
        cut = f"{line[:_LONGEST_LINE]}..." if len(line) > _LONGEST_LINE else line
        yield f"{indent}{cut}"
    if len(lines) > _MOST_LINES:
        yield f"{indent}..."


def _differs(before: StageStatus | JobStatus | None, now: StageStatus | JobStatus) -> bool:
    return before is None or (before.state, before.result) != (now.state, now.result)


def _state(part: StageStatus | JobStatus) -> str:
    word = part.result if part.state == COMPLETED and part.result else part.state
    return _WORDS.get(word, word)


def _coloured(state: str) -> "Text":
    from rich.text import Text

    return Text(state, _COLOURS.get(state, "yellow"))


def _took(part: StageStatus | JobStatus) -> str:
    if part.state != COMPLETED or part.started is None or part.finished is None:
        return ""
    return f" ({duration((part.finished - part.started).total_seconds())})"


def _length(part: StageStatus | JobStatus, now: datetime) -> str:
    if part.started is None or part.state not in (IN_PROGRESS, COMPLETED):
        return ""
    return duration(((part.finished or now) - part.started).total_seconds())


def duration(seconds: float) -> str:
    """A length of time: `45 s`, `2 min 5 s`, `1 h 10 min`."""
    whole = max(0, int(seconds))
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return f"{whole // _MINUTE} min {whole % _MINUTE} s"
    return f"{whole // _HOUR} h {whole % _HOUR // _MINUTE} min"


def _time(time: datetime) -> str:
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
