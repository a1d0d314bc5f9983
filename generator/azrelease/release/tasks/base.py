"""The base of all tasks: what a stage gives them, and the fields of every step."""

import posixpath
from collections.abc import Iterator
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import Field, field_validator

from azrelease.diagnostics import CONFLICTING_FIELDS, INVALID_VALUE, MISSING_FIELD, WRONG_AGENT
from azrelease.pipeline import Step, TaskStep
from azrelease.release.fields import (
    Boolean,
    EnvironmentVariable,
    Identifier,
    Minutes,
    Retries,
    Text,
    VariableValue,
    is_rooted,
    path_below,
)
from azrelease.release.model import Model
from azrelease.release.problems import Problem, failure
from azrelease.release.rollout import ALL_TRAFFIC, Rollout
from azrelease.release.target import AnyTarget, ServiceTarget
from azrelease.release.workspace import Workspace
from azrelease.templating import Templates

NEW_DEPLOYMENT = "$(rollout.new)"
"""Variable that a rollout sets: the deployment that it creates."""

BATCH_JOB = "$(batch.job)"
"""Variable that BatchInvoke sets: the job that it has run."""


RunsOn = Literal["agent", "server", "machines"]
"""Where the tasks of a job run."""


class StageDefaults(NamedTuple):
    """What the stage says that its tasks can leave out."""

    stage: str
    service: str | None = None
    target: AnyTarget | None = None
    workspace: Workspace | None = None
    retries: int | None = None
    endpoint: str | None = None
    rollout: Rollout | None = None


class TaskContext(NamedTuple):
    """What a task needs besides its own fields to become steps.

    Attributes:
        artifact_root: the folder of the artifact on the agent.
        workspace: the workspace of the stage; there when a task of it needs one.
        templates: the templates of scripts.
        target: where the stage deploys to.
        rollout: how a new deployment of the stage takes the place of the old one.
        share: percent of the traffic that the rollout has given to the new deployment so far; or an expression for it.
        is_argument: whether the stages are given to a template, in whose repository a template of a step would be
            looked for.
        connection: the service connection that a variable of the pipeline names for the steps that name none.
        endpoint: the endpoint that a variable of the stage names for the steps that name none.
    """

    artifact_root: str
    workspace: Workspace | None
    templates: Templates
    target: AnyTarget | None = None
    rollout: Rollout | None = None
    share: int | str = 0
    is_argument: bool = False
    connection: str | None = None
    endpoint: str | None = None

    @property
    def tested(self) -> str | None:
        """The deployment that a test is sent to; None where it goes the way that callers go."""
        return NEW_DEPLOYMENT if self.rollout is not None and self.share != ALL_TRAFFIC else None

    def endpoint_argument(self, endpoint: str | None) -> str | None:
        """What a call of a step template says of its endpoint; None for what it means without a word."""
        return None if self.endpoint is not None and endpoint == self.endpoint else endpoint

    def path(self, path: str) -> str:
        """A path of the release as a path on the agent."""
        return path if is_rooted(path) else path_below(self.artifact_root, path)

    def path_from(self, folder: str, path: str) -> str:
        """A path of the release as it is written in a script that runs in `folder`."""
        if is_rooted(path) or is_rooted(folder) or "$" in f"{folder}{path}":
            return self.path(path)
        return posixpath.relpath(path, folder)


def folder_of(path: str) -> str:
    """The folder a file of the artifact is in."""
    return posixpath.dirname(path) or "."


def file_name(path: str) -> str:
    """A file as it is named in a command that runs in its folder: never as an option."""
    name = posixpath.basename(path)
    return f"./{name}" if name.startswith("-") else name


