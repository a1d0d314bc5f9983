"""The insurance release, built in Python.

`python samples/insurance/release.py` prints the same pipeline as `azrelease render samples/insurance/release.yml`
writes.
"""

import sys

from azrelease import (
    AciTarget,
    Agent,
    AksTarget,
    Approval,
    ArtifactSource,
    BranchFilter,
    ContinuousDeploymentTrigger,
    CreateAksCompute,
    EndpointTest,
    InstallAzureCLIExtension,
    InstallRequirements,
    ModelDeploy,
    PublishTestResults,
    Release,
    Stage,
    Trigger,
    UsePythonVersion,
    Workspace,
    render,
)

PREPARE = (UsePythonVersion(version="3.10"), InstallAzureCLIExtension(extension="azure-cli-ml"))


def deploy(config: str) -> ModelDeploy:
    """Deploys the model that the CI pipeline registered."""
    return ModelDeploy(
        model_metadata="metadata/model.json",
        deployment_config=f"deployment/{config}",
        inference_config="deployment/inferenceConfig.yml",
    )


def test(title: str, script: str) -> tuple[InstallRequirements, EndpointTest, PublishTestResults]:
    """Tests the endpoint and publishes the results."""
    return (
        InstallRequirements(),
        EndpointTest(
            display_name=f"{title} test",
            script=f"tests/integration/{script}",
            arguments=("--doctest-modules", "--cov-report=xml", "--cov-report=html"),
        ),
        PublishTestResults(display_name=f"Publish {title.lower()} test results"),
    )


RELEASE = Release(
    name="insurance",
    description="Deploys the insurance claims model to staging, tests it, and after an approval to production.",
    artifact=ArtifactSource(pipeline="MLOps-WorkShop-1-CI", name="landing", path="s", branch="main"),
    trigger=Trigger(continuous_deployment=ContinuousDeploymentTrigger(branches=BranchFilter(include=("main",)))),
    agent=Agent(image="ubuntu-24.04"),
    workspace=Workspace(
        resource_group="$(azureml.resourceGroup)",
        name="$(azureml.workspaceName)",
        service_connection="azure-resource-connection",
    ),
    variables={
        "azureml.resourceGroup": "mlops-wsh-rg-1",
        "azureml.workspaceName": "mlops-wsh-aml-1",
        "service.name.staging": "insurance-service-aci",
        "service.name.prod": "insurance-service-aks",
        "aks.clusterName": "aks",
        "aks.vmSize": "Standard_E4s_v3",
        "aks.agentCount": "3",
    },
    stages=(
        Stage(
            name="staging",
            service="$(service.name.staging)",
            target=AciTarget(),
            tasks=(*PREPARE, deploy("aciDeploymentConfigStaging.yml"), *test("Staging", "staging_test.py")),
        ),
        Stage(
            name="production",
            service="$(service.name.prod)",
            target=AksTarget(cluster="$(aks.clusterName)", vm_size="$(aks.vmSize)", agent_count="$(aks.agentCount)"),
            approval=Approval(
                approvers=("[MLOps]\\Release Approvers",),
                instructions="Look at the staging test results and at the metrics of the model before you approve.",
                timeout=3 * 24 * 60,
            ),
            tasks=(
                *PREPARE,
                CreateAksCompute(),
                deploy("aksDeploymentConfigProd.yml"),
                *test("Production", "prod_test.py"),
            ),
        ),
    ),
)

if __name__ == "__main__":
    sys.stdout.write(render(RELEASE))
