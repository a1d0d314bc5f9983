"""azrelease: one typed description of a machine-learning release becomes everything Azure DevOps needs to run it.

    from azrelease import ArtifactSource, ModelDeploy, Release, Stage, render

    print(render(Release(name="insurance", ...)))

Names are imported when they are first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from azrelease.errors import AzreleaseError, InvalidFileError, OverwriteError, TemplateError, UserError
    from azrelease.lowering import lower
    from azrelease.migration import migrate
    from azrelease.release import (
        AciTarget,
        Agent,
        AksTarget,
        Approval,
        ArtifactSource,
        BatchTarget,
        BranchFilter,
        ContinuousDeploymentTrigger,
        KubernetesTarget,
        ManagedTarget,
        Release,
        Rollout,
        Schedule,
        Stage,
        Trigger,
        Workspace,
        dump,
        load,
    )
    from azrelease.release.approval import ApprovalAfter
    from azrelease.release.azure_ml.deployments import BatchDeploymentDefinition, OnlineDeploymentDefinition
    from azrelease.release.azure_ml.endpoints import BatchEndpointDefinition, OnlineEndpointDefinition
    from azrelease.release.checks import BranchControl, BusinessHours, Checks, RequiredTemplate
    from azrelease.release.gates import Gates
    from azrelease.release.job import Download, Job, Machines
    from azrelease.release.registration import KeyVault, PullRequestCheck, Registration, Repository, VariableGroup
    from azrelease.release.source import (
        ContainerSource,
        GitHubReleaseSource,
        GitSource,
        HostedRepositorySource,
        JenkinsSource,
        PackageSource,
        PipelineSource,
    )
    from azrelease.release.tasks.allocate_traffic import AllocateTraffic
    from azrelease.release.tasks.any_task import Task
    from azrelease.release.tasks.azure_cli import AzureCLI
    from azrelease.release.tasks.bash import Bash
    from azrelease.release.tasks.batch_deployment import BatchDeployment
    from azrelease.release.tasks.batch_endpoint import BatchEndpoint
    from azrelease.release.tasks.batch_invoke import BatchInvoke
    from azrelease.release.tasks.batch_test import BatchTest
    from azrelease.release.tasks.create_aks_compute import CreateAksCompute
    from azrelease.release.tasks.delete_deployment import DeleteDeployment
    from azrelease.release.tasks.endpoint_test import EndpointTest
    from azrelease.release.tasks.evaluation_gate import EvaluationGate
    from azrelease.release.tasks.install_azure_cli_extension import InstallAzureCLIExtension
    from azrelease.release.tasks.install_requirements import InstallRequirements
    from azrelease.release.tasks.invoke_endpoint import InvokeEndpoint
    from azrelease.release.tasks.mirror_traffic import MirrorTraffic
    from azrelease.release.tasks.model_deploy import ModelDeploy
    from azrelease.release.tasks.online_deployment import OnlineDeployment
    from azrelease.release.tasks.online_endpoint import OnlineEndpoint
    from azrelease.release.tasks.powershell import PowerShell
    from azrelease.release.tasks.publish_code_coverage import PublishCodeCoverage
    from azrelease.release.tasks.publish_test_results import PublishTestResults
    from azrelease.release.tasks.python import Python
    from azrelease.release.tasks.register_model import RegisterModel
    from azrelease.release.tasks.share_model import ShareModel
    from azrelease.release.tasks.use_python_version import UsePythonVersion
    from azrelease.rendering import render
    from azrelease.templating import Templates

_TASKS = "azrelease.release.tasks"
_MODULES = {
    "AciTarget": "azrelease.release",
    "Agent": "azrelease.release",
    "AksTarget": "azrelease.release",
    "AllocateTraffic": f"{_TASKS}.allocate_traffic",
    "Approval": "azrelease.release",
    "ApprovalAfter": "azrelease.release.approval",
    "ArtifactSource": "azrelease.release",
    "AzreleaseError": "azrelease.errors",
    "AzureCLI": f"{_TASKS}.azure_cli",
    "Bash": f"{_TASKS}.bash",
    "BatchDeployment": f"{_TASKS}.batch_deployment",
    "BatchDeploymentDefinition": "azrelease.release.azure_ml.deployments",
    "BatchEndpoint": f"{_TASKS}.batch_endpoint",
    "BatchEndpointDefinition": "azrelease.release.azure_ml.endpoints",
    "BatchInvoke": f"{_TASKS}.batch_invoke",
    "BatchTarget": "azrelease.release",
    "BatchTest": f"{_TASKS}.batch_test",
    "BranchControl": "azrelease.release.checks",
    "BranchFilter": "azrelease.release",
    "BusinessHours": "azrelease.release.checks",
    "Checks": "azrelease.release.checks",
    "ContainerSource": "azrelease.release.source",
    "ContinuousDeploymentTrigger": "azrelease.release",
    "CreateAksCompute": f"{_TASKS}.create_aks_compute",
    "DeleteDeployment": f"{_TASKS}.delete_deployment",
    "Download": "azrelease.release.job",
    "EndpointTest": f"{_TASKS}.endpoint_test",
    "EvaluationGate": f"{_TASKS}.evaluation_gate",
    "Gates": "azrelease.release.gates",
    "GitHubReleaseSource": "azrelease.release.source",
    "GitSource": "azrelease.release.source",
    "HostedRepositorySource": "azrelease.release.source",
    "InstallAzureCLIExtension": f"{_TASKS}.install_azure_cli_extension",
    "InstallRequirements": f"{_TASKS}.install_requirements",
    "InvalidFileError": "azrelease.errors",
    "InvokeEndpoint": f"{_TASKS}.invoke_endpoint",
    "JenkinsSource": "azrelease.release.source",
    "Job": "azrelease.release.job",
    "KeyVault": "azrelease.release.registration",
    "KubernetesTarget": "azrelease.release",
    "Machines": "azrelease.release.job",
    "ManagedTarget": "azrelease.release",
    "MirrorTraffic": f"{_TASKS}.mirror_traffic",
    "ModelDeploy": f"{_TASKS}.model_deploy",
    "OnlineDeployment": f"{_TASKS}.online_deployment",
    "OnlineDeploymentDefinition": "azrelease.release.azure_ml.deployments",
    "OnlineEndpoint": f"{_TASKS}.online_endpoint",
    "OnlineEndpointDefinition": "azrelease.release.azure_ml.endpoints",
    "OverwriteError": "azrelease.errors",
    "PackageSource": "azrelease.release.source",
    "PipelineSource": "azrelease.release.source",
    "PowerShell": f"{_TASKS}.powershell",
    "PublishCodeCoverage": f"{_TASKS}.publish_code_coverage",
    "PublishTestResults": f"{_TASKS}.publish_test_results",
    "PullRequestCheck": "azrelease.release.registration",
    "Python": f"{_TASKS}.python",
    "RegisterModel": f"{_TASKS}.register_model",
    "Registration": "azrelease.release.registration",
    "Release": "azrelease.release",
    "Repository": "azrelease.release.registration",
    "RequiredTemplate": "azrelease.release.checks",
    "Rollout": "azrelease.release",
    "Schedule": "azrelease.release",
    "ShareModel": f"{_TASKS}.share_model",
    "Stage": "azrelease.release",
    "Task": f"{_TASKS}.any_task",
    "TemplateError": "azrelease.errors",
    "Templates": "azrelease.templating",
    "Trigger": "azrelease.release",
    "UsePythonVersion": f"{_TASKS}.use_python_version",
    "UserError": "azrelease.errors",
    "VariableGroup": "azrelease.release.registration",
    "Workspace": "azrelease.release",
    "dump": "azrelease.release",
    "load": "azrelease.release",
    "lower": "azrelease.lowering",
    "migrate": "azrelease.migration",
    "render": "azrelease.rendering",
}

__all__ = [
    "AciTarget",
    "Agent",
    "AksTarget",
    "AllocateTraffic",
    "Approval",
    "ApprovalAfter",
    "ArtifactSource",
    "AzreleaseError",
    "AzureCLI",
    "Bash",
    "BatchDeployment",
    "BatchDeploymentDefinition",
    "BatchEndpoint",
    "BatchEndpointDefinition",
    "BatchInvoke",
    "BatchTarget",
    "BatchTest",
    "BranchControl",
    "BranchFilter",
    "BusinessHours",
    "Checks",
    "ContainerSource",
    "ContinuousDeploymentTrigger",
    "CreateAksCompute",
    "DeleteDeployment",
    "Download",
    "EndpointTest",
    "EvaluationGate",
    "Gates",
    "GitHubReleaseSource",
    "GitSource",
    "HostedRepositorySource",
    "InstallAzureCLIExtension",
    "InstallRequirements",
    "InvalidFileError",
    "InvokeEndpoint",
    "JenkinsSource",
    "Job",
    "KeyVault",
    "KubernetesTarget",
    "Machines",
    "ManagedTarget",
    "MirrorTraffic",
    "ModelDeploy",
    "OnlineDeployment",
    "OnlineDeploymentDefinition",
    "OnlineEndpoint",
    "OnlineEndpointDefinition",
    "OverwriteError",
    "PackageSource",
    "PipelineSource",
    "PowerShell",
    "PublishCodeCoverage",
    "PublishTestResults",
    "PullRequestCheck",
    "Python",
    "RegisterModel",
    "Registration",
    "Release",
    "Repository",
    "RequiredTemplate",
    "Rollout",
    "Schedule",
    "ShareModel",
    "Stage",
    "Task",
    "TemplateError",
    "Templates",
    "Trigger",
    "UsePythonVersion",
    "UserError",
    "VariableGroup",
    "Workspace",
    "dump",
    "load",
    "lower",
    "migrate",
    "render",
]


def __getattr__(name: str) -> object:
    if name in _MODULES:
        return getattr(import_module(_MODULES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
