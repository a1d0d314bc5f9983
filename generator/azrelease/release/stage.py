"""A stage: one place the model is deployed to, and what is done there."""

import re
from collections.abc import Iterator, Sequence
from typing import Annotated, Literal, Self

from pydantic import Field

from azrelease.diagnostics import CONFLICTING_FIELDS, DUPLICATE_NAME, MISSING_FIELD
from azrelease.release.agent import Agent
from azrelease.release.approval import Approval, ApprovalAfter
from azrelease.release.azure_ml.names import EndpointName
from azrelease.release.checks import Checks
from azrelease.release.fields import Identifier, ListOf, Minutes, Retries, Text, VariableName, VariableValue, matching
from azrelease.release.gates import Gates
from azrelease.release.job import Download, Job
from azrelease.release.model import Model
from azrelease.release.problems import Problem, Route
from azrelease.release.rollout import AnyRollout
from azrelease.release.standard import standard_tasks
from azrelease.release.target import Target
from azrelease.release.tasks import AnyTask, BaseTask, StageDefaults
from azrelease.release.workspace import Workspace

# `environment: a.b` is resource b of environment a (learn.microsoft.com/azure/devops/pipelines/yaml-schema).
EnvironmentName = Annotated[
    str, *matching(r"[^.\0]*[^.\0\s][^.\0]*", "{} would name a resource in an environment", "Use a name without a dot.")
]


