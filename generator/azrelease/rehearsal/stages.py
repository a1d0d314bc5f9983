"""Runs stages: their jobs in order, the hooks of deployments, and the outputs that pass between them."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from azrelease.rehearsal.agent import run_steps
from azrelease.rehearsal.artifacts import ArtifactDownload
from azrelease.rehearsal.conditions import (
    ConditionContext,
    decide,
    is_runtime_expression,
    missing_outputs,
    runtime_value,
)
from azrelease.rehearsal.machine import JobState, Machine
from azrelease.rehearsal.outcome import JobOutcome, Remark, Result, StageOutcome, StepOutcome, combined, tolerated
from azrelease.rehearsal.pipeline import RehearsedJob, RehearsedPipeline, RehearsedStage, RehearsedStep, in_order
from azrelease.rehearsal.predefined_variables import of_stage_and_job
from azrelease.rehearsal.variables import JobVariable, JobVariables
from azrelease.syntax import HOOKS


@dataclass
class PipelineRun:
    """A run of a pipeline.

    Attributes:
        variables: the global variables: predefined ones, and those that the user gave.
        begin_job: called before a job, with its automatic downloads, to reset the machine.
        given: the names of variables that the user gave, in lower case: nothing else sets them.
        results: the results of stages, by name in lower case.
        jobs: the results of jobs, by stage and job.
        outputs: the outputs of jobs, by stage and job.
        remarks: the remarks about no step.
    """

    pipeline: RehearsedPipeline
    machine: Machine
    variables: JobVariables
    begin_job: Callable[[Sequence[ArtifactDownload]], None]
    given: frozenset[str] = frozenset()
    attempt: int = 1
    results: dict[str, Result] = field(default_factory=dict)
    jobs: dict[str, dict[str, Result]] = field(default_factory=dict)
    outputs: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)


def run_stage(run: PipelineRun, stage: RehearsedStage) -> StageOutcome:
    """Run a stage, if its condition holds; stages that are not rehearsed count as succeeded."""
    run.machine.watcher.stage_begins(stage.title)
    verdict = decide(stage.condition, _stage_context(run, stage))
    if verdict.problem is not None:
        run.remarks.append(Remark("error", f"stage `{stage.name}`: {verdict.problem}"))
        outcome = StageOutcome(stage.name, Result.FAILED)
    elif verdict.holds:
        outcome = _run_jobs(run, stage)
    else:
        outcome = StageOutcome(stage.name, Result.SKIPPED)
    run.results[stage.name.casefold()] = outcome.result
    return outcome


def _run_jobs(run: PipelineRun, stage: RehearsedStage) -> StageOutcome:
    results: dict[str, Result] = {}
    jobs: list[JobOutcome] = []
    for job in in_order(stage.jobs):
        outcome = _run_job(run, stage, job, results)
        if job.continue_on_error and outcome.result is Result.FAILED:
            outcome = outcome._replace(result=Result.WARNED, steps=tuple(map(tolerated, outcome.steps)))
        results[job.name.casefold()] = outcome.result
        run.jobs.setdefault(stage.name, {})[job.name] = outcome.result
        jobs.append(outcome)
    return StageOutcome(stage.name, combined(results.values()), tuple(jobs))


def _stage_context(run: PipelineRun, stage: RehearsedStage) -> ConditionContext:
    dependencies = {name.casefold(): run.results.get(name.casefold(), Result.SUCCEEDED) for name in stage.depends_on}
    outputs = {
        name.casefold(): {f"{job}.{key}": value for job, values in jobs.items() for key, value in values.items()}
        for name, jobs in run.outputs.items()
    }
    ran = {name: run.results.get(name, Result.SUCCEEDED) for name in outputs}
    by_stage = {
        name: {"result": result.word, "outputs": outputs.get(name, {})}
        for name, result in {**ran, **dependencies}.items()
    }
    return ConditionContext(_variables(run, stage, None, {}, {}).values(), dependencies, {"dependencies": by_stage})


def _run_job(run: PipelineRun, stage: RehearsedStage, job: RehearsedJob, results: Mapping[str, Result]) -> JobOutcome:
    outputs = _outputs_for(run, stage)
    dependencies = {name.casefold(): results[name.casefold()] for name in job.depends_on if name.casefold() in results}
    variables = _variables(run, stage, job, dependencies, outputs)
    verdict = decide(job.condition, ConditionContext(variables.values(), dependencies, outputs))
    if verdict.problem is not None:
        remark = Remark("error", verdict.problem, job.title)
        return JobOutcome(job.title, Result.FAILED, (StepOutcome(job.title, "", Result.FAILED, remarks=(remark,)),))
    if not verdict.holds:
        return JobOutcome(job.title, Result.SKIPPED)
    if job.copies > 1:
        run.remarks.append(Remark("info", f"only the first of {job.copies} copies of the job is rehearsed", job.title))
    own_outputs: dict[str, str] = {}
    steps: list[StepOutcome] = []
    result = Result.SUCCEEDED
    for hook in [hook for hook in HOOKS if hook in job.hooks] if job.is_deployment else [""]:
        if hook and result is Result.FAILED:
            break
        state = _run_hook(run, job, hook, variables)
        steps += state.steps
        own_outputs |= _named_outputs(job, state)
        result = combined((result, state.result))
    last_hook = f"on {'failure' if result is Result.FAILED else 'success'}"
    if job.is_deployment and last_hook in job.hooks:
        # A hook is a job of its own: it does not see the variables that the others set.
        state = _run_hook(run, job, last_hook, variables)
        steps += state.steps
        result = combined((result, state.result))
    run.outputs.setdefault(stage.name, {})[job.name] = own_outputs
    return JobOutcome(job.title, result, tuple(steps))


def _run_hook(run: PipelineRun, job: RehearsedJob, hook: str, variables: JobVariables) -> JobState:
    run.machine.watcher.job_begins(f"{job.title}: {hook}" if hook.startswith("on ") else job.title)
    steps = job.hooks.get(hook, ())
    run.begin_job(automatic_downloads(run.pipeline, hook, steps))
    minutes = job.timeout or 0.0
    until = time.monotonic() + minutes * 60 if minutes else None
    state = JobState(variables.copy(), until=until, minutes=minutes)
    run_steps(run.machine, steps, state)
    return state


def automatic_downloads(
    pipeline: RehearsedPipeline, hook: str, steps: Sequence[RehearsedStep]
) -> tuple[ArtifactDownload, ...]:
    """The automatic downloads of a job: all sources in the `deploy` hook of a deployment without `download` steps.

    Source: learn.microsoft.com/azure/devops/pipelines/process/deployment-jobs, Descriptions of lifecycle hooks.
    """
    if hook != "deploy" or any(step.task == "download" for step in steps):
        return ()
    return tuple(ArtifactDownload(alias) for alias, _ in pipeline.sources)


def _named_outputs(job: RehearsedJob, state: JobState) -> dict[str, str]:
    """Outputs by the name that others use: those of a deployment have the name of the job in front.

    Source: learn.microsoft.com/azure/devops/pipelines/process/deployment-jobs, Support for output variables.
    """
    if not job.is_deployment:
        return dict(state.outputs)
    return {f"{job.name}.{name}": value for name, value in state.outputs.items()}


def _outputs_for(run: PipelineRun, stage: RehearsedStage) -> dict[str, Any]:
    by_stage = {
        name: {
            job: {"result": result.word, "outputs": run.outputs.get(name, {}).get(job, {})}
            for job, result in jobs.items()
        }
        for name, jobs in run.jobs.items()
    }
    return {"dependencies": by_stage.get(stage.name, {}), "stageDependencies": by_stage}


def _variables(
    run: PipelineRun,
    stage: RehearsedStage,
    job: RehearsedJob | None,
    results: Mapping[str, Result],
    outputs: Mapping[str, Any],
) -> JobVariables:
    """The variables of a job, or of a stage before its jobs: inner scopes override outer ones."""
    variables = run.variables.copy()
    for name, value in of_stage_and_job(stage, job, run.attempt).items():
        variables.set(JobVariable(name, value, readonly=True))
    for scope in (run.pipeline, stage, *(() if job is None else (job,))):
        for name, text in scope.variables.items():
            if name.casefold() not in run.given:
                value = _value(run, name, text, job, ConditionContext(variables.values(), results, outputs))
                variables.replace(JobVariable(name, value, readonly=name in scope.readonly))
    return variables


def _value(run: PipelineRun, name: str, text: str, job: RehearsedJob | None, context: ConditionContext) -> str:
    """The value of a variable; a runtime expression is evaluated."""
    if not is_runtime_expression(text):
        return text
    value, problem = runtime_value(text, context)
    if job is not None:
        problems = list(missing_outputs(text, context.outputs)) or ([problem] if problem else [])
        run.remarks += [Remark("error", f"the variable `{name}`: {each}", job.title) for each in problems]
    return value
