"""What Azure Pipelines runs: the part of its YAML language that azrelease writes, as frozen values.

The names are those of the YAML schema reference (learn.microsoft.com/azure/devops/pipelines/yaml-schema) in Python's
spelling. Nothing here knows where the values come from, or how they are written.
"""

from azrelease.pipeline.jobs import (
    AgentJob,
    Copies,
    DeploymentJob,
    LifecycleHooks,
    PipelineJob,
    Pool,
    ServerJob,
    VirtualMachines,
    steps_of,
)
from azrelease.pipeline.pipeline import (
    ExtendedTemplate,
    Pipeline,
    PipelineSchedule,
    PipelineStage,
    PipelineVariables,
)
from azrelease.pipeline.resources import (
    BuildResource,
    ContainerResource,
    PipelineResource,
    PipelineResources,
    PipelineTrigger,
    RepositoryResource,
)
from azrelease.pipeline.step_templates import (
    ParameterValue,
    Scalar,
    StepCall,
    StepTemplate,
    TemplateBody,
    TemplateInput,
    TemplateParameter,
)
from azrelease.pipeline.steps import CheckoutStep, DownloadStep, EachStep, RepeatedStep, Step, TaskStep, TemplateStep

__all__ = [
    "AgentJob",
    "BuildResource",
    "CheckoutStep",
    "ContainerResource",
    "Copies",
    "DeploymentJob",
    "DownloadStep",
    "EachStep",
    "ExtendedTemplate",
    "LifecycleHooks",
    "ParameterValue",
    "Pipeline",
    "PipelineJob",
    "PipelineResource",
    "PipelineResources",
    "PipelineSchedule",
    "PipelineStage",
    "PipelineTrigger",
    "PipelineVariables",
    "Pool",
    "RepeatedStep",
    "RepositoryResource",
    "Scalar",
    "ServerJob",
    "Step",
    "StepCall",
    "StepTemplate",
    "TaskStep",
    "TemplateBody",
    "TemplateInput",
    "TemplateParameter",
    "TemplateStep",
    "VirtualMachines",
    "steps_of",
]
