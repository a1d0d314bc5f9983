"""The tasks of a stage that says only where it deploys to.

For CLI v1 they are the steps of the MLOps workshop, in its file layout; for CLI v2 the same steps in the same layout.
"""

from typing import TYPE_CHECKING

from azrelease.release.target import AksTarget, AnyTarget, BatchTarget, ServiceTarget
from azrelease.release.tasks import BaseTask, make_task

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_DEPLOYMENT_CONFIG: "Mapping[str, str]" = {
    "aci": "deployment/aciDeploymentConfigStaging.yml",
    "aks": "deployment/aksDeploymentConfigProd.yml",
}


def standard_tasks(target: AnyTarget, stage: str) -> tuple[BaseTask, ...]:
    """Deploy the artifact's model to the target, test it, publish the results.

    Args:
        target: where the model serves.
        stage: name of the stage, which its test file is named after.
    """
    if isinstance(target, ServiceTarget):
        return tuple(_service_tasks(target, stage))
    return tuple(_batch_tasks(stage) if isinstance(target, BatchTarget) else _online_tasks(stage))


def _online_tasks(stage: str) -> "Iterator[BaseTask]":
    yield make_task("UsePythonVersion")
    yield make_task("InstallAzureCLIExtension", extension="ml")
    yield make_task("OnlineEndpoint")
    yield make_task("OnlineDeployment", model_metadata="metadata/model.json")
    yield make_task("InstallRequirements")
    yield make_task("EndpointTest", script=f"tests/integration/{stage}_test.py")
    yield make_task("PublishTestResults")


def _batch_tasks(stage: str) -> "Iterator[BaseTask]":
    yield make_task("UsePythonVersion")
    yield make_task("InstallAzureCLIExtension", extension="ml")
    yield make_task("BatchEndpoint")
    yield make_task("BatchDeployment", model_metadata="metadata/model.json")
    yield make_task("BatchInvoke")
    yield make_task("InstallRequirements")
    yield make_task("BatchTest", script=f"tests/integration/{stage}_test.py")
    yield make_task("PublishTestResults")


def _service_tasks(target: ServiceTarget, stage: str) -> "Iterator[BaseTask]":
    yield make_task("UsePythonVersion")
    yield make_task("InstallAzureCLIExtension", extension="azure-cli-ml")
    if isinstance(target, AksTarget):
        yield make_task("CreateAksCompute")
    yield make_task(
        "ModelDeploy",
        model_metadata="metadata/model.json",
        deployment_config=_DEPLOYMENT_CONFIG[target.type],
        inference_config="deployment/inferenceConfig.yml",
    )
    yield make_task("InstallRequirements")
    yield make_task("EndpointTest", script=f"tests/integration/{stage}_test.py")
    yield make_task("PublishTestResults")
