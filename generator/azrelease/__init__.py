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
    from azrelease.release import (
        AciTarget,
        Agent,
        AksTarget,
        Approval,
        ArtifactSource,
        BranchFilter,
        ContinuousDeploymentTrigger,
        Release,
        Schedule,
        Stage,
        Trigger,
        Workspace,
        dump,
        load,
    )
    from azrelease.release.tasks.any_task import Task
    from azrelease.release.tasks.azure_cli import AzureCLI
    from azrelease.release.tasks.bash import Bash
    from azrelease.release.tasks.create_aks_compute import CreateAksCompute
    from azrelease.release.tasks.endpoint_test import EndpointTest
    from azrelease.release.tasks.install_azure_cli_extension import InstallAzureCLIExtension
    from azrelease.release.tasks.install_requirements import InstallRequirements
    from azrelease.release.tasks.model_deploy import ModelDeploy
    from azrelease.release.tasks.powershell import PowerShell
    from azrelease.release.tasks.publish_code_coverage import PublishCodeCoverage
    from azrelease.release.tasks.publish_test_results import PublishTestResults
    from azrelease.release.tasks.python import Python
    from azrelease.release.tasks.use_python_version import UsePythonVersion
    from azrelease.rendering import render
    from azrelease.templating import Templates

_TASKS = "azrelease.release.tasks"
_MODULES = {
    "AciTarget": "azrelease.release",
    "Agent": "azrelease.release",
    "AksTarget": "azrelease.release",
    "Approval": "azrelease.release",
    "ArtifactSource": "azrelease.release",
    "AzreleaseError": "azrelease.errors",
    "AzureCLI": f"{_TASKS}.azure_cli",
    "Bash": f"{_TASKS}.bash",
    "BranchFilter": "azrelease.release",
    "ContinuousDeploymentTrigger": "azrelease.release",
    "CreateAksCompute": f"{_TASKS}.create_aks_compute",
    "EndpointTest": f"{_TASKS}.endpoint_test",
    "InstallAzureCLIExtension": f"{_TASKS}.install_azure_cli_extension",
    "InstallRequirements": f"{_TASKS}.install_requirements",
    "InvalidFileError": "azrelease.errors",
    "ModelDeploy": f"{_TASKS}.model_deploy",
    "OverwriteError": "azrelease.errors",
    "PowerShell": f"{_TASKS}.powershell",
    "PublishCodeCoverage": f"{_TASKS}.publish_code_coverage",
    "PublishTestResults": f"{_TASKS}.publish_test_results",
    "Python": f"{_TASKS}.python",
    "Release": "azrelease.release",
    "Schedule": "azrelease.release",
    "Stage": "azrelease.release",
    "Task": f"{_TASKS}.any_task",
    "TemplateError": "azrelease.errors",
    "Templates": "azrelease.templating",
    "Trigger": "azrelease.release",
    "UsePythonVersion": f"{_TASKS}.use_python_version",
    "UserError": "azrelease.errors",
    "Workspace": "azrelease.release",
    "dump": "azrelease.release",
    "load": "azrelease.release",
    "lower": "azrelease.lowering",
    "render": "azrelease.rendering",
}

__all__ = [
    "AciTarget",
    "Agent",
    "AksTarget",
    "Approval",
    "ArtifactSource",
    "AzreleaseError",
    "AzureCLI",
    "Bash",
    "BranchFilter",
    "ContinuousDeploymentTrigger",
    "CreateAksCompute",
    "EndpointTest",
    "InstallAzureCLIExtension",
    "InstallRequirements",
    "InvalidFileError",
    "ModelDeploy",
    "OverwriteError",
    "PowerShell",
    "PublishCodeCoverage",
    "PublishTestResults",
    "Python",
    "Release",
    "Schedule",
    "Stage",
    "Task",
    "TemplateError",
    "Templates",
    "Trigger",
    "UsePythonVersion",
    "UserError",
    "Workspace",
    "dump",
    "load",
    "lower",
    "render",
]


def __getattr__(name: str) -> object:
    if name in _MODULES:
        return getattr(import_module(_MODULES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
