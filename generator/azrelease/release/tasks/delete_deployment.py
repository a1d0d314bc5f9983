"""DeleteDeployment: an online deployment that is not needed any more."""

from pydantic import Field

from azrelease.pipeline import Step, TemplateParameter
from azrelease.release.azure_ml.names import DeploymentName
from azrelease.release.tasks.base import TaskContext
from azrelease.release.tasks.endpoint_task import OnlineEndpointTask
from azrelease.release.tasks.step_template import ENDPOINT_PARAMETERS, ScriptTemplate

TEMPLATE = ScriptTemplate(
    name="delete-deployment",
    task="DeleteDeployment",
    title="Delete a deployment",
    parameters=(
        *ENDPOINT_PARAMETERS,
        TemplateParameter("deployment", "Deployment that is deleted.", None, optional=False),
    ),
    kind="online",
)


class DeleteDeployment(OnlineEndpointTask):
    """Deletes a deployment of an online endpoint, if it is there.

    One that still gets traffic stays, and the step fails.
    """

    deployment: DeploymentName = Field(description="Deployment that is deleted.")

    def steps(self, context: TaskContext) -> tuple[Step, ...]:
        """One AzureCLI@2 step."""
        title = f"Delete the deployment {self.deployment}"
        return self.endpoint_steps(context, TEMPLATE, title, deployment=self.deployment)
