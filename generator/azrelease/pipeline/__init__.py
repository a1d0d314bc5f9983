"""What Azure Pipelines runs: the part of its YAML language that azrelease writes, as frozen values.

The names are those of the YAML schema reference (learn.microsoft.com/azure/devops/pipelines/yaml-schema) in Python's
spelling. Nothing here knows where the values come from, or how they are written.
"""

from azrelease.pipeline.jobs import AgentJob, Copies, DeploymentJob, Job, Machines, ServerJob
from azrelease.pipeline.pipeline import Pipeline, Stage
from azrelease.pipeline.pool import Pool
from azrelease.pipeline.resources import (
    BuildResource,
    ContainerResource,
    PipelineResource,
    PipelineTrigger,
    RepositoryResource,
    Resources,
)
from azrelease.pipeline.schedules import Schedule
from azrelease.pipeline.steps import CheckoutStep, DownloadStep, Step, TaskStep
from azrelease.pipeline.variables import Variables

__all__ = [
    "AgentJob",
    "BuildResource",
    "CheckoutStep",
    "ContainerResource",
    "Copies",
    "DeploymentJob",
    "DownloadStep",
    "Job",
    "Machines",
    "Pipeline",
    "PipelineResource",
    "PipelineTrigger",
    "Pool",
    "RepositoryResource",
    "Resources",
    "Schedule",
    "ServerJob",
    "Stage",
    "Step",
    "TaskStep",
    "Variables",
]
