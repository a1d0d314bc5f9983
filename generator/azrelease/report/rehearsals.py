"""A rehearsal as text and as JSON."""

from collections.abc import Iterator
from typing import Any

from azrelease.rehearsal import Outcome, Remark, Result, StepOutcome
from azrelease.report.log_sanitizer import sanitized_line

_SIGNS = {
    Result.SUCCEEDED: "✓",
    Result.WARNED: "!",
    Result.FAILED: "✗",
    Result.SKIPPED: "-",
    Result.LEFT_OUT: "~",
}
_COLOURS = {
    Result.SUCCEEDED: "32",
    Result.WARNED: "33",
    Result.FAILED: "31",
    Result.SKIPPED: "2",
    Result.LEFT_OUT: "36",
}
_MOST, _LONGEST = 12, 400


def step_line(outcome: StepOutcome, *, colour: bool = False) -> str:
    """A step in one line: how it ended, what it is called, how long it took."""
    sign = _SIGNS[outcome.result]
    sign = f"\033[{_COLOURS[outcome.result]}m{sign}\033[0m" if colour else sign
    what = {Result.SKIPPED: "skipped", Result.LEFT_OUT: "left out", Result.WARNED: "with issues"}.get(outcome.result)
    took = f"{outcome.seconds:.1f} s" if outcome.result not in (Result.SKIPPED, Result.LEFT_OUT) else ""
    more = ", ".join(filter(None, (what, took)))
    return f"  {sign} {sanitized_line(outcome.title)}{f' ({more})' if more else ''}"


def log_lines(outcome: StepOutcome) -> Iterator[str]:
    """The log of a step, indented."""
    return (f"      {sanitized_line(line)}" for line in outcome.log)


def outcome_text(outcome: Outcome) -> str:
    """What a person would look at when a rehearsal is over."""
    lines = [*_tests(outcome), *_requests(outcome), *_assets(outcome), *_remarks(outcome)]
    lines += [f"in service: {sanitized_line(name)}: {sanitized_line(shares)}" for name, shares in outcome.traffic]
    if outcome.folder:
        lines.append(f"kept: {outcome.folder}")
    words = ", ".join(f"{stage.name} {stage.result}" for stage in outcome.stages)
    verdict = "rehearsed" if outcome.succeeded else "would not do"
    lines.append(f"{verdict}: {words}, in {outcome.seconds:.1f} s")
    return "\n".join(lines) + "\n"


def _tests(outcome: Outcome) -> Iterator[str]:
    if not outcome.tests:
        return
    counts = {kind: sum(test.result == kind for test in outcome.tests) for kind in ("passed", "failed", "skipped")}
    yield "tests: " + ", ".join(f"{count} {kind}" for kind, count in counts.items() if count)
    for test in outcome.tests:
        if test.result == "failed":
            why = sanitized_line(test.message)[:_LONGEST]
            yield f"  ✗ {sanitized_line(test.name)}{f': {why}' if why else ''}"


def _requests(outcome: Outcome) -> Iterator[str]:
    if not outcome.requests:
        return
    yield f"requests: {len(outcome.requests)}"
    for asked in outcome.requests[:_MOST]:
        who = f" {asked.deployment}" if asked.deployment else ""
        request, answer = (" ".join(sanitized_line(text).split())[:60] for text in (asked.request, asked.answer))
        sent = f"{sanitized_line(asked.endpoint)}{who}: {asked.status} in {asked.milliseconds} ms"
        yield f"  {sent}: {request} → {answer}"
    if len(outcome.requests) > _MOST:
        yield f"  and {len(outcome.requests) - _MOST} more"


def _assets(outcome: Outcome) -> Iterator[str]:
    if outcome.unused is None:
        return
    yield f"artifact: {len(outcome.used)} files used, {len(outcome.unused)} never"
    yield from (f"  never used: {sanitized_line(name)}" for name in outcome.unused[:_MOST])
    if len(outcome.unused) > _MOST:
        yield f"  and {len(outcome.unused) - _MOST} more"


def _remarks(outcome: Outcome) -> Iterator[str]:
    for remark in dict.fromkeys(outcome.all_remarks):
        yield f"{remark.severity}: {sanitized_line(_with_step(remark))}"


def _with_step(remark: Remark) -> str:
    return f"{remark.step}: {remark.text}" if remark.step else remark.text


def outcome_object(outcome: Outcome) -> dict[str, Any]:
    """A rehearsal as an object for programs."""
    return {
        "version": 1,
        "succeeded": outcome.succeeded,
        "seconds": round(outcome.seconds, 3),
        "stages": [
            {
                "name": stage.name,
                "result": str(stage.result),
                "jobs": [
                    {
                        "title": job.title,
                        "result": str(job.result),
                        "steps": [
                            {
                                "title": step.title,
                                "task": step.task,
                                "result": str(step.result),
                                "seconds": round(step.seconds, 3),
                                "log": list(step.log),
                            }
                            for step in job.steps
                        ],
                    }
                    for job in stage.jobs
                ],
            }
            for stage in outcome.stages
        ],
        "tests": [test._asdict() for test in outcome.tests],
        "requests": [asked._asdict() for asked in outcome.requests],
        "traffic": dict(outcome.traffic),
        "used": list(outcome.used),
        "unused": None if outcome.unused is None else list(outcome.unused),
        "remarks": [remark._asdict() for remark in dict.fromkeys(outcome.all_remarks)],
        "folder": outcome.folder,
    }
