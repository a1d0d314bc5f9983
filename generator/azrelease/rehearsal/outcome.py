"""What becomes of what is rehearsed, as values."""

from collections.abc import Callable, Iterable
from enum import Enum, StrEnum
from typing import Any, NamedTuple, TypeVar


class Result(StrEnum):
    """How a step, job or stage ended. `left out` is what a rehearsal cannot do, such as a task of the marketplace."""

    SUCCEEDED = "succeeded"
    WARNED = "succeeded with issues"
    FAILED = "failed"
    SKIPPED = "skipped"
    LEFT_OUT = "left out"

    @property
    def word(self) -> str:
        """What the service calls it in `dependencies` and in Agent.JobStatus."""
        return _WORDS[self]


_WORDS = {
    Result.SUCCEEDED: "Succeeded",
    Result.WARNED: "SucceededWithIssues",
    Result.FAILED: "Failed",
    Result.SKIPPED: "Skipped",
    Result.LEFT_OUT: "Succeeded",
}


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


class EndpointRequest(NamedTuple):
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
    requests: tuple[EndpointRequest, ...] = ()
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


Told = TypeVar("Told", bound=tuple[Any, ...])


def with_texts(told: Told, change: Callable[[str], str]) -> Told:
    """An outcome with all of its texts changed, such as to hide secrets in them."""

    def changed(value: Any) -> Any:  # noqa: ANN401  (a field of an outcome)
        if isinstance(value, Enum):
            return value
        if isinstance(value, str):
            return change(value)
        if isinstance(value, tuple):
            return with_texts(value, change)
        return value

    parts = [changed(value) for value in told]
    made: Any = type(told)
    with_all: Told = made(*parts) if hasattr(told, "_fields") else made(parts)
    return with_all


def tolerated(outcome: StepOutcome) -> StepOutcome:
    """A failed step that the job goes on behind: it is no failure any more, and its errors are warnings.

    Source: azure-pipelines-agent, StepsRunner.cs (`ContinueOnError`).
    """
    remarks = tuple(
        remark._replace(severity="warning") if remark.severity == "error" else remark for remark in outcome.remarks
    )
    result = Result.WARNED if outcome.result is Result.FAILED else outcome.result
    return outcome._replace(result=result, remarks=remarks)


def together(results: Iterable[Result]) -> Result:
    """What parts make of the whole: the worst of them."""
    found = set(results)
    for result in (Result.FAILED, Result.WARNED):
        if result in found:
            return result
    return Result.SKIPPED if found == {Result.SKIPPED} else Result.SUCCEEDED
