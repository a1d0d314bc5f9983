"""The sources of a release as resources of the pipeline."""

from azrelease.pipeline import (
    BuildResource,
    ContainerResource,
    PipelineResource,
    PipelineResources,
    PipelineTrigger,
    RepositoryResource,
)
from azrelease.release import ArtifactSource, BranchFilter, ContinuousDeploymentTrigger, Release
from azrelease.release.artifact import LATEST
from azrelease.release.fields import path_below
from azrelease.release.source import (
    AnySource,
    ContainerSource,
    GitSource,
    HostedRepositorySource,
    JenkinsSource,
    PipelineSource,
)
from azrelease.release.template_reference import TemplateRepository

WORKSPACE = "$(Pipeline.Workspace)"


def lower_resources(release: Release) -> PipelineResources:
    """The resources of a completed release."""
    own = release.artifact
    pipelines = [] if own is None else [lower_artifact(own, release.trigger.continuous_deployment)]
    pipelines += [lower_artifact(s, s.trigger) for s in release.sources if isinstance(s, PipelineSource)]
    return PipelineResources(
        tuple(pipelines),
        (
            *(_repository(s) for s in release.sources if isinstance(s, GitSource | HostedRepositorySource)),
            *map(lower_template_repository, release.template_repositories),
        ),
        tuple(map(_container, (s for s in release.sources if isinstance(s, ContainerSource)))),
        tuple(map(_build, (s for s in release.sources if isinstance(s, JenkinsSource)))),
    )


def lower_artifact(artifact: ArtifactSource, trigger: ContinuousDeploymentTrigger | None) -> PipelineResource:
    """The resource for a completed artifact."""
    return PipelineResource(
        alias=artifact.alias or "",
        source=artifact.pipeline,
        project=artifact.project,
        version=None if artifact.version == LATEST else artifact.version,
        branch=artifact.branch,
        tags=artifact.tags,
        trigger=None
        if trigger is None
        else PipelineTrigger(
            branches_include=trigger.branch_filter.include,
            branches_exclude=trigger.branch_filter.exclude,
            tags=trigger.tags,
            stages=trigger.stages,
        ),
    )


def _repository(source: GitSource | HostedRepositorySource) -> RepositoryResource:
    pushes = isinstance(source, GitSource) and source.trigger is not None
    branches = source.branch_filter if isinstance(source, GitSource) else BranchFilter()
    return RepositoryResource(
        alias=source.alias,
        type=source.type,
        name=source.repository,
        endpoint=source.service_connection if isinstance(source, HostedRepositorySource) else None,
        ref=source.branch,
        branches_include=branches.include or (("*",) if pushes else ()),
        branches_exclude=branches.exclude,
    )


def lower_template_repository(repository: TemplateRepository) -> RepositoryResource:
    """The resource for a repository of templates."""
    return RepositoryResource(
        alias=repository.alias,
        type=repository.type,
        name=repository.repository,
        endpoint=repository.service_connection,
        ref=repository.ref,
    )


def _container(source: ContainerSource) -> ContainerResource:
    keys = {"image": source.repository, "endpoint": source.service_connection}
    if source.type == "acr":
        keys = {
            "type": "ACR",
            "azureSubscription": source.service_connection,
            "resourceGroup": source.resource_group,
            "registry": source.registry,
            "repository": source.repository,
        }
    return ContainerResource(source.alias, source.trigger, tuple((k, v) for k, v in keys.items() if v is not None))


def _build(source: JenkinsSource) -> BuildResource:
    return BuildResource(source.alias, "Jenkins", source.service_connection, source.job, source.version, source.trigger)


def artifact_root(artifact: ArtifactSource | None, top: str = WORKSPACE) -> str:
    """The folder of a completed artifact on the agent.

    `download` puts an artifact of a pipeline resource below `$(Pipeline.Workspace)/<alias>/<artifact>`
    (learn.microsoft.com/azure/devops/pipelines/yaml-schema/steps-download).

    Args:
        artifact: the artifact; without one it is the folder that sources are downloaded to.
        top: that folder.
    """
    if artifact is None:
        return top
    folder = f"{top}/{artifact.alias}" if artifact.name is None else f"{top}/{artifact.alias}/{artifact.name}"
    return path_below(folder, artifact.path)


def source_of(release: Release, alias: str) -> ArtifactSource | AnySource | None:
    """The source of that alias in a completed release, in any case."""
    sources = (*((release.artifact,) if release.artifact else ()), *release.sources)
    return next((found for found in sources if (found.alias or "").casefold() == alias.casefold()), None)
