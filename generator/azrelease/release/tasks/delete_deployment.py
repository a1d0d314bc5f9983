"""DeleteDeployment: an online deployment that is not needed any more."""

from pydantic import Field

from azrelease.pipeline import Step
from azrelease.release.azure_ml.names import DeploymentName
from azrelease.release.tasks.base import TaskContext
from azrelease.release.tasks.endpoint_task import OnlineEndpointTask


class DeleteDeployment(OnlineEndpointTask):
    """Deletes a deployment of an online endpoint, if it is there.

    One that still gets traffic stays, and the step fails.
    """

    deployment: DeploymentName = Field(description="Deployment that is deleted.")

    def steps(self, context: TaskContext) -> tuple[Step, ...]:
        """One AzureCLI@2 step."""
        step = self.endpoint_step(
            context, "delete_deployment", f"Delete the deployment {self.deployment}", deployment=self.deployment
        )
        return (step,)
