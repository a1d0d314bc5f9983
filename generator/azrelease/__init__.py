"""azrelease: one typed description of a machine-learning release becomes everything Azure DevOps needs to run it.

    from azrelease import ArtifactSource, ModelDeploy, Release, Stage, render

    print(render(Release(name="insurance", ...)))

Names are imported when they are first used. Each task of `azrelease.release.tasks.registry` is one of them.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from azrelease.application.expansion_library import ExpandedPipeline as ExpandedPipeline
    from azrelease.application.expansion_library import RefusedPart as RefusedPart
    from azrelease.application.expansion_library import UnknownText as UnknownText
    from azrelease.application.expansion_library import expand as expand
    from azrelease.errors import AzreleaseError as AzreleaseError
    from azrelease.errors import InvalidFileError as InvalidFileError
    from azrelease.errors import OverwriteError as OverwriteError
    from azrelease.errors import PluginError as PluginError
    from azrelease.errors import ServiceError as ServiceError
    from azrelease.errors import TemplateError as TemplateError
    from azrelease.errors import UserError as UserError
    from azrelease.lowering import lower as lower
    from azrelease.migration import migrate as migrate
    from azrelease.release import AciTarget as AciTarget
    from azrelease.release import Agent as Agent
    from azrelease.release import AksTarget as AksTarget
    from azrelease.release import Approval as Approval
    from azrelease.release import ArtifactSource as ArtifactSource
    from azrelease.release import BatchTarget as BatchTarget
    from azrelease.release import BranchFilter as BranchFilter
    from azrelease.release import ContinuousDeploymentTrigger as ContinuousDeploymentTrigger
    from azrelease.release import KubernetesTarget as KubernetesTarget
    from azrelease.release import ManagedTarget as ManagedTarget
    from azrelease.release import Release as Release
    from azrelease.release import Rollout as Rollout
    from azrelease.release import Schedule as Schedule
    from azrelease.release import Stage as Stage
    from azrelease.release import Trigger as Trigger
    from azrelease.release import Workspace as Workspace
    from azrelease.release import dump as dump
    from azrelease.release import load as load
    from azrelease.release.approval import ApprovalAfter as ApprovalAfter
    from azrelease.release.azure_ml.deployments import BatchDeploymentDefinition as BatchDeploymentDefinition
    from azrelease.release.azure_ml.deployments import OnlineDeploymentDefinition as OnlineDeploymentDefinition
    from azrelease.release.azure_ml.endpoints import BatchEndpointDefinition as BatchEndpointDefinition
    from azrelease.release.azure_ml.endpoints import OnlineEndpointDefinition as OnlineEndpointDefinition
    from azrelease.release.checks import BranchControl as BranchControl
    from azrelease.release.checks import BusinessHours as BusinessHours
    from azrelease.release.checks import Checks as Checks
    from azrelease.release.checks import RequiredTemplate as RequiredTemplate
    from azrelease.release.gates import Gates as Gates
    from azrelease.release.job import Download as Download
    from azrelease.release.job import Job as Job
    from azrelease.release.job import Machines as Machines
    from azrelease.release.registration import KeyVault as KeyVault
    from azrelease.release.registration import PullRequestCheck as PullRequestCheck
    from azrelease.release.registration import Registration as Registration
    from azrelease.release.registration import Repository as Repository
    from azrelease.release.registration import VariableGroup as VariableGroup
    from azrelease.release.source import ContainerSource as ContainerSource
    from azrelease.release.source import GitHubReleaseSource as GitHubReleaseSource
    from azrelease.release.source import GitSource as GitSource
    from azrelease.release.source import HostedRepositorySource as HostedRepositorySource
    from azrelease.release.source import JenkinsSource as JenkinsSource
    from azrelease.release.source import PackageSource as PackageSource
    from azrelease.release.source import PipelineSource as PipelineSource
    from azrelease.release.tasks.allocate_traffic import AllocateTraffic as AllocateTraffic
    from azrelease.release.tasks.azure_cli import AzureCLI as AzureCLI
    from azrelease.release.tasks.base import BaseTask as BaseTask
    from azrelease.release.tasks.base import TaskContext as TaskContext
    from azrelease.release.tasks.bash import Bash as Bash
    from azrelease.release.tasks.batch_deployment import BatchDeployment as BatchDeployment
    from azrelease.release.tasks.batch_endpoint import BatchEndpoint as BatchEndpoint
    from azrelease.release.tasks.batch_invoke import BatchInvoke as BatchInvoke
    from azrelease.release.tasks.batch_test import BatchTest as BatchTest
    from azrelease.release.tasks.create_aks_compute import CreateAksCompute as CreateAksCompute
    from azrelease.release.tasks.delete_deployment import DeleteDeployment as DeleteDeployment
    from azrelease.release.tasks.endpoint_test import EndpointTest as EndpointTest
    from azrelease.release.tasks.evaluation_gate import EvaluationGate as EvaluationGate
    from azrelease.release.tasks.install_azure_cli_extension import InstallAzureCLIExtension as InstallAzureCLIExtension
    from azrelease.release.tasks.install_requirements import InstallRequirements as InstallRequirements
    from azrelease.release.tasks.invoke_endpoint import InvokeEndpoint as InvokeEndpoint
    from azrelease.release.tasks.mirror_traffic import MirrorTraffic as MirrorTraffic
    from azrelease.release.tasks.model_deploy import ModelDeploy as ModelDeploy
    from azrelease.release.tasks.online_deployment import OnlineDeployment as OnlineDeployment
    from azrelease.release.tasks.online_endpoint import OnlineEndpoint as OnlineEndpoint
    from azrelease.release.tasks.power_shell import PowerShell as PowerShell
    from azrelease.release.tasks.publish_code_coverage import PublishCodeCoverage as PublishCodeCoverage
    from azrelease.release.tasks.publish_test_results import PublishTestResults as PublishTestResults
    from azrelease.release.tasks.python import Python as Python
    from azrelease.release.tasks.register_model import RegisterModel as RegisterModel
    from azrelease.release.tasks.share_model import ShareModel as ShareModel
    from azrelease.release.tasks.task import Task as Task
    from azrelease.release.tasks.template import Template as Template
    from azrelease.release.tasks.use_python_version import UsePythonVersion as UsePythonVersion
    from azrelease.release.template_reference import PipelineTemplate as PipelineTemplate
    from azrelease.release.template_reference import TemplateRepository as TemplateRepository
    from azrelease.rendering import render as render
    from azrelease.templating import Templates as Templates

_MODULES = {
    "azrelease.application.expansion_library": ("ExpandedPipeline", "RefusedPart", "UnknownText", "expand"),
    "azrelease.errors": (
        "AzreleaseError",
        "InvalidFileError",
        "OverwriteError",
        "PluginError",
        "ServiceError",
        "TemplateError",
        "UserError",
    ),
    "azrelease.lowering": ("lower",),
    "azrelease.migration": ("migrate",),
    "azrelease.release": (
        "AciTarget",
        "Agent",
        "AksTarget",
        "Approval",
        "ArtifactSource",
        "BatchTarget",
        "BranchFilter",
        "ContinuousDeploymentTrigger",
        "KubernetesTarget",
        "ManagedTarget",
        "Release",
        "Rollout",
        "Schedule",
        "Stage",
        "Trigger",
        "Workspace",
        "dump",
        "load",
    ),
    "azrelease.release.approval": ("ApprovalAfter",),
    "azrelease.release.azure_ml.deployments": ("BatchDeploymentDefinition", "OnlineDeploymentDefinition"),
    "azrelease.release.azure_ml.endpoints": ("BatchEndpointDefinition", "OnlineEndpointDefinition"),
    "azrelease.release.checks": ("BranchControl", "BusinessHours", "Checks", "RequiredTemplate"),
    "azrelease.release.gates": ("Gates",),
    "azrelease.release.job": ("Download", "Job", "Machines"),
    "azrelease.release.registration": ("KeyVault", "PullRequestCheck", "Registration", "Repository", "VariableGroup"),
    "azrelease.release.source": (
        "ContainerSource",
        "GitHubReleaseSource",
        "GitSource",
        "HostedRepositorySource",
        "JenkinsSource",
        "PackageSource",
        "PipelineSource",
    ),
    "azrelease.release.tasks.base": ("BaseTask", "TaskContext"),
    "azrelease.release.template_reference": ("PipelineTemplate", "TemplateRepository"),
    "azrelease.rendering": ("render",),
    "azrelease.templating": ("Templates",),
}
"""The public names that are not tasks, by their module."""


def __getattr__(name: str) -> object:
    if name == "__all__":
        return __dir__()
    module = next((module for module, names in _MODULES.items() if name in names), None)
    if module is not None:
        return getattr(import_module(module), name)
    if name[0].isupper():  # a class; modules of the package are asked for here too
        from azrelease.release.tasks.registry import ANY, TASKS, built_in_task

        if name in (*TASKS, ANY):
            return built_in_task(name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    from azrelease.release.tasks.registry import ANY, TASKS

    return sorted((*(name for names in _MODULES.values() for name in names), *TASKS, ANY))
