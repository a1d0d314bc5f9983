"""Jobs of a stage."""

from typing import NamedTuple

from azrelease.pipeline.steps import Step, TaskStep


class ServerJob(NamedTuple):
    """An agentless job: it runs on the server, where only server tasks can run. Timeout in minutes."""

    id: str
    steps: tuple[TaskStep, ...]
    display_name: str | None = None
    depends_on: tuple[str, ...] = ()
    timeout_in_minutes: int | None = None


class DeploymentJob(NamedTuple):
    """A deployment to an environment with the runOnce strategy. Timeout in minutes.

    `steps` are those of the hook `deploy`; when one of them fails `on_failure` runs, else `on_success`, each as a job
    of its own (learn.microsoft.com/azure/devops/pipelines/process/deployment-jobs, lifecycle hooks).
    """

    id: str
    environment: str
    steps: tuple[Step, ...]
    on_failure: tuple[Step, ...] = ()
    on_success: tuple[Step, ...] = ()
    display_name: str | None = None
    depends_on: tuple[str, ...] = ()
    timeout_in_minutes: int | None = None


Job = ServerJob | DeploymentJob
