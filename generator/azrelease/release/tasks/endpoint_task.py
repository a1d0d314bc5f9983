"""What the tasks of endpoints (CLI v2, extension ml) have in common."""

from collections.abc import Iterator
from typing import ClassVar, Literal, Self

from pydantic import Field

from azrelease.diagnostics import CONFLICTING_FIELDS
from azrelease.pipeline import Scalar, TaskStep
from azrelease.release.azure_ml.names import EndpointName
from azrelease.release.problems import Problem
from azrelease.release.target import BatchTarget, ServiceTarget
from azrelease.release.tasks.azure_cli_task import WorkspaceTask
from azrelease.release.tasks.base import StageDefaults, TaskContext, needs_endpoint
from azrelease.release.tasks.step_template import ScriptTemplate


class EndpointTask(WorkspaceTask):
    """A task that works on an endpoint."""

    kind: ClassVar[Literal["online", "batch"]] = "online"

    endpoint: EndpointName | None = Field(
        default=None, description="Name of the endpoint. Default: the `endpoint` of the stage."
    )

    def completed(self, stage: StageDefaults) -> Self:
        """The task with the endpoint of the stage."""
        task = super().completed(stage)
        return task.model_copy(update={"endpoint": task.endpoint or stage.endpoint})

    def problems(self, stage: StageDefaults) -> Iterator[Problem]:
        """An endpoint needs a name, and a stage that does not deploy with CLI v1."""
        yield from super().problems(stage)
        yield from needs_endpoint(self.endpoint, stage)
        if isinstance(stage.target, ServiceTarget):
            message = f"the stage deploys to {stage.target.type} with CLI v1, where there are no endpoints"
            yield Problem(("task",), CONFLICTING_FIELDS, message, "Set `target` to `managed`, kubernetes or `batch`.")

    def endpoint_steps(
        self,
        context: TaskContext,
        template: ScriptTemplate,
        display_name: str | None = None,
        /,
        **values: Scalar | None,
    ) -> tuple[TaskStep, ...]:
        """The steps of a call of a step template that works on the endpoint; see `template_steps`."""
        endpoint = context.endpoint_argument(self.endpoint)
        return self.workspace_steps(context, template, display_name, endpoint=endpoint, **values)

    def hook_steps(
        self,
        context: TaskContext,
        template: ScriptTemplate,
        display_name: str | None = None,
        /,
        **values: Scalar | None,
    ) -> tuple[TaskStep, ...]:
        """Steps that the rollout adds for this task: they log in as the task does, and have nothing else of it."""
        own = {"name": None, "display_name": None, "condition": None, "continue_on_error": False, "timeout": None}
        return self.model_copy(update=own).endpoint_steps(context, template, display_name, **values)


class OnlineEndpointTask(EndpointTask):
    """A task that works on an online endpoint."""

    def problems(self, stage: StageDefaults) -> Iterator[Problem]:
        """An online task in a stage that deploys to a batch endpoint."""
        yield from super().problems(stage)
        if isinstance(stage.target, BatchTarget):
            message = f"the stage deploys to a batch endpoint; {self.task} is for online endpoints"
            yield Problem(
                ("task",), CONFLICTING_FIELDS, message, "Use the task for batch endpoints, or another target."
            )


class BatchEndpointTask(EndpointTask):
    """A task that works on a batch endpoint."""

    kind = "batch"

    def problems(self, stage: StageDefaults) -> Iterator[Problem]:
        """A batch task in a stage that deploys to an online endpoint."""
        yield from super().problems(stage)
        if stage.target is not None and not isinstance(stage.target, BatchTarget | ServiceTarget):
            message = f"the stage deploys to an online endpoint; {self.task} is for batch endpoints"
            yield Problem(
                ("task",), CONFLICTING_FIELDS, message, "Use the task for online endpoints, or `target: batch`."
            )


def decided_by_rollout(task: EndpointTask, field: str, stage: StageDefaults) -> Iterator[Problem]:
    """The problem of a field that is set though the rollout of the stage decides it."""
    if stage.rollout is not None and getattr(task, field) is not None:
        message = f"the rollout of the stage decides `{field}`"
        yield Problem((field,), CONFLICTING_FIELDS, message, "Remove one of the two.")
