"""OnlineEndpoint: the address that callers know, made when it is not there."""

from collections.abc import Iterator
from typing import Literal, Self

from pydantic import Field

from azrelease.diagnostics import CONFLICTING_FIELDS, INVALID_VALUE
from azrelease.pipeline import Step
from azrelease.release.azure_ml.endpoints import OnlineEndpointDefinition
from azrelease.release.problems import Problem
from azrelease.release.target import KubernetesTarget, ManagedTarget
from azrelease.release.tasks.asset_source import AssetSource, source, source_problems
from azrelease.release.tasks.base import StageDefaults, TaskContext
from azrelease.release.tasks.endpoint_task import OnlineEndpointTask
from azrelease.templating import Option


class OnlineEndpoint(AssetSource, OnlineEndpointTask):
    """Makes an online endpoint, or sets what is said here on the one that is there.

    The `file` is used only to make it: `az ml online-endpoint update --file` would take the traffic from all its
    deployments (azure-ai-ml, `Endpoint._merge_with`).
    """

    task: Literal["OnlineEndpoint"] = "OnlineEndpoint"
    definition: OnlineEndpointDefinition | None = Field(
        default=None, description="The endpoint itself, instead of a `file`. Default: one that asks for a key."
    )

    def completed(self, stage: StageDefaults) -> Self:
        """The task with a definition, unless there is a file."""
        task = super().completed(stage)
        if task.file is not None:
            return task
        return task.model_copy(update={"definition": task.definition or OnlineEndpointDefinition()})

    def problems(self, stage: StageDefaults) -> Iterator[Problem]:
        """What the kind of endpoint does not take."""
        yield from super().problems(stage)
        yield from source_problems(self, self.definition)
        if self.definition is None:
            return
        if isinstance(stage.target, ManagedTarget) and self.definition.compute:
            message = "a managed endpoint has no compute"
            hint = "Remove it, or set `target: {type: kubernetes, compute: …}` of the stage."
            yield Problem(("definition", "compute"), CONFLICTING_FIELDS, message, hint)
        if (isinstance(stage.target, KubernetesTarget) or self.definition.compute) and (
            self.definition.auth_mode == "aad_token"
        ):
            message = "an endpoint on Kubernetes knows no tokens of Microsoft Entra"
            yield Problem(("definition", "auth_mode"), INVALID_VALUE, message, "Use `key` or `aml_token`.")

    def steps(self, context: TaskContext) -> tuple[Step, ...]:
        """One AzureCLI@2 step."""
        definition = self.definition
        compute = context.target.compute if isinstance(context.target, KubernetesTarget) else None
        compute = (definition.compute if definition else None) or compute
        keys = {"compute": compute if compute.startswith("azureml:") else f"azureml:{compute}"} if compute else {}
        found = source(self, definition, "azrelease-endpoint.yml", keys, {} if definition else keys)
        return (
            self.endpoint_step(
                context,
                "online_endpoint",
                "Create the endpoint if it is not there",
                folder=found.folder,
                file=found.file,
                definition=found.definition,
                options=found.options,
                updates=tuple(self._updates()),
                auth_mode=definition.auth_mode if definition else None,
                kind="online",
            ),
        )

    def _updates(self) -> Iterator[Option]:
        """What can change on an endpoint that is there, and is said in the release."""
        if self.definition is not None:
            fixed = {"description": self.definition.description}
            fixed["public_network_access"] = self.definition.public_network_access
            yield from (Option("--set", f"{name}={value}") for name, value in fixed.items() if value is not None)
            yield from (Option("--set", f"tags.{name}={value}") for name, value in self.definition.tags.items())
        yield from (Option("--set", f"{path}={value}") for path, value in self.set.items())
