"""BatchEndpoint: the address that batch jobs are started at, made when it is not there."""

from collections.abc import Iterator
from typing import Literal, Self

from pydantic import Field

from azrelease.pipeline import Step
from azrelease.release.azure_ml.endpoints import BatchEndpointDefinition
from azrelease.release.problems import Problem
from azrelease.release.tasks.asset_source import AssetSource, source, source_problems
from azrelease.release.tasks.base import StageDefaults, TaskContext
from azrelease.release.tasks.endpoint_task import BatchEndpointTask
from azrelease.templating import Option


class BatchEndpoint(AssetSource, BatchEndpointTask):
    """Makes a batch endpoint, or sets what is said here on the one that is there.

    The `file` is used only to make it: to update with it could change which deployment is the default.
    """

    task: Literal["BatchEndpoint"] = "BatchEndpoint"
    definition: BatchEndpointDefinition | None = Field(
        default=None, description="The endpoint itself, instead of a `file`. Default: one without a description."
    )

    def completed(self, stage: StageDefaults) -> Self:
        """The task with a definition, unless there is a file."""
        task = super().completed(stage)
        if task.file is not None:
            return task
        return task.model_copy(update={"definition": task.definition or BatchEndpointDefinition()})

    def problems(self, stage: StageDefaults) -> Iterator[Problem]:
        """A description in two places."""
        yield from super().problems(stage)
        yield from source_problems(self, self.definition)

    def steps(self, context: TaskContext) -> tuple[Step, ...]:
        """One AzureCLI@2 step."""
        found = source(self, self.definition, "azrelease-endpoint.yml", {"auth_mode": "aad_token"}, {})
        step = self.endpoint_step(
            context,
            "batch_endpoint",
            "Create the batch endpoint if it is not there",
            folder=found.folder,
            file=found.file,
            definition=found.definition,
            options=found.options,
            updates=tuple(self._updates()),
            kind="batch",
        )
        return (step,)

    def _updates(self) -> Iterator[Option]:
        """What can change on an endpoint that is there, and is said in the release."""
        if self.definition is not None:
            if self.definition.description is not None:
                yield Option("--set", f"description={self.definition.description}")
            yield from (Option("--set", f"tags.{name}={value}") for name, value in self.definition.tags.items())
        yield from (Option("--set", f"{path}={value}") for path, value in self.set.items())
