"""Gates: conditions that a service is asked about, again and again, until they hold."""

from pydantic import Field

from azrelease.release.fields import Boolean, Minutes, minutes_text
from azrelease.release.model import Model
from azrelease.release.tasks import AnyTask

USUAL_INTERVAL = 15
USUAL_TIMEOUT = 24 * 60
"""Minutes; what the classic designer sets (learn.microsoft.com/azure/devops/pipelines/release/approvals/gates)."""


class Gates(Model):
    """Server tasks, such as InvokeRESTAPI@1 or AzureMonitor@1, that all have to succeed.

    Before a stage they are checks on its environment, which live in Azure DevOps and not in YAML. After the deployment
    they run in an agentless job at the end of the stage, once each.
    """

    tasks: tuple[AnyTask, ...] = Field(min_length=1, description="Tasks that run on the server, each one a gate.")
    enabled: Boolean = Field(default=True, description="`false` keeps the gates in the release without asking them.")
    interval: Minutes = Field(
        default=USUAL_INTERVAL,
        description="How long to wait until they are asked again; after the deployment they are asked once. Default: "
        "15 minutes.",
        json_schema_extra={"default": minutes_text(USUAL_INTERVAL)},
    )
    timeout: Minutes = Field(
        default=USUAL_TIMEOUT,
        description="How long to go on asking; then the stage is rejected. Default: 1 day.",
        json_schema_extra={"default": minutes_text(USUAL_TIMEOUT)},
    )
