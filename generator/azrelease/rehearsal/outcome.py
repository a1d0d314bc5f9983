"""What becomes of what is rehearsed, as values."""

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple


class Result(StrEnum):
    """How a step, job or stage ended. `left out` is what a rehearsal cannot do, such as a task of the marketplace."""

    SUCCEEDED = "succeeded"
    WARNED = "succeeded with issues"
    FAILED = "failed"
    SKIPPED = "skipped"
    LEFT_OUT = "left out"


class Remark(NamedTuple):
    """Something to know. An error is what makes the stage fail, or what it should have failed for.

    Attributes:
        severity: error, warning or info.
        text: what it is.
        step: the step that it is about; empty for the stage.
    """

    severity: str
    text: str
    step: str = ""


class StepOutcome(NamedTuple):
    """A step that ran, or did not."""

    title: str
    task: str
    result: Result
    seconds: float = 0.0
    log: tuple[str, ...] = ()
    remarks: tuple[Remark, ...] = ()


class JobOutcome(NamedTuple):
    """A job: the hooks of a deployment are each one of their own for the agent, and one here."""

    title: str
    result: Result
    steps: tuple[StepOutcome, ...] = ()


class StageOutcome(NamedTuple):
    """A stage."""

    name: str
    result: Result
    jobs: tuple[JobOutcome, ...] = ()


class TestCase(NamedTuple):
    """A test whose result was published: its name, `passed`, `failed` or `skipped`, and why."""

    name: str
    result: str
    message: str = ""


class Asked(NamedTuple):
    """A request that an endpoint got: which deployment answered, how, and what it said, cut short."""

    endpoint: str
    deployment: str
    status: int
    milliseconds: int
    request: str
    answer: str


class Outcome(NamedTuple):
    """A rehearsal.

    Attributes:
        stages: the stages, in the order they ran.
        tests: the results that were published.
        requests: what the endpoints were asked.
        used: files of the artifact that something read.
        unused: files of it that nothing read; None where that cannot be told.
        remarks: what is about no step.
        traffic: what each online endpoint has in service at the end: `blue 100 %`.
        seconds: how long it took.
        folder: the sandbox, where it was kept.
    """

    stages: tuple[StageOutcome, ...]
    tests: tuple[TestCase, ...] = ()
    requests: tuple[Asked, ...] = ()
    used: tuple[str, ...] = ()
    unused: tuple[str, ...] | None = None
    remarks: tuple[Remark, ...] = ()
    traffic: tuple[tuple[str, str], ...] = ()
    seconds: float = 0.0
    folder: str | None = None

    @property
    def all_remarks(self) -> tuple[Remark, ...]:
        """All there is to know, in the order it came up."""
        steps = (step for stage in self.stages for job in stage.jobs for step in job.steps)
        return (*(remark for step in steps for remark in step.remarks), *self.remarks)

    @property
    def succeeded(self) -> bool:
        """Whether every stage did what it should."""
        errors = any(remark.severity == "error" for remark in self.all_remarks)
        return not errors and all(stage.result in (Result.SUCCEEDED, Result.WARNED) for stage in self.stages)


def together(results: Iterable[Result]) -> Result:
    """What parts make of the whole: the worst of them."""
    found = set(results)
    for result in (Result.FAILED, Result.WARNED):
        if result in found:
            return result
    return Result.SKIPPED if found == {Result.SKIPPED} else Result.SUCCEEDED
