"""What the tasks that make endpoints and deployments have in common, online and batch."""

from collections.abc import Iterator, Mapping
from typing import ClassVar, Self

from pydantic import Field

from azrelease.pipeline import TaskStep
from azrelease.release.azure_ml.names import DeploymentName
from azrelease.release.fields import Boolean
from azrelease.release.model import Model
from azrelease.release.problems import Problem
from azrelease.release.tasks.asset_source import AssetArguments, AssetSource
from azrelease.release.tasks.base import StageDefaults, TaskContext
from azrelease.release.tasks.endpoint_task import EndpointTask, decided_by_rollout
from azrelease.release.tasks.model_reference import ModelReference
from azrelease.templating import Option


class EndpointAsset(AssetSource, EndpointTask):
    """A task that creates an endpoint, or changes the existing one to what the release sets."""

    usual_definition: ClassVar[type[Model]]

    def completed(self, stage: StageDefaults) -> Self:
        """The task with a definition, unless there is a file."""
        task = super().completed(stage)
        if task.file is not None:
            return task
        return task.model_copy(update={"definition": task.definition or self.usual_definition()})

    def problems(self, stage: StageDefaults) -> Iterator[Problem]:
        """A description in two places."""
        yield from super().problems(stage)
        yield from self.source_problems()

    def creation_step(
        self,
        context: TaskContext,
        display_name: str,
        source: AssetArguments,
        changes: Mapping[str, str | None],
        auth_mode: str | None = None,
    ) -> TaskStep:
        """The step that creates the endpoint, or changes the existing one.

        Args:
            context: where the step belongs.
            display_name: what it is called, unless the user says otherwise.
            source: what the endpoint is made from.
            changes: what can change on an endpoint that is there, by path; None where nothing is said.
            auth_mode: what callers are to show; None where nothing is said.
        """
        updates = {**{path: value for path, value in changes.items() if value is not None}, **self.set}
        return self.endpoint_step(
            context,
            "endpoint",
            display_name,
            folder=source.folder,
            file=source.file,
            definition=source.definition,
            options=source.options,
            updates=tuple(Option("--set", f"{path}={value}") for path, value in updates.items()),
            auth_mode=auth_mode,
        )


class DeploymentAsset(AssetSource, ModelReference, EndpointTask):
    """A task that creates a deployment, or updates the existing one; with a rollout, creates one beside it."""

    usual_file: ClassVar[str]

    deployment: DeploymentName | None = Field(
        default=None, description="Name of the deployment. Default: `blue`; a rollout chooses `blue` or `green`."
    )
    skip_script_validation: Boolean = Field(
        default=False, description="Do not look for init() and run() in the scoring script first."
    )

    def completed(self, stage: StageDefaults) -> Self:
        """The task with the name of the deployment and where it is described."""
        task = super().completed(stage)
        return task.model_copy(
            update={
                "deployment": task.deployment or ("blue" if stage.rollout is None else None),
                "file": task.file or (self.usual_file if task.definition is None else None),
            }
        )

    def problems(self, stage: StageDefaults) -> Iterator[Problem]:
        """What is said in two places, or decided by the rollout."""
        yield from super().problems(stage)
        yield from self.source_problems()
        yield from self.model_problems()
        yield from self.model_source_problems(self.definition, self.set)
        yield from decided_by_rollout(self, "deployment", stage)

    def deployment_step(self, context: TaskContext, source: AssetArguments, **switch: bool) -> TaskStep:
        """The step that makes the deployment.

        Args:
            context: where the step belongs.
            source: what the deployment is made from.
            switch: whether it is put into service.
        """
        beside = context.rollout is not None
        return self.endpoint_step(
            context,
            f"{self.kind}_deploy_beside" if beside else f"{self.kind}_deployment",
            "Deploy beside the deployment in service" if beside else "Deploy the model",
            folder=source.folder,
            file=source.file,
            definition=source.definition,
            options=source.options,
            deployment=self.deployment,
            skip_script_validation=self.skip_script_validation,
            **switch,
            **self.model_values(context, source.folder),
        )
