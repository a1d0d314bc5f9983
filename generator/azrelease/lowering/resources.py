"""The artifact source of a release as a pipeline resource."""

from azrelease.pipeline import PipelineResource, PipelineTrigger
from azrelease.release import ArtifactSource, ContinuousDeploymentTrigger
from azrelease.release.artifact import LATEST
from azrelease.release.fields import path_below


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
            branches_include=trigger.branches.include,
            branches_exclude=trigger.branches.exclude,
            tags=trigger.tags,
            stages=trigger.stages,
        ),
    )


def artifact_root(artifact: ArtifactSource) -> str:
    """Where the folder of a completed artifact stands on the agent.

    `download` puts an artifact of a pipeline resource below `$(Pipeline.Workspace)/<alias>/<artifact>`
    (learn.microsoft.com/azure/devops/pipelines/yaml-schema/steps-download).
    """
    return path_below(f"$(Pipeline.Workspace)/{artifact.alias}/{artifact.name}", artifact.path)
