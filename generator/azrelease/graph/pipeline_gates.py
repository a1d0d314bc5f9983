"""Who is asked in a pipeline of anybody's: manual validations, as far as they hold something back."""

from collections.abc import Sequence
from typing import NamedTuple

from azrelease.graph.labels import joined
from azrelease.graph.model import Fact, Gate
from azrelease.redaction import redacted_text
from azrelease.syntax.outline import JobOutline, StepOutline

_VALIDATION = "manualvalidation"
_OFF = ("false", "'false'", "eq(1, 2)", "eq(1,2)")

STARTED = Gate("start", "started by a person", (), "the stage itself")


class PipelineGates(NamedTuple):
    """What holds a stage: before it begins, somewhere in between (as facts), and before others go on."""

    before: tuple[Gate, ...]
    between: tuple[Fact, ...]
    behind: tuple[Gate, ...]


def holds_of(jobs: Sequence[JobOutline]) -> PipelineGates:
    """Where the manual validations of jobs stand.

    One is before the stage only where all other jobs wait for it, and behind it only where it waits for all others.
    """
    waits = {(job.name or "").casefold(): _all_before(job, jobs) for job in jobs}
    asking = {(job.name or "").casefold(): [step for step in job.steps if _asks(job, step)] for job in jobs}
    others = {name for name in waits if not asking.get(name)}
    before: list[Gate] = []
    between: list[Fact] = []
    behind: list[Gate] = []
    for job in jobs:
        name = (job.name or "").casefold()
        for step in asking[name]:
            hold = _hold(job, step)
            if all(name in waits[other] for other in others):
                before.append(hold)
            elif others <= waits[name]:
                behind.append(hold)
            else:
                between.append(Fact("asks in between", hold.title))
    return PipelineGates(tuple(before), tuple(between), tuple(behind))


def _all_before(job: JobOutline, jobs: Sequence[JobOutline]) -> set[str]:
    """The jobs that one waits for, and those that these wait for."""
    direct = {
        (other.name or "").casefold(): {node.value.casefold() for node in other.block.texts("dependsOn")}
        for other in jobs
    }
    found: set[str] = set()
    waiting = list(direct[(job.name or "").casefold()])
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(direct.get(name, ()))
    return found


def _asks(job: JobOutline, step: StepOutline) -> bool:
    """Whether a step asks somebody: it is on, and its condition is not one that never holds."""
    conditions = (step.block.text("condition"), job.block.text("condition"))
    off = (step.block.text("enabled") or "true").casefold() == "false"
    never = any((text or "").strip().casefold() in _OFF for text in conditions)
    return step.task_name == _VALIDATION and not off and not never


def _hold(job: JobOutline, step: StepOutline) -> Gate:
    people = _lines(step.input("approvers"))
    told = _lines(step.input("notifyUsers"))
    who = people or "anybody who may approve"
    told_too = f"; {told} are told" if told and not people else ""
    # The directives around the whole stage are said of the stage.
    around = {guard.key.value for guard in job.stage.guards}
    only = [guard.key.value for guard in (*job.guards, *step.guards) if guard.key.value not in around]
    conditions = [text for text in (step.block.text("condition"), job.block.text("condition")) if text]
    when = f" (only {redacted_text(joined([*only, *conditions]))})" if only or conditions else ""
    goes_on = (step.input("onTimeout") or "").casefold() == "resume"
    facts = (
        *([Fact("when nobody answers", "goes on")] if goes_on else []),
        *([Fact("instructions", redacted_text(text))] if (text := step.input("instructions")) else []),
    )
    return Gate("approval", f"{redacted_text(who)}{told_too}{when}", facts, "job in the pipeline")


def _lines(text: str | None) -> str:
    return joined(line.strip() for line in (text or "").splitlines())
