"""Jobs of a stage, and the pools that run them."""

from typing import NamedTuple

from azrelease.pipeline.steps import Step, TaskStep


class Pool(NamedTuple):
    """A Microsoft-hosted image (`vm_image`) or a self-hosted pool (`name`) with demands."""

    vm_image: str | None = None
    name: str | None = None
    demands: tuple[str, ...] = ()


class Copies(NamedTuple):
    """How often a job runs at once: for each entry of a matrix (name, variables), or `parallel` times."""

    matrix: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()
    max_parallel: int | None = None
    parallel: int | None = None


class ServerJob(NamedTuple):
    """An agentless job: it runs on the server, where only server tasks can run. Timeouts in minutes."""

    id: str
    steps: tuple[TaskStep, ...]
    display_name: str | None = None
    depends_on: tuple[str, ...] = ()
    timeout_in_minutes: int | None = None
    condition: str | None = None
    cancel_timeout_in_minutes: int | None = None
    continue_on_error: bool = False
    copies: Copies | None = None


class AgentJob(NamedTuple):
    """A job on an agent that is not a deployment, since a deployment cannot run in copies. Timeouts in minutes."""

    id: str
    steps: tuple[Step, ...]
    copies: Copies
    display_name: str | None = None
    depends_on: tuple[str, ...] = ()
    timeout_in_minutes: int | None = None
    condition: str | None = None
    cancel_timeout_in_minutes: int | None = None
    continue_on_error: bool = False
    pool: Pool | None = None


class VirtualMachines(NamedTuple):
    """The virtual machine resources of an environment that a deployment runs on, a number (`25%`) at a time."""

    tags: tuple[str, ...] = ()
    max_parallel: str | None = None


class LifecycleHooks(NamedTuple):
    """Steps of a deployment, by lifecycle hook."""

    deploy: tuple[Step, ...]
    on_failure: tuple[Step, ...] = ()
    on_success: tuple[Step, ...] = ()


class DeploymentJob(NamedTuple):
    """A deployment to an environment: runOnce, or rolling over its machines. Timeouts in minutes.

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
    condition: str | None = None
    cancel_timeout_in_minutes: int | None = None
    continue_on_error: bool = False
    pool: Pool | None = None
    machines: VirtualMachines | None = None


PipelineJob = ServerJob | AgentJob | DeploymentJob


def steps_of(job: PipelineJob) -> tuple[Step, ...]:
    """The steps of a job, with those of all hooks of a deployment."""
    if isinstance(job, DeploymentJob):
        return (*job.steps, *job.on_failure, *job.on_success)
    return tuple(job.steps)
