"""What the tasks that run Azure CLI commands have in common."""

from collections.abc import Iterator
from typing import Self

from pydantic import Field

from azrelease.diagnostics import INVALID_VALUE, MISSING_FIELD
from azrelease.pipeline import Scalar, TaskStep
from azrelease.release.fields import Text
from azrelease.release.problems import Problem
from azrelease.release.tasks.base import BaseTask, StageDefaults, TaskContext
from azrelease.release.tasks.step_template import ScriptTemplate, written_out
from azrelease.templating.scripts import ENV_PREFIX
from azrelease.yaml_document import KEY


class AzureCLITask(BaseTask):
    """A task that logs in with a service connection and runs `az`."""

    service_connection: Text | None = Field(
        default=None, description="Service connection to log in with. Default: that of the workspace."
    )

    def completed(self, stage: StageDefaults) -> Self:
        """The task with the service connection of the workspace."""
        task = super().completed(stage)
        if task.service_connection is None and stage.workspace is not None:
            return task.model_copy(update={"service_connection": stage.workspace.service_connection})
        return task

    def problems(self, stage: StageDefaults) -> Iterator[Problem]:
        """A task without a service connection cannot log in."""
        yield from super().problems(stage)
        if self.service_connection is None and stage.workspace is None:
            message = "no service connection to log in to Azure with"
            yield Problem((), MISSING_FIELD, message, "Set `workspace` of the release, or `service_connection` here.")


class TemplateScriptTask(AzureCLITask):
    """A task that becomes the call of a step template with a bash script."""

    def problems(self, stage: StageDefaults) -> Iterator[Problem]:
        """The variables that the script reads are not the user's to set."""
        yield from super().problems(stage)
        for name in self.env:
            if name.upper().startswith(ENV_PREFIX):
                message = f"environment variables named {ENV_PREFIX}… belong to the script of this task"
                yield Problem(("env", name, KEY), INVALID_VALUE, message, "Choose another name.")

    def template_steps(
        self,
        context: TaskContext,
        template: ScriptTemplate,
        display_name: str | None = None,
        /,
        **values: Scalar | None,
    ) -> tuple[TaskStep, ...]:
        """The steps of a call of a step template.

        Args:
            context: where the steps belong.
            template: the template.
            display_name: what the step is called, unless the user says otherwise. Default: as the template says.
            values: the values of its parameters; None for the default.
        """
        *first, last = written_out(
            template.of(context.templates),
            values,
            connection=self.service_connection,
            usual_connection=context.connection,
        )
        return (*first, self.with_common_fields(last, display_name))


class WorkspaceTask(TemplateScriptTask):
    """A task whose script works on the workspace."""

    def problems(self, stage: StageDefaults) -> Iterator[Problem]:
        """A task without a workspace does not know where to work."""
        yield from super().problems(stage)
        if stage.workspace is None and self.service_connection is not None:
            yield Problem((), MISSING_FIELD, "no workspace to deploy to", "Set `workspace` of the release or stage.")

    def workspace_steps(
        self,
        context: TaskContext,
        template: ScriptTemplate,
        display_name: str | None = None,
        /,
        **values: Scalar | None,
    ) -> tuple[TaskStep, ...]:
        """The steps of a call of a step template that works on the workspace; see `template_steps`."""
        workspace = context.workspace
        if workspace is None:  # `problems` has seen to it
            raise ValueError(f"{self.task} needs a workspace")
        return self.template_steps(
            context,
            template,
            display_name,
            resourceGroup=workspace.resource_group,
            workspace=workspace.name,
            **values,
        )
