"""The tasks of a stage that says only where it deploys to: the steps of the MLOps workshop, in its file layout."""

from typing import TYPE_CHECKING

from azrelease.release.target import AciTarget, AksTarget
from azrelease.release.tasks import BaseTask, task_class

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_DEPLOYMENT_CONFIG: "Mapping[str, str]" = {
    "aci": "deployment/aciDeploymentConfigStaging.yml",
    "aks": "deployment/aksDeploymentConfigProd.yml",
}


def standard_tasks(target: AciTarget | AksTarget, stage: str) -> tuple[BaseTask, ...]:
    """Deploy the artifact's model to the target, test the service, publish the results.

    Args:
        target: where the service runs.
        stage: name of the stage, which its test file is named after.
    """
    return tuple(_tasks(target, stage))


def _tasks(target: AciTarget | AksTarget, stage: str) -> "Iterator[BaseTask]":
    yield _task("UsePythonVersion")
    yield _task("InstallAzureCLIExtension", extension="azure-cli-ml")
    if isinstance(target, AksTarget):
        yield _task("CreateAksCompute")
    yield _task(
        "ModelDeploy",
        model_metadata="metadata/model.json",
        deployment_config=_DEPLOYMENT_CONFIG[target.type],
        inference_config="deployment/inferenceConfig.yml",
    )
    yield _task("InstallRequirements")
    yield _task("EndpointTest", script=f"tests/integration/{stage}_test.py")
    yield _task("PublishTestResults")


def _task(name: str, **fields: str) -> BaseTask:
    found = task_class(name)
    assert found is not None
    return found.model_validate({"task": name, **fields})
