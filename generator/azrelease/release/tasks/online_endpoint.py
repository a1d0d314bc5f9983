"""OnlineEndpoint: the address that callers know, made when it is not there."""

from collections.abc import Iterator

from pydantic import Field

from azrelease.diagnostics import CONFLICTING_FIELDS, INVALID_VALUE
from azrelease.pipeline import Step
from azrelease.release.azure_ml.endpoints import OnlineEndpointDefinition
from azrelease.release.azure_ml.names import compute_reference
from azrelease.release.problems import Problem
from azrelease.release.target import KubernetesTarget, ManagedTarget
from azrelease.release.tasks.base import StageDefaults, TaskContext
from azrelease.release.tasks.endpoint_asset import EndpointAsset
from azrelease.release.tasks.endpoint_task import OnlineEndpointTask


class OnlineEndpoint(EndpointAsset, OnlineEndpointTask):
    """Creates an online endpoint, or changes the existing one to what is set here.

    The `file` is used only to create it: `az ml online-endpoint update --file` would take the traffic from all its
    deployments (azure-ai-ml, `Endpoint._merge_with`).
    """

    usual_definition = OnlineEndpointDefinition

    definition: OnlineEndpointDefinition | None = Field(
        default=None, description="The endpoint itself, instead of a `file`. Default: one that asks for a key."
    )

    def problems(self, stage: StageDefaults) -> Iterator[Problem]:
        """What the kind of endpoint does not take."""
        yield from super().problems(stage)
        if self.definition is None:
            return
        if isinstance(stage.target, ManagedTarget) and self.definition.compute:
            message = "a managed endpoint has no compute"
            hint = "Remove it, or set `target: {type: kubernetes, compute: …}` of the stage."
            yield Problem(("definition", "compute"), CONFLICTING_FIELDS, message, hint)
        if (isinstance(stage.target, KubernetesTarget) or self.definition.compute) and (
            self.definition.auth_mode == "aad_token"
        ):
            message = "an endpoint on Kubernetes does not accept tokens of Microsoft Entra"
            yield Problem(("definition", "auth_mode"), INVALID_VALUE, message, "Use `key` or `aml_token`.")

    def steps(self, context: TaskContext) -> tuple[Step, ...]:
        """One AzureCLI@2 step."""
        definition = self.definition
        compute = context.target.compute if isinstance(context.target, KubernetesTarget) else None
        compute = (definition.compute if definition else None) or compute
        keys = {"compute": compute_reference(compute)} if compute else {}
        changes: dict[str, str | None] = {}
        if definition is not None:
            changes["description"] = definition.description
            changes["public_network_access"] = definition.public_network_access
            changes |= {f"tags.{name}": value for name, value in definition.tags.items()}
        auth_mode = definition.auth_mode if definition else None
        return self.creation_steps(context, self.source(keys, keys), changes, auth_mode)