class BaseTask(Model):
    """The fields that every task has.

    The name of the class is the name of the task: the value of `task` in a release file.
    """

    task: str = Field(default="", validate_default=True)
    name: Identifier | None = Field(
        default=None, description="Name under which other steps read the output variables of this one."
    )
    display_name: Text | None = Field(default=None, description="What the step is called in the log.")
    condition: Text | None = Field(
        default=None, description="Expression that says whether the step runs: `succeededOrFailed()`."
    )
    continue_on_error: Boolean = Field(
        default=False,
        description="Go on with the stage when the step fails; the stage then succeeds with issues.",
    )
    timeout: Minutes | None = Field(default=None, description="How long the step may take: `20 minutes`.")
    retries: Retries | None = Field(default=None, description="How often a failed step is retried.")
    env: dict[EnvironmentVariable, VariableValue] = Field(
        default_factory=dict,
        description="Environment variables for the step; the way to hand it a secret: `KEY: $(secret)`.",
    )
    enabled: Boolean = Field(default=True, description="`false` keeps the step in the pipeline without running it.")

    @field_validator("task")
    @classmethod
    def _check_name(cls, name: str) -> str:
        if name not in ("", cls.__name__):
            raise failure(INVALID_VALUE, f"`{name}` is another task than {cls.__name__}")
        return cls.__name__

    def completed(self, stage: StageDefaults) -> Self:
        """The task with everything filled in that it leaves to its stage."""
        if self.retries is None and stage.retries is not None:
            return self.model_copy(update={"retries": stage.retries})
        return self

    def problems(self, stage: StageDefaults) -> Iterator[Problem]:  # noqa: ARG002  (tasks that need it do)
        """What keeps the task from running in this stage."""
        yield from ()

    def runs_on_problems(self, runs_on: RunsOn) -> Iterator[Problem]:
        """What keeps the task from running in a place."""
        if runs_on == "server":
            message = f"{self.task} needs an agent, but this runs on the server"
            yield Problem(("task",), WRONG_AGENT, message, "Move it to a job with an agent.")

    @property
    def called_template(self) -> tuple[str, str | None] | None:
        """The file of a template that the task calls, and the alias of its repository; None for any other task."""
        return None

    def warnings(self) -> Iterator[Problem]:
        """What is accepted, though it is most likely a mistake."""
        yield from ()

    def steps(self, context: TaskContext) -> tuple[Step, ...]:
        """The steps that the completed task becomes."""
        raise NotImplementedError

    def with_common_fields(self, step: TaskStep, display_name: str | None = None) -> TaskStep:
        """A step of a template with the common fields of the task.

        Args:
            step: the step.
            display_name: what it is called, unless the user says otherwise. Default: as its template says.
        """
        return step._replace(
            display_name=self.display_name or display_name or step.display_name,
            name=self.name,
            condition=self.condition or step.condition,
            continue_on_error=self.continue_on_error,
            enabled=self.enabled,
            env=(*step.env, *self.env.items()),
            timeout_in_minutes=self.timeout,
            retry_count_on_task_failure=self.retries or None,
        )

    def step(
        self,
        task: str,
        inputs: dict[str, str | bool | int | None],
        *,
        display_name: str | None = None,
        env: tuple[tuple[str, str], ...] = (),
    ) -> TaskStep:
        """A step with the common fields; inputs that are None are left out."""
        return TaskStep(
            task=task,
            inputs=tuple((name, value) for name, value in inputs.items() if value is not None),
            display_name=self.display_name or display_name,
            name=self.name,
            condition=self.condition,
            continue_on_error=self.continue_on_error,
            enabled=self.enabled,
            env=(*env, *self.env.items()),
            timeout_in_minutes=self.timeout,
            retry_count_on_task_failure=self.retries or None,
        )


ServiceName = Annotated[
    Text | None,
    Field(description="Name of the web service. Default: the `service` of the stage."),
]


def needs_endpoint(given: str | None, stage: StageDefaults) -> Iterator[Problem]:
    """The problem of a task without an endpoint."""
    if given is None and stage.endpoint is None:
        hint = "Set `endpoint` of the stage, or of this task."
        yield Problem((), MISSING_FIELD, "there is no `endpoint` to deploy to or to test", hint)


def needs_service(given: str | None, stage: StageDefaults) -> Iterator[Problem]:
    """The problem of a task of CLI v1 without a service, or in a stage of v2."""
    if stage.target is not None and not isinstance(stage.target, ServiceTarget):
        message = f"the stage deploys to {stage.target.type}, where CLI v1 has no services"
        yield Problem((), CONFLICTING_FIELDS, message, "Use OnlineEndpoint and OnlineDeployment, or `target: aci`.")
        return
    if given is None and stage.service is None:
        hint = "Set `service` of the stage, or of this task."
        yield Problem((), MISSING_FIELD, "there is no `service` to deploy to or to test", hint)
