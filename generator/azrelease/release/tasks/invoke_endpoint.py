"""InvokeEndpoint: a sample request to an online endpoint."""

from pydantic import Field

from azrelease.pipeline import Step, TemplateParameter
from azrelease.release.azure_ml.names import DeploymentName
from azrelease.release.fields import ArtifactPath, Text
from azrelease.release.tasks.base import TaskContext
from azrelease.release.tasks.endpoint_task import OnlineEndpointTask
from azrelease.release.tasks.step_template import ENDPOINT_PARAMETERS, ScriptTemplate

TEMPLATE = ScriptTemplate(
    name="invoke-endpoint",
    task="InvokeEndpoint",
    title="Send a sample request",
    parameters=(
        *ENDPOINT_PARAMETERS,
        TemplateParameter("request", "File with the request, in JSON.", None, optional=False),
        TemplateParameter("deployment", "Deployment that has to answer. Default: whichever the traffic goes to."),
        TemplateParameter("expect", "Text that the answer has to hold."),
    ),
)


class InvokeEndpoint(OnlineEndpointTask):
    """Sends a sample request and shows the answer; fails where there is none.

    In a stage with a `rollout` it goes to the new deployment, and to whichever answers once that has all traffic.
    """

    request: ArtifactPath = Field(description="File of the artifact with the request, in JSON.")
    deployment: DeploymentName | None = Field(
        default=None, description="Deployment that has to answer. Default: whichever the traffic goes to."
    )
    expect: Text | None = Field(default=None, description="Text that the answer has to contain.")

    def steps(self, context: TaskContext) -> tuple[Step, ...]:
        """One AzureCLI@2 step."""
        return self.endpoint_steps(
            context,
            TEMPLATE,
            request=context.path(self.request),
            deployment=self.deployment or context.tested,
            expect=self.expect,
        )
