"""The gates in the stages of any pipeline: manual validations that other jobs or stages wait for."""

from collections.abc import Sequence
from typing import NamedTuple

from azrelease.graph.labels import joined
from azrelease.graph.model import Fact, Gate
from azrelease.redaction import redacted_text
from azrelease.syntax.outline import JobOutline, StepOutline

_VALIDATION = "manualvalidation"
_NEVER = ("false", "'false'", "eq(1, 2)", "eq(1,2)")


class PipelineGates(NamedTuple):
    """The gates before a stage, between its jobs (as facts), and behind it."""

    before: tuple[Gate, ...]
    between: tuple[Fact, ...]
    behind: tuple[Gate, ...]


def pipeline_gates(jobs: Sequence[JobOutline]) -> PipelineGates:
    """The manual validations of jobs.

    One is before the stage only where all other jobs wait for it, and behind it only where it waits for all others.
    """
    waits = {_key(job): _all_before(job, jobs) for job in jobs}
    validations = {_key(job): [step for step in job.steps if _is_validation(job, step)] for job in jobs}
    others = {name for name in waits if not validations.get(name)}
    before: list[Gate] = []
    between: list[Fact] = []
    behind: list[Gate] = []
    for job in jobs:
        name = _key(job)
        for step in validations[name]:
            gate = _gate(job, step)
            if all(name in waits[other] for other in others):
                before.append(gate)
            elif others <= waits[name]:
                behind.append(gate)
            else:
                between.append(Fact("approval in between", gate.title))
    return PipelineGates(tuple(before), tuple(between), tuple(behind))


def _key(job: JobOutline) -> str:
    return (job.name or "").casefold()


def _all_before(job: JobOutline, jobs: Sequence[JobOutline]) -> set[str]:
    """The jobs that a job depends on, directly or not."""
    direct = {_key(other): {node.value.casefold() for node in other.block.texts("dependsOn")} for other in jobs}
    before: set[str] = set()
    pending = list(direct[_key(job)])
    while pending:
        name = pending.pop()
        if name not in before:
            before.add(name)
            pending.extend(direct.get(name, ()))
    return before


def _is_validation(job: JobOutline, step: StepOutline) -> bool:
    """Whether a step is an enabled manual validation whose condition may hold."""
    conditions = (step.block.text("condition"), job.block.text("condition"))
    disabled = (step.block.text("enabled") or "true").casefold() == "false"
    never = any((text or "").strip().casefold() in _NEVER for text in conditions)
    return step.task_name == _VALIDATION and not disabled and not never


def _gate(job: JobOutline, step: StepOutline) -> Gate:
    approvers, notified = _lines(step.input("approvers")), _lines(step.input("notifyUsers"))
    who = approvers or "any user with permission" + (f"; notifies {notified}" if notified else "")
    # The directives around the whole stage are facts of the stage.
    around = {guard.key.value for guard in job.stage.guards}
    guards = [guard.key.value for guard in (*job.guards, *step.guards) if guard.key.value not in around]
    conditions = [text for text in (step.block.text("condition"), job.block.text("condition")) if text]
    when = f" (only {redacted_text(joined([*guards, *conditions]))})" if guards or conditions else ""
    resumes = (step.input("onTimeout") or "").casefold() == "resume"
    facts = (
        *([Fact("on timeout", "resumes")] if resumes else []),
        *([Fact("instructions", redacted_text(text))] if (text := step.input("instructions")) else []),
    )
    return Gate("approval", f"{redacted_text(who)}{when}", facts, "job in the pipeline")


def _lines(text: str | None) -> str:
    return joined(line.strip() for line in (text or "").splitlines())
