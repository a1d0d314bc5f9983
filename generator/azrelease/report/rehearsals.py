"""A rehearsal as text, and as an object for programs."""

from collections.abc import Iterator
from typing import Any

from azrelease.rehearsal import Outcome, Result, StepOutcome
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
_MAX_LINES, _MAX_MESSAGE = 12, 400


def step_line(outcome: StepOutcome, *, colour: bool = False) -> str:
    """A step in one line: its result, title and duration."""
    sign = _SIGNS[outcome.result]
    sign = f"\033[{_COLOURS[outcome.result]}m{sign}\033[0m" if colour else sign
    word = {Result.SKIPPED: "skipped", Result.LEFT_OUT: "left out", Result.WARNED: "with issues"}.get(outcome.result)
    duration = f"{outcome.seconds:.1f} s" if outcome.result not in (Result.SKIPPED, Result.LEFT_OUT) else ""
    details = ", ".join(filter(None, (word, duration)))
    return f"  {sign} {sanitized_line(outcome.title)}{f' ({details})' if details else ''}"


def log_lines(outcome: StepOutcome) -> Iterator[str]:
    """The log of a step, indented."""
    return (f"      {sanitized_line(line)}" for line in outcome.log)


def outcome_text(outcome: Outcome) -> str:
    """The tests, requests, artifact files, remarks and result of a rehearsal."""
    lines = [*_tests(outcome), *_requests(outcome), *_artifact_files(outcome), *_remarks(outcome)]
    lines += [f"in service: {sanitized_line(name)}: {sanitized_line(shares)}" for name, shares in outcome.traffic]
    if outcome.folder:
        lines.append(f"sandbox: {outcome.folder}")
    results = ", ".join(f"{stage.name} {stage.result}" for stage in outcome.stages)
    verdict = "rehearsal succeeded" if outcome.succeeded else "rehearsal failed"
    lines.append(f"{verdict}: {results}, in {outcome.seconds:.1f} s")
    return "\n".join(lines) + "\n"


def _tests(outcome: Outcome) -> Iterator[str]:
    if not outcome.tests:
        return
    counts = {kind: sum(test.result == kind for test in outcome.tests) for kind in ("passed", "failed", "skipped")}
    yield "tests: " + ", ".join(f"{count} {kind}" for kind, count in counts.items() if count)
    for test in outcome.tests:
        if test.result == "failed":
            message = sanitized_line(test.message)[:_MAX_MESSAGE]
            yield f"  ✗ {sanitized_line(test.name)}{f': {message}' if message else ''}"


def _requests(outcome: Outcome) -> Iterator[str]:
    if not outcome.requests:
        return
    yield f"requests: {len(outcome.requests)}"
    for each in outcome.requests[:_MAX_LINES]:
        deployment = f" {each.deployment}" if each.deployment else ""
        request, answer = (" ".join(sanitized_line(text).split())[:60] for text in (each.request, each.answer))
        target = f"{sanitized_line(each.endpoint)}{deployment}"
        yield f"  {target}: {each.status} in {each.milliseconds} ms: {request} → {answer}"
    if len(outcome.requests) > _MAX_LINES:
        yield f"  and {len(outcome.requests) - _MAX_LINES} more"


def _artifact_files(outcome: Outcome) -> Iterator[str]:
    if outcome.unused is None:
        return
    yield f"artifact: {len(outcome.used)} files used, {len(outcome.unused)} unused"
    yield from (f"  unused: {sanitized_line(name)}" for name in outcome.unused[:_MAX_LINES])
    if len(outcome.unused) > _MAX_LINES:
        yield f"  and {len(outcome.unused) - _MAX_LINES} more"


def _remarks(outcome: Outcome) -> Iterator[str]:
    for remark in dict.fromkeys(outcome.all_remarks):
        text = f"{remark.step}: {remark.text}" if remark.step else remark.text
        yield f"{remark.severity}: {sanitized_line(text)}"


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
        "requests": [request._asdict() for request in outcome.requests],
        "traffic": dict(outcome.traffic),
        "used": list(outcome.used),
        "unused": None if outcome.unused is None else list(outcome.unused),
        "remarks": [remark._asdict() for remark in dict.fromkeys(outcome.all_remarks)],
        "folder": outcome.folder,
    }
