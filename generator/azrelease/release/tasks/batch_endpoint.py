"""BatchEndpoint: the address that batch jobs are started at, made when it is not there."""

from pydantic import Field

from azrelease.pipeline import Step
from azrelease.release.azure_ml.endpoints import BatchEndpointDefinition
from azrelease.release.tasks.base import TaskContext
from azrelease.release.tasks.endpoint_asset import EndpointAsset
from azrelease.release.tasks.endpoint_task import BatchEndpointTask


class BatchEndpoint(EndpointAsset, BatchEndpointTask):
    """Creates a batch endpoint, or changes the existing one to what is set here.

    The `file` is used only to create it: to update with it could change which deployment is the default.
    """

    usual_definition = BatchEndpointDefinition

    definition: BatchEndpointDefinition | None = Field(
        default=None, description="The endpoint itself, instead of a `file`. Default: one without a description."
    )

    def steps(self, context: TaskContext) -> tuple[Step, ...]:
        """One AzureCLI@2 step."""
        changes: dict[str, str | None] = {}
        if self.definition is not None:
            changes["description"] = self.definition.description
            changes |= {f"tags.{name}": value for name, value in self.definition.tags.items()}
        return self.creation_steps(context, self.source({"auth_mode": "aad_token"}, {}), changes)
