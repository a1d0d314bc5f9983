"""Runs stages: their jobs in order, the hooks of deployments, and what passes from one to the other."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from azrelease.rehearsal.agent import JobState, Machine, run_steps
from azrelease.rehearsal.conditions import ConditionContext, computed, decide, is_runtime, missing_outputs
from azrelease.rehearsal.outcome import JobOutcome, Remark, Result, StageOutcome, StepOutcome, together, tolerated
from azrelease.rehearsal.pipeline import HOOKS, RehearsedJob, RehearsedPipeline, RehearsedStage, RehearsedStep
from azrelease.rehearsal.steps import StepDownload
from azrelease.rehearsal.variables import RunVariables, RunVariableValue


@dataclass
class Run:
    """A run of a pipeline.

    Attributes:
        pipeline: the pipeline.
        machine: what all its jobs have in common.
        variables: what holds everywhere: those that are predefined, and those that are given.
        begin: called before a job, with the artifacts that it downloads by itself: gives it a new machine.
        given: the names of variables whose values were given, in lower case: nothing else sets them.
        attempt: the number of the run of a stage.
        results: how stages ended, by name in lower case.
        jobs: how jobs ended, by stage and job.
        outputs: the outputs of jobs, by stage and job.
        remarks: what is about no step.
    """

    pipeline: RehearsedPipeline
    machine: Machine
    variables: RunVariables
    begin: Callable[[Sequence[StepDownload]], None]
    given: frozenset[str] = frozenset()
    attempt: int = 1
    results: dict[str, Result] = field(default_factory=dict)
    jobs: dict[str, dict[str, Result]] = field(default_factory=dict)
    outputs: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)


def run_stage(run: Run, stage: RehearsedStage) -> StageOutcome:
    """Run a stage, if its condition holds; stages that were not run are taken to have succeeded."""
    run.machine.watcher.stage_begins(stage.title)
    around = _around_stage(run, stage)
    verdict = decide(stage.condition, around)
    if verdict.problem is not None:
        run.remarks.append(Remark("error", f"stage `{stage.name}`: {verdict.problem}"))
        return _ended(run, stage, StageOutcome(stage.name, Result.FAILED))
    if not verdict.runs:
        return _ended(run, stage, StageOutcome(stage.name, Result.SKIPPED))
    results: dict[str, Result] = {}
    jobs: list[JobOutcome] = []
    for job in _in_order(stage):
        outcome = _run_job(run, stage, job, results)
        if job.continue_on_error and outcome.result is Result.FAILED:
            outcome = outcome._replace(result=Result.WARNED, steps=tuple(map(tolerated, outcome.steps)))
        results[job.name.casefold()] = outcome.result
        run.jobs.setdefault(stage.name, {})[job.name] = outcome.result
        jobs.append(outcome)
    return _ended(run, stage, StageOutcome(stage.name, together(results.values()), tuple(jobs)))


def _ended(run: Run, stage: RehearsedStage, outcome: StageOutcome) -> StageOutcome:
    run.results[stage.name.casefold()] = outcome.result
    return outcome


def _around_stage(run: Run, stage: RehearsedStage) -> ConditionContext:
    waited_for = {name.casefold(): run.results.get(name.casefold(), Result.SUCCEEDED) for name in stage.depends_on}
    outputs = {
        name.casefold(): {f"{job}.{key}": value for job, values in jobs.items() for key, value in values.items()}
        for name, jobs in run.outputs.items()
    }
    ran = {name: run.results.get(name, Result.SUCCEEDED) for name in outputs}
    found = {
        name: {"result": result.word, "outputs": outputs.get(name, {})}
        for name, result in {**ran, **waited_for}.items()
    }
    return ConditionContext(_variables(run, stage, None, {}, {}).values(), waited_for, {"dependencies": found})


def _in_order(stage: RehearsedStage) -> Iterator[RehearsedJob]:
    """The jobs, each behind those that it waits for."""
    waiting, done = list(stage.jobs), set[str]()
    while waiting:
        ready = next(job for job in waiting if {name.casefold() for name in job.depends_on} <= done)
        waiting.remove(ready)
        done.add(ready.name.casefold())
        yield ready


def _run_job(run: Run, stage: RehearsedStage, job: RehearsedJob, results: Mapping[str, Result]) -> JobOutcome:
    outputs = _outputs_for(run, stage)
    known = {name.casefold(): results[name.casefold()] for name in job.depends_on if name.casefold() in results}
    base = _variables(run, stage, job, known, outputs)
    verdict = decide(job.condition, ConditionContext(base.values(), known, outputs))
    if verdict.problem is not None or not verdict.runs:
        problem = verdict.problem
        steps = (
            (StepOutcome(job.title, "", Result.FAILED, remarks=(Remark("error", problem, job.title),)),)
            if problem
            else ()
        )
        return JobOutcome(job.title, Result.FAILED if problem else Result.SKIPPED, steps)
    if job.copies > 1:
        run.remarks.append(Remark("info", f"of {job.copies} copies of the job the first is rehearsed", job.title))
    made: dict[str, str] = {}
    steps_done: list[StepOutcome] = []
    result = Result.SUCCEEDED
    for hook in _hooks(job):
        if hook and result is Result.FAILED:
            break
        state = _run_hook(run, job, hook, base)
        steps_done += state.steps
        made |= _named(job, state)
        result = together((result, state.result))
    ending = f"on {'failure' if result is Result.FAILED else 'success'}"
    if job.is_deployment and ending in job.hooks:
        # A hook is a job of its own: what the others have set is not known there.
        state = _run_hook(run, job, ending, base)
        steps_done += state.steps
        result = together((result, state.result))
    run.outputs.setdefault(stage.name, {})[job.name] = made
    return JobOutcome(job.title, result, tuple(steps_done))


def _hooks(job: RehearsedJob) -> tuple[str, ...]:
    return tuple(hook for hook in HOOKS if hook in job.hooks) if job.is_deployment else ("",)


def _run_hook(
    run: Run,
    job: RehearsedJob,
    hook: str,
    base: RunVariables,
) -> JobState:
    run.machine.watcher.job_begins(f"{job.title}: {hook}" if hook.startswith("on ") else job.title)
    steps = job.hooks.get(hook, ())
    run.begin(own_downloads(run.pipeline, hook, steps))
    minutes = job.timeout or 0.0
    until = time.monotonic() + minutes * 60 if minutes else None
    state = JobState(base.copy(), until=until, minutes=minutes)
    run_steps(run.machine, steps, state)
    return state


def own_downloads(pipeline: RehearsedPipeline, hook: str, steps: Sequence[RehearsedStep]) -> tuple[StepDownload, ...]:
    """What a job downloads by itself: the `deploy` hook of a deployment all there is, unless it has steps for that.

    Source: learn.microsoft.com/azure/devops/pipelines/process/deployment-jobs, Descriptions of lifecycle hooks.
    """
    if hook != "deploy" or any(step.task == "download" for step in steps):
        return ()
    return tuple(StepDownload(alias) for alias, _ in pipeline.sources)


def _named(job: RehearsedJob, state: JobState) -> dict[str, str]:
    """Outputs as others find them: those of a deployment have the name of the job in front.

    Source: learn.microsoft.com/azure/devops/pipelines/process/deployment-jobs, Support for output variables.
    """
    if not job.is_deployment:
        return dict(state.outputs)
    return {f"{job.name}.{name}": value for name, value in state.outputs.items()}


def _outputs_for(run: Run, stage: RehearsedStage) -> dict[str, Any]:
    others = {
        name: {
            job: {"result": result.word, "outputs": run.outputs.get(name, {}).get(job, {})}
            for job, result in jobs.items()
        }
        for name, jobs in run.jobs.items()
    }
    return {"dependencies": others.get(stage.name, {}), "stageDependencies": others}


def _variables(
    run: Run, stage: RehearsedStage, job: RehearsedJob | None, results: Mapping[str, Result], outputs: Mapping[str, Any]
) -> RunVariables:
    """The variables of a job, or of a stage before its jobs: those further in go before those further out."""
    found = run.variables.copy()
    predefined = {
        "System.StageName": stage.name,
        "System.StageDisplayName": stage.title,
        "System.StageAttempt": str(run.attempt),
    }
    if job is not None:
        predefined |= {
            "System.JobName": job.name,
            "System.JobDisplayName": job.title,
            "System.JobAttempt": "1",
            "System.PhaseName": job.name,
            "Agent.JobName": job.title,
            **({"Environment.Name": job.environment} if job.environment else {}),
        }
    for name, value in predefined.items():
        found.set(RunVariableValue(name, value, readonly=True))
    for place in (run.pipeline, stage, *(() if job is None else (job,))):
        for name, text in place.variables.items():
            if name.casefold() not in run.given:
                value = _value(run, name, text, job, ConditionContext(found.values(), results, outputs))
                found.replace(RunVariableValue(name, value, readonly=name in place.readonly))
    return found


def _value(run: Run, name: str, text: str, job: RehearsedJob | None, around: ConditionContext) -> str:
    """The value of a variable, computed where it is a runtime expression."""
    if not is_runtime(text):
        return text
    value, problem = computed(text, around)
    if job is not None:
        said = list(missing_outputs(text, around.outputs)) or ([problem] if problem else [])
        run.remarks += [Remark("error", f"the variable `{name}`: {each}", job.title) for each in said]
    return value
