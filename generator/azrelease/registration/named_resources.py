"""Resources of a project that a pipeline names: service connections, pools, variable groups, environments."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from azrelease.catalog.tasks import BUILT_IN, Tasks
from azrelease.pipeline import AgentJob, DeploymentJob, Pipeline, PipelineJob, Pool, Step, TaskStep, steps_of


class NamedResources(NamedTuple):
    """Names in the order of the pipeline, each once; without those that hold a macro or an expression."""

    service_connections: tuple[str, ...]
    pools: tuple[str, ...]
    variable_groups: tuple[str, ...]
    environments: tuple[str, ...]
    repositories: tuple[str, ...]


def named_resources(
    pipeline: Pipeline, tasks: Tasks = BUILT_IN, in_templates: Sequence[TaskStep] = ()
) -> NamedResources:
    """The resources that a pipeline names; of repositories, those of Azure Repos.

    Args:
        pipeline: the pipeline.
        tasks: the known tasks.
        in_templates: the steps of the templates that it calls.
    """
    jobs = [job for stage in pipeline.stages for job in stage.jobs]
    pools = [pipeline.pool, *(stage.pool for stage in pipeline.stages), *(p for job in jobs for p in _pools(job))]
    groups = (*pipeline.variables.groups, *(name for stage in pipeline.stages for name in stage.variables.groups))
    resources = pipeline.resources
    connections = (
        *(name for job in jobs for step in steps_of(job) for name in _connections(step, tasks)),
        *(name for step in in_templates for name in _connections(step, tasks)),
        *(repository.endpoint for repository in resources.repositories),
        *(
            dict(container.keys).get(key)
            for container in resources.containers
            for key in ("endpoint", "azureSubscription")
        ),
        *(build.connection for build in resources.builds),
    )
    return NamedResources(
        _names(connections),
        _names(pool.name if pool else None for pool in pools),
        _names(groups),
        _names(job.environment for job in jobs if isinstance(job, DeploymentJob)),
        _names(repository.name for repository in resources.repositories if repository.type == "git"),
    )


def _names(names: Iterable[str | None]) -> tuple[str, ...]:
    first: dict[str, str] = {}
    for name in names:
        if name and "$" not in name:
            first.setdefault(name.lower(), name)
    return tuple(first.values())


def _pools(job: PipelineJob) -> Iterator[Pool | None]:
    if isinstance(job, AgentJob | DeploymentJob):
        yield job.pool


def _connections(step: Step, tasks: Tasks) -> Iterator[str]:
    """Service connections among the inputs of a step, if the catalog knows its task."""
    definition = tasks.task(step.task) if isinstance(step, TaskStep) and step.enabled else None
    if definition is None or not isinstance(step, TaskStep):
        return
    for name, value in step.inputs:
        known = definition.input(name)
        if known is not None and known.type.startswith("connectedservice"):
            yield from (part.strip() for part in str(value).split(","))