class Stage(Model):
    """One place the model is deployed to: its environment, who lets it begin, and its tasks."""

    name: Identifier = Field(description="Name of the stage: letters, digits and _.")
    display_name: Text | None = Field(default=None, description="What the stage is called in the portal.")
    group: Text | None = Field(
        default=None,
        description="Name of the group that the stage is shown in, with all stages of that group: `Regions`.",
    )
    depends_on: ListOf[Identifier] | None = Field(
        default=None,
        description="Stages that have to be done before. Default: the stage above; `[]` starts with the release.",
    )
    condition: Text | None = Field(
        default=None,
        description="Expression that says whether the stage runs. It replaces the default, `succeeded()`: write "
        "`and(succeeded(), …)` unless the stage is to run after a failure.",
    )
    trigger: Literal["automatic", "manual"] = Field(
        default="automatic",
        description="`manual`: the stage waits until a user starts it in the portal, also when the stages before it "
        "are done.",
    )
    environment: EnvironmentName | None = Field(
        default=None,
        description="Environment that the deployment is recorded in, and that its approval is a check on. "
        "Environments belong to the project: releases that name the same one share its checks. Default: "
        "`<release>-<stage>`.",
    )
    approval: Approval | None = Field(default=None, description="Who has to approve before the stage begins.")
    approval_after: ApprovalAfter | None = Field(
        default=None,
        description="Who has to approve after the deployment, before the stages that wait for this one begin.",
    )
    gates: Gates | None = Field(
        default=None,
        description="What has to hold before the stage begins: checks on its environment, which live in Azure DevOps.",
    )
    gates_after: Gates | None = Field(
        default=None, description="What has to hold after the deployment: an agentless job at the end of the stage."
    )
    checks: Checks | None = Field(
        default=None,
        description="Branches, hours and templates that the stage may begin with: checks on its environment, which "
        "live in Azure DevOps.",
    )
    lock: Literal["sequential", "latest"] | None = Field(
        default=None,
        description="Let one release at a time into the stage's environment: all of them one after the other, or only "
        "the `latest` of those that wait. It is a check on the environment. Default: no limit.",
    )
    agent: Agent | None = Field(default=None, description="Machine of this stage. Default: that of the release.")
    workspace: Workspace | None = Field(
        default=None, description="Workspace of this stage. Default: that of the release."
    )
    variables: dict[VariableName, VariableValue] = Field(
        default_factory=dict, description="Variables of this stage; they win over those of the release."
    )
    variable_groups: ListOf[Text] = Field(default=(), description="Variable groups that this stage can read.")
    secrets: ListOf[VariableName] = Field(
        default=(),
        description="Names of secret variables that this stage reads. Only names: the values are set in Azure DevOps.",
    )
    retries: Retries | None = Field(
        default=None,
        description="How often a failed step is retried; for all tasks.",
    )
    timeout: Minutes | None = Field(
        default=None,
        description="How long the deployment may take. Default: what the service allows, 1 hour.",
    )
    endpoint: EndpointName | None = Field(
        default=None, description="Name of the endpoint that this stage deploys to and tests."
    )
    service: Text | None = Field(
        default=None, description="Name of the web service that this stage deploys and tests, with CLI v1."
    )
    target: Target | None = Field(
        default=None,
        description="Where the model serves: `managed`, `{type: kubernetes, compute: …}` or `batch`; with CLI v1 "
        "`aci`, or `{type: aks, cluster: …}`. With a target and no `tasks`, the stage gets the standard ones: deploy, "
        "test, publish the results.",
    )
    rollout: AnyRollout | None = Field(
        default=None,
        description="How a new deployment takes the place of the old one: `blue_green`, or `{steps: [10, 50, 100], "
        "pause: 10 minutes}`. Default: the deployment in service is updated.",
    )
    tasks: tuple[AnyTask, ...] | None = Field(default=None, description="What is done, in this order.")
    jobs: tuple[Job, ...] | None = Field(
        default=None,
        description="Jobs instead of `tasks`, for a stage that needs more than one agent: without an agent, on other "
        "machines, in copies. Each waits for the one above.",
    )

    @property
    def environment_check(self) -> Approval | None:
        """The approval, if it is a check on the environment, with sorted approvers: equal checks compare equal."""
        if self.approval is None or self.approval.enforce != "environment":
            return None
        if self.approval.order == "sequence":
            return self.approval
        return self.approval.model_copy(update={"approvers": tuple(sorted(self.approval.approvers))})

    def defaults(self, workspace: Workspace | None) -> StageDefaults:
        """What the stage says for its tasks, in a release with this workspace."""
        return StageDefaults(
            stage=self.name,
            service=self.service,
            target=self.target,
            workspace=self.workspace or workspace,
            retries=self.retries,
            endpoint=self.endpoint,
            rollout=self.rollout,
        )

    @property
    def placed_tasks(self) -> Iterator[tuple[Route, BaseTask]]:
        """Every task of the stage that is written down, with its route in the stage."""
        for index, task in enumerate(self.tasks or ()):
            yield ("tasks", index), task
        for index, job in enumerate(self.jobs or ()):
            for position, task in enumerate(job.tasks):
                yield ("jobs", index, "tasks", position), task

    @property
    def placed_downloads(self) -> Iterator[tuple[Route, Download]]:
        """Everything that its jobs choose to download, with the route in the stage."""
        for index, job in enumerate(self.jobs or ()):
            for position, download in enumerate(job.download or ()):
                yield ("jobs", index, "download", position), download

    def completed(self, *, release: str, above: str | None, agent: Agent, workspace: Workspace | None) -> Self:
        """The stage with everything filled in that it leaves to the release and to conventions.

        Args:
            release: the name of the release.
            above: the stage above this one.
            agent: the completed agent of the release.
            workspace: the workspace of the release.
        """
        defaults = self.defaults(workspace)
        tasks = standard_tasks(self.target, self.name) if self.tasks is None and self.target else self.tasks or ()
        own_agent = self.agent.completed() if self.agent else agent
        return self.model_copy(
            update={
                "depends_on": (((above,) if above else ()) if self.depends_on is None else self.depends_on),
                "environment": self.environment or usual_environment(release, self.name),
                "agent": own_agent,
                "workspace": defaults.workspace,
                "tasks": None if self.jobs is not None else tuple(task.completed(defaults) for task in tasks),
                "jobs": None if self.jobs is None else tuple(_completed_job(j, own_agent, defaults) for j in self.jobs),
            }
        )

    def problems(self, workspace: Workspace | None) -> Iterator[Problem]:
        """What cannot work in this stage, in a release with this workspace."""
        if self.jobs is not None:
            yield from self._job_problems(self.jobs)
        elif self.tasks is None and self.target is None:
            hint = "Set `target` (`managed`, kubernetes with its compute, `batch`) and `endpoint`, or list `tasks`."
            yield Problem((), MISSING_FIELD, f"stage `{self.name}` has no tasks and no target", hint)
        if self.tasks is not None and not self.tasks:
            yield Problem(("tasks",), MISSING_FIELD, f"stage `{self.name}` has no tasks", "List tasks, or remove it.")
        defaults = self.defaults(workspace)
        if self.tasks is None and self.jobs is None and self.target:
            # They all miss the same things; say each once, at the stage.
            found = (p for task in standard_tasks(self.target, self.name) for p in task.problems(defaults))
            yield from {p.message: Problem((), p.code, p.message, p.hint) for p in found}.values()
        if self.rollout is not None:
            from azrelease.release.stage_rollout import rollout_problems

            yield from rollout_problems(self.rollout, self.target, self.tasks, self.timeout)
        yield from self._task_problems(defaults)

    def _task_problems(self, defaults: StageDefaults) -> Iterator[Problem]:
        names: dict[tuple[Route, str], int] = {}
        for number, (route, task) in enumerate(self.placed_tasks):
            yield from (problem.at(*route) for problem in task.problems(defaults))
            job = self.jobs[int(route[1])] if self.jobs is not None and route[0] == "jobs" else None
            place = job.runs_on if job is not None else "agent"
            yield from (problem.at(*route) for problem in task.runs_on_problems(place))
            if task.name is not None and names.setdefault((route[:-1], task.name.casefold()), number) != number:
                message = f"two tasks of stage `{self.name}` are named `{task.name}`"
                yield Problem((*route, "name"), DUPLICATE_NAME, message, "Give each its own name.")
        for field in ("gates", "gates_after"):
            gates = getattr(self, field)
            for index, task in enumerate(gates.tasks if gates else ()):
                found = (*task.problems(defaults), *task.runs_on_problems("server"))
                yield from (problem.at(field, "tasks", index) for problem in found)

    def _job_problems(self, jobs: Sequence[Job]) -> Iterator[Problem]:
        if not jobs:
            yield Problem(("jobs",), MISSING_FIELD, f"stage `{self.name}` has no jobs", "List jobs, or remove it.")
        for field in ("tasks", "target", "rollout", "timeout"):
            if getattr(self, field) is not None:
                message = f"`{field}` has no place beside `jobs`"
                yield Problem((field,), CONFLICTING_FIELDS, message, f"Remove `{field}`, or `jobs`.")
        first: dict[str, int] = {}
        for index, job in enumerate(jobs):
            if re.fullmatch(
                rf"(?:enter|approve|gates|approve_after)_{re.escape(self.name)}(?:_\d+)?", job.name, re.IGNORECASE
            ):
                message = f"`{job.name}` is the name of a job that the pipeline adds to the stage"
                yield Problem(("jobs", index, "name"), DUPLICATE_NAME, message, "Choose another name.")
            if first.setdefault(job.name.casefold(), index) != index:
                message = f"two jobs of stage `{self.name}` are named `{job.name}`"
                yield Problem(("jobs", index, "name"), DUPLICATE_NAME, message, "Give each its own name.")


def usual_environment(release: str, stage: str) -> str:
    """The environment of a stage that names none."""
    return f"{release}-{stage}".replace(".", "-")


def _completed_job(job: Job, agent: Agent, defaults: StageDefaults) -> Job:
    own = job.agent.completed() if job.agent else agent if job.runs_on == "agent" else None
    return job.model_copy(update={"agent": own, "tasks": tuple(task.completed(defaults) for task in job.tasks)})
