"""What the tasks that run Azure CLI commands have in common."""

from collections.abc import Iterator
from typing import Self

from pydantic import Field

from azrelease.diagnostics import INVALID_VALUE, MISSING_FIELD
from azrelease.pipeline import TaskStep
from azrelease.release.fields import Text
from azrelease.release.problems import Problem
from azrelease.release.tasks.base import BaseTask, StageDefaults, TaskContext
from azrelease.release.workspace import Workspace
from azrelease.templating import RenderedScript
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
    """A task whose bash script is rendered from a template."""

    def problems(self, stage: StageDefaults) -> Iterator[Problem]:
        """The variables that the script reads are not the user's to set."""
        yield from super().problems(stage)
        for name in self.env:
            if name.upper().startswith(ENV_PREFIX):
                message = f"environment variables named {ENV_PREFIX}… belong to the script of this task"
                yield Problem(("env", name, KEY), INVALID_VALUE, message, "Choose another name.")

    def script_step(self, script: RenderedScript, display_name: str, working_directory: str | None = None) -> TaskStep:
        """A step that runs a rendered script."""
        return self.step(
            "AzureCLI@2",
            {
                "azureSubscription": self.service_connection,
                "scriptType": "bash",
                "scriptLocation": "inlineScript",
                "inlineScript": script.text,
                "workingDirectory": working_directory,
            },
            display_name=display_name,
            env=script.env,
        )


class WorkspaceTask(TemplateScriptTask):
    """A task whose script works on the workspace."""

    def problems(self, stage: StageDefaults) -> Iterator[Problem]:
        """A task without a workspace does not know where to work."""
        yield from super().problems(stage)
        if stage.workspace is None and self.service_connection is not None:
            yield Problem((), MISSING_FIELD, "no workspace to deploy to", "Set `workspace` of the release or stage.")

    def workspace(self, context: TaskContext) -> Workspace:
        """The workspace, which `problems` has seen to."""
        if context.workspace is None:
            raise ValueError(f"{self.task} needs a workspace")
        return context.workspace
