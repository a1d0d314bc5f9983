"""Steps as calls of their step templates."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from azrelease.pipeline import (
    AgentJob,
    DeploymentJob,
    EachStep,
    ParameterValue,
    Pipeline,
    PipelineJob,
    ServerJob,
    Step,
    StepTemplate,
    TaskStep,
    TemplateStep,
)


class CallingPipeline(NamedTuple):
    """A pipeline whose steps call step templates, and these templates by name."""

    pipeline: Pipeline
    templates: tuple[StepTemplate, ...]


def calling(pipeline: Pipeline, prefix: str = "", suffix: str = "") -> CallingPipeline:
    """A pipeline with calls in the place of the steps that templates say.

    Args:
        pipeline: the pipeline with its steps written out.
        prefix: what is put before the name of a template's file: its folder, as seen from that of the pipeline.
        suffix: what is put after it: `@` and the alias of a repository.
    """
    found: dict[str, StepTemplate] = {}

    def steps_of(steps: Sequence[Step]) -> tuple[Step, ...]:
        return tuple(_steps(steps, prefix, suffix, found))

    def job_of(job: PipelineJob) -> PipelineJob:
        match job:
            case DeploymentJob():
                return job._replace(
                    steps=steps_of(job.steps), on_failure=steps_of(job.on_failure), on_success=steps_of(job.on_success)
                )
            case AgentJob():
                return job._replace(steps=steps_of(job.steps))
            case ServerJob():  # no step template is of a task of the server
                return job

    stages = tuple(stage._replace(jobs=tuple(map(job_of, stage.jobs))) for stage in pipeline.stages)
    return CallingPipeline(pipeline._replace(stages=stages), tuple(found[name] for name in sorted(found)))


def step_calls(steps: Sequence[Step], prefix: str) -> tuple[tuple[Step, ...], tuple[StepTemplate, ...]]:
    """Steps with calls in the place of those that templates say, and these templates by name; see `calling`."""
    found: dict[str, StepTemplate] = {}
    calls = tuple(_steps(steps, prefix, "", found))
    return calls, tuple(found[name] for name in sorted(found))


def _steps(steps: Sequence[Step], prefix: str, suffix: str, found: dict[str, StepTemplate]) -> Iterator[Step]:
    def calls(of: Sequence[TaskStep]) -> Iterator[TemplateStep]:
        for step in of:
            assert step.call is not None
            template = step.call.template
            found[template.name] = template
            if step.call.number == len(template.bodies) - 1:
                yield TemplateStep(f"{prefix}{template.file}{suffix}", tuple(_parameters(step)))

    for loop, run in groupby(steps, _loop_of):
        if loop is None:
            for step in run:
                yield from calls([step]) if isinstance(step, TaskStep) and step.call else (step,)
        else:
            turns = [step.turn for step in run if isinstance(step, TaskStep) and step.turn]
            yield EachStep(*loop, tuple(calls([turn.pattern for turn in turns if turn.number == 0])))


def _loop_of(step: Step) -> tuple[str, tuple[str, ...]] | None:
    turn = step.turn if isinstance(step, TaskStep) else None
    return (turn.item, turn.each) if turn else None


def _parameters(step: TaskStep) -> Iterator[tuple[str, ParameterValue]]:
    """What a call says: the values of the template's parameters, and what else its last step has of its own."""
    call = step.call
    assert call is not None
    if not call.template.parameters:
        return
    yield from call.arguments
    body = call.template.bodies[-1]
    if step.display_name != body.title:
        yield "displayName", step.display_name or ""
    if body.condition is not None and step.condition != body.condition:
        yield "condition", step.condition or ""
    own = {
        "name": step.name,
        "condition": step.condition if body.condition is None else None,
        "continueOnError": step.continue_on_error or None,
        "enabled": None if step.enabled else False,
        "timeoutInMinutes": step.timeout_in_minutes,
        "retryCountOnTaskFailure": step.retry_count_on_task_failure,
    }
    keys: dict[str, ParameterValue] = {name: value for name, value in own.items() if value is not None}
    given = {parameter.variable for parameter in body.environment} | {name for name, _ in body.fixed_environment}
    env = {name: value for name, value in step.env if name not in given}
    if env and not body.environment:
        keys["env"] = env
    if keys:
        yield "step", keys
    if env and body.environment:
        yield "env", env
