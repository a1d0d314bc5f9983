"""The outcome of a rehearsal: results, remarks, tests and requests."""

from collections.abc import Callable, Iterable
from enum import Enum, StrEnum
from typing import Any, NamedTuple, TypeVar


class Result(StrEnum):
    """The result of a step, job or stage. A rehearsal leaves out tasks of the marketplace, for example."""

    SUCCEEDED = "succeeded"
    WARNED = "succeeded with issues"
    FAILED = "failed"
    SKIPPED = "skipped"
    LEFT_OUT = "left out"

    @property
    def word(self) -> str:
        """Its name in `dependencies` and in Agent.JobStatus."""
        return _WORDS[self]


_WORDS = {
    Result.SUCCEEDED: "Succeeded",
    Result.WARNED: "SucceededWithIssues",
    Result.FAILED: "Failed",
    Result.SKIPPED: "Skipped",
    Result.LEFT_OUT: "Succeeded",
}


class Remark(NamedTuple):
    """A remark about a rehearsal. An error makes the stage fail, or is one that it should have failed for.

    Attributes:
        severity: error, warning or info.
        step: the title of its step; empty for the stage.
    """

    severity: str
    text: str
    step: str = ""


class StepOutcome(NamedTuple):
    """A step, whether it ran or not."""

    title: str
    task: str
    result: Result
    seconds: float = 0.0
    log: tuple[str, ...] = ()
    remarks: tuple[Remark, ...] = ()


class JobOutcome(NamedTuple):
    """A job; the hooks of a deployment, each a job for the agent, are one job here."""

    title: str
    result: Result
    steps: tuple[StepOutcome, ...] = ()


class StageOutcome(NamedTuple):
    """A stage."""

    name: str
    result: Result
    jobs: tuple[JobOutcome, ...] = ()


class TestCase(NamedTuple):
    """A published test result: its name, `passed`, `failed` or `skipped`, and the message."""

    name: str
    result: str
    message: str = ""


class EndpointRequest(NamedTuple):
    """A request to an endpoint: the deployment that answered, and the beginning of the request and the answer."""

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
        used: the files of the artifact that something read.
        unused: the files of it that nothing read; None if unknown.
        remarks: the remarks about no step.
        traffic: the final traffic of each online endpoint: `blue 100 %`.
        folder: the sandbox, if it was kept.
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
        """All remarks: those of steps, then the others."""
        steps = (step for stage in self.stages for job in stage.jobs for step in job.steps)
        return (*(remark for step in steps for remark in step.remarks), *self.remarks)

    @property
    def succeeded(self) -> bool:
        """Whether every stage succeeded, and nothing is an error."""
        errors = any(remark.severity == "error" for remark in self.all_remarks)
        return not errors and all(stage.result in (Result.SUCCEEDED, Result.WARNED) for stage in self.stages)


OutcomeT = TypeVar("OutcomeT", bound=tuple[Any, ...])


def with_texts(outcome: OutcomeT, change: Callable[[str], str]) -> OutcomeT:
    """An outcome with all of its texts changed, for example to mask secrets."""

    def changed(value: Any) -> Any:  # noqa: ANN401  (a field of an outcome)
        if isinstance(value, str) and not isinstance(value, Enum):
            return change(value)
        return with_texts(value, change) if isinstance(value, tuple) else value

    parts, make = map(changed, outcome), type(outcome)
    result: OutcomeT = make(*parts) if hasattr(outcome, "_fields") else make(parts)
    return result


def tolerated(outcome: StepOutcome) -> StepOutcome:
    """A failed step with `continueOnError`: it succeeds with issues, and its errors become warnings.

    Source: azure-pipelines-agent, StepsRunner.cs (`ContinueOnError`).
    """
    remarks = tuple(
        remark._replace(severity="warning") if remark.severity == "error" else remark for remark in outcome.remarks
    )
    result = Result.WARNED if outcome.result is Result.FAILED else outcome.result
    return outcome._replace(result=result, remarks=remarks)


def combined(results: Iterable[Result]) -> Result:
    """The result of a whole: the worst of its parts."""
    parts = set(results)
    for result in (Result.FAILED, Result.WARNED):
        if result in parts:
            return result
    return Result.SKIPPED if parts == {Result.SKIPPED} else Result.SUCCEEDED
