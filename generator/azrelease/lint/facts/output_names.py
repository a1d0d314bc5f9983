"""The names of the outputs of jobs, as other jobs and stages refer to them.

Source: learn.microsoft.com/azure/devops/pipelines/process/expressions, chapters Dependencies and Stage to stage
dependencies; process/deployment-jobs, Support for output variables.
"""

from collections.abc import Iterator

from azrelease.lint.facts import dependencies
from azrelease.lint.facts.job_variables import RunVariables
from azrelease.lint.facts.variables import matrix_legs
from azrelease.syntax import JobOutline, PipelineFile, StageOutline
from azrelease.syntax.embedded import is_computed


def holder_of(target: JobOutline) -> str | None:
    """What the outputs of a deployment job begin with; None where that is not known.

    Source: learn.microsoft.com/azure/devops/pipelines/process/deployment-jobs, Support for output variables.
    """
    environment = target.block.block("environment")
    resource = environment.text("resourceName") if environment is not None else None
    if environment is None and "." in (target.environment or ""):
        resource = (target.environment or "").partition(".")[2]
    for strategy, _ in target.block.blocks("strategy"):
        canary = strategy.block("canary")
        if canary is not None:
            increments = [node.value for node in canary.texts("increments") if not is_computed(node.value)]
            return f"deploy_{increments[0]}" if increments else None
        if strategy.entry("rolling") is not None:
            return f"Deploy_{resource}" if resource and not is_computed(resource) else None
        if strategy.entry("runOnce") is not None:
            return target.name if not resource else None if is_computed(resource) else f"Deploy_{resource}"
    return None


def output_names(job: JobOutline, variables: RunVariables) -> Iterator[str]:
    """What stands in `outputs['…']` for each output of a job that its scripts show."""
    prefixes = [""]
    if job.is_deployment:
        prefixes = [f"{holder_of(job) or job.name}."]
    elif legs := [leg.name for leg in matrix_legs(job) if not is_computed(leg.name)]:
        prefixes = [f"{leg}." for leg in legs]
    for each in variables.of(job).variables:
        if each.is_output and each.step is not None and each.step.name:
            yield from (f"{prefix}{each.step.name}.{each.name}" for prefix in prefixes)


def output_references(
    file: PipelineFile, stage: StageOutline, job: JobOutline | None, variables: RunVariables
) -> Iterator[str]:
    """Every reference to a result or an output that a job, or without one a stage, can read, in full.

    Args:
        file: the pipeline.
        stage: the stage that refers, or has the job that does.
        job: the job that refers; None for the condition of the stage.
        variables: the variables of the jobs of the file.
    """
    if job is not None:
        for other in _awaited_jobs(stage, job):
            yield f"dependencies.{other.name}.result"
            yield from (f"dependencies.{other.name}.outputs['{name}']" for name in output_names(other, variables))
    for earlier in _awaited_stages(file, stage):
        if job is None:
            yield f"dependencies.{earlier.name}.result"
        for inner in earlier.jobs:
            if not inner.name:
                continue
            for name in output_names(inner, variables):
                if job is None:
                    yield f"dependencies.{earlier.name}.outputs['{inner.name}.{name}']"
                else:
                    yield f"stageDependencies.{earlier.name}.{inner.name}.outputs['{name}']"


def _awaited_jobs(stage: StageOutline, job: JobOutline) -> Iterator[JobOutline]:
    """The jobs that a job depends on directly: the results and outputs of no others reach it."""
    members = dependencies.jobs(stage)
    for index, member in enumerate(members):
        if member.block is job.block:
            names = dependencies.waits_for(members, index, in_order=False) or ()
            yield from (other for other in stage.jobs if other.name and other.name.casefold() in names)


def _awaited_stages(file: PipelineFile, stage: StageOutline) -> Iterator[StageOutline]:
    members = dependencies.stages(file.outline.stages)
    for index, member in enumerate(members):
        if member.block is stage.block:
            names = dependencies.waits_for(members, index, in_order=True) or ()
            yield from (other for other in file.outline.stages if other.name and other.name.casefold() in names)
