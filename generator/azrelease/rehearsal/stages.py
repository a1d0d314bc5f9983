"""Runs stages: their jobs in order, the hooks of deployments, and what passes from one to the other."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from azrelease.rehearsal.agent import JobState, Machine, run_steps
from azrelease.rehearsal.conditions import Surroundings, computed, decide, is_runtime, missing_outputs
from azrelease.rehearsal.outcome import JobOutcome, Remark, Result, StageOutcome, StepOutcome, together
from azrelease.rehearsal.pipeline import HOOKS, Job, Pipeline, Stage
from azrelease.rehearsal.variables import Variable, Variables


@dataclass
class Run:
    """A run of a pipeline.

    Attributes:
        pipeline: the pipeline.
        machine: what all its jobs have in common.
        variables: what holds everywhere: those of the pipeline, and those that are predefined.
        attempt: the number of the run of a stage.
        results: how stages ended, by name.
        outputs: the outputs of jobs, by stage and job.
        remarks: what is about no step.
    """

    pipeline: Pipeline
    machine: Machine
    variables: Variables
    attempt: int = 1
    results: dict[str, Result] = field(default_factory=dict)
    outputs: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)


def run_stage(run: Run, stage: Stage) -> StageOutcome:
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
        failed = outcome.result is Result.FAILED
        results[job.name.casefold()] = Result.WARNED if failed and job.continue_on_error else outcome.result
        jobs.append(outcome)
    return _ended(run, stage, StageOutcome(stage.name, together(results.values()), tuple(jobs)))


def _ended(run: Run, stage: Stage, outcome: StageOutcome) -> StageOutcome:
    run.results[stage.name.casefold()] = outcome.result
    return outcome


def _around_stage(run: Run, stage: Stage) -> Surroundings:
    waited_for = {name.casefold(): run.results.get(name.casefold(), Result.SUCCEEDED) for name in stage.depends_on}
    outputs = {
        name: {"outputs": {f"{job}.{key}": v for job, values in jobs.items() for key, v in values.items()}}
        for name, jobs in run.outputs.items()
    }
    return Surroundings(run.variables.values(), waited_for, {"dependencies": outputs})


def _in_order(stage: Stage) -> Iterator[Job]:
    """The jobs, each behind those that it waits for."""
    waiting, done = list(stage.jobs), set[str]()
    while waiting:
        ready = next((job for job in waiting if {n.casefold() for n in job.depends_on} <= done), waiting[0])
        waiting.remove(ready)
        done.add(ready.name.casefold())
        yield ready


def _run_job(run: Run, stage: Stage, job: Job, results: Mapping[str, Result]) -> JobOutcome:
    outputs = _outputs_for(run, stage)
    known = {name.casefold(): results[name.casefold()] for name in job.depends_on if name.casefold() in results}
    base = _variables(run, stage, job)
    verdict = decide(job.condition, Surroundings(base.values(), known, outputs))
    if verdict.problem is not None or not verdict.runs:
        problem = verdict.problem
        steps = (
            (StepOutcome(job.title, "", Result.FAILED, remarks=(Remark("error", problem, job.title),)),)
            if problem
            else ()
        )
        return JobOutcome(job.title, Result.FAILED if problem else Result.SKIPPED, steps)
    made: dict[str, str] = {}
    steps_done: list[StepOutcome] = []
    result = Result.SUCCEEDED
    for hook in _hooks(job):
        if hook and result is Result.FAILED:
            break
        state = _run_hook(run, stage, job, hook, base, outputs, known)
        steps_done += state.steps
        made |= _named(job, state)
        result = together((result, state.result))
    ending = f"on {'failure' if result is Result.FAILED else 'success'}"
    if job.is_deployment and ending in job.hooks:
        # A hook is a job of its own: what the others have set is not known there.
        state = _run_hook(run, stage, job, ending, base, outputs, known)
        steps_done += state.steps
        result = together((result, state.result))
    run.outputs.setdefault(stage.name, {})[job.name] = made
    return JobOutcome(job.title, result, tuple(steps_done))


def _hooks(job: Job) -> tuple[str, ...]:
    return tuple(hook for hook in HOOKS if hook in job.hooks) if job.is_deployment else ("",)


def _run_hook(
    run: Run,
    stage: Stage,
    job: Job,
    hook: str,
    base: Variables,
    outputs: Mapping[str, Any],
    results: Mapping[str, Result],
) -> JobState:
    run.machine.watcher.job_begins(f"{job.title}: {hook}" if hook.startswith("on ") else job.title)
    state = JobState(base.copy())
    for name, text in {**run.pipeline.variables, **stage.variables, **job.variables}.items():
        if is_runtime(text):
            value, problem = computed(text, Surroundings(state.variables.values(), results, outputs))
            state.variables.set(Variable(name, value))
            missed = list(missing_outputs(text, outputs))
            texts = missed or ([problem] if problem else [])
            run.remarks += [Remark("error", f"the variable `{name}`: {said}", job.title) for said in texts]
    run_steps(run.machine, job.hooks.get(hook, ()), state)
    return state


def _named(job: Job, state: JobState) -> dict[str, str]:
    """Outputs as others find them: those of a deployment have the name of the job in front.

    Source: learn.microsoft.com/azure/devops/pipelines/process/deployment-jobs, Support for output variables.
    """
    if not job.is_deployment:
        return dict(state.outputs)
    return {f"{job.name}.{name}": value for name, value in state.outputs.items()}


def _outputs_for(run: Run, stage: Stage) -> dict[str, Any]:
    own = {job: {"outputs": values} for job, values in run.outputs.get(stage.name, {}).items()}
    others = {name: {job: {"outputs": values} for job, values in jobs.items()} for name, jobs in run.outputs.items()}
    return {"dependencies": own, "stageDependencies": others}


def _variables(run: Run, stage: Stage, job: Job) -> Variables:
    found = run.variables.copy()
    for name, value in {**stage.variables, **job.variables}.items():
        if not is_runtime(value):
            found.set(Variable(name, value))
    for name, value in {
        "System.StageName": stage.name,
        "System.StageDisplayName": stage.title,
        "System.StageAttempt": str(run.attempt),
        "System.JobName": job.name,
        "System.JobDisplayName": job.title,
        "System.JobAttempt": "1",
        "System.PhaseName": job.name,
        "Agent.JobName": job.title,
        **({"Environment.Name": job.environment} if job.environment else {}),
    }.items():
        found.set(Variable(name, value))
    return found
