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
    """A deployment to an environment with the runOnce strategy. Timeout in minutes."""

    id: str
    environment: str
    steps: tuple[Step, ...]
    display_name: str | None = None
    depends_on: tuple[str, ...] = ()
    timeout_in_minutes: int | None = None


Job = ServerJob | DeploymentJob
