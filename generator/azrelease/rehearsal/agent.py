"""A small agent: runs the steps of a job as that of Azure Pipelines does.

Source of the rules: azure-pipelines-agent (StepsRunner.cs).
"""

import time
from collections.abc import Sequence

from azrelease.rehearsal.conditions import ConditionContext, decide
from azrelease.rehearsal.machine import JobState, Machine
from azrelease.rehearsal.outcome import Remark, Result, StepOutcome, combined, tolerated, with_texts
from azrelease.rehearsal.pipeline import RehearsedStep
from azrelease.rehearsal.step_attempt import StepAttempt
from azrelease.rehearsal.variables import JobVariable
from azrelease.syntax.macros import expand


def run_steps(machine: Machine, steps: Sequence[RehearsedStep], state: JobState) -> None:
    """Run steps one after the other; skip those whose condition does not hold."""
    for step in steps:
        outcome = _run_step(machine, step, state)
        outcome = with_texts(tolerated(outcome) if step.continue_on_error else outcome, machine.masker.mask)
        state.steps.append(outcome)
        machine.watcher.step_ends(outcome)
        if outcome.result in (Result.FAILED, Result.WARNED):
            state.result = combined((state.result, outcome.result))


def _run_step(machine: Machine, step: RehearsedStep, state: JobState) -> StepOutcome:
    values = {**state.variables.values(), "agent.jobstatus": state.result.word}
    title = expand(step.title, values)
    if not step.enabled:
        return StepOutcome(title, step.task, Result.SKIPPED)
    verdict = decide(step.condition, ConditionContext(values, {"": state.result}))
    if verdict.problem is not None:
        return StepOutcome(title, step.task, Result.FAILED, remarks=(Remark("error", verdict.problem, title),))
    if not verdict.holds:
        return StepOutcome(title, step.task, Result.SKIPPED)
    machine.watcher.step_begins(machine.masker.mask(title))
    started = time.monotonic()
    attempt = StepAttempt(machine, step, title, state, values)
    result = attempt.perform()
    for retry in range(step.retries):
        if result.result is not Result.FAILED:
            break
        attempt.add_line(f"##[warning]The step failed. Retry {retry + 1} of {step.retries}.")
        result = attempt.perform()
    failed = result.result is Result.FAILED
    if failed and not step.continue_on_error:
        machine.at_failure(attempt.environment(), attempt.folder())
    machine.tests += result.tests
    for name, value in result.variables.items():
        state.variables.set(JobVariable(name, value))
    state.path = (*result.path, *state.path)
    # An error in the log alone does not make a step fail.
    logged = [remark if failed else remark._replace(severity="warning") for remark in attempt.remarks]
    remarks = (*result.remarks, *logged, *machine.take_remarks(title, failed=failed))
    remarks = (*remarks, *attempt.explanations(failed=failed, known=remarks))
    return StepOutcome(title, step.task, result.result, time.monotonic() - started, tuple(attempt.log), remarks)
