"""The tasks of a stage as the steps of its lifecycle hooks, with what a rollout adds.

The hooks: `deploy` has all that a person would do in order, on one agent, where Python and the test's requirements
were installed once. Rolling back is `on: failure`: a job of its own, which runs when the agent of the deployment is
lost, too. Deleting the old deployment is `on: success`: it is not to fail a release that is done. The strategy `canary`
is for Kubernetes resources of an environment; it would run the whole deployment again for every increment.
"""

from collections.abc import Iterator, Sequence

from azrelease.pipeline import LifecycleHooks, Step, TaskStep
from azrelease.release.fields import minutes_text
from azrelease.release.rollout import ALL_TRAFFIC
from azrelease.release.stage_rollout import deployments_of, tests_of
from azrelease.release.tasks import BaseTask, TaskContext
from azrelease.release.tasks.base import NEW_DEPLOYMENT
from azrelease.release.tasks.endpoint_asset import EndpointAsset
from azrelease.release.tasks.endpoint_task import EndpointTask
from azrelease.release.tasks.install_azure_cli_extension import InstallAzureCLIExtension


def lower_rollout(tasks: Sequence[BaseTask], context: TaskContext) -> LifecycleHooks:
    """The steps of completed tasks, and of the rollout that the context has."""
    rollout = context.rollout
    assert rollout is not None
    at, *_ = deployments_of(tasks)
    deployment = tasks[at]
    assert isinstance(deployment, EndpointTask)
    tests = tests_of(tasks, at)
    end = max([at, *tests]) + 1
    batch = deployment.task == "BatchDeployment"
    repeated = [tasks[index] for index in tests] if rollout.test == "each" and not batch else []
    prefix = "batch_" if batch else ""
    apart = context._replace(rollout=None)
    back = deployment.hook_step(context, f"{prefix}rollout_back", "Roll back")
    title = "Finish the rollout" if rollout.keep_old else "Delete the old deployment"
    finish = deployment.hook_step(context, f"{prefix}rollout_finish", title, keep_old=rollout.keep_old)
    prepared = _extension(tasks, deployment).steps(context)
    switch = (
        (deployment.hook_step(context, "batch_switch", "Make the new deployment the default", new=NEW_DEPLOYMENT),)
        if batch
        else tuple(_traffic_steps(deployment, repeated, context))
    )
    return LifecycleHooks(
        deploy=(
            *_before(tasks[:at], deployment, apart),
            *(step for task in tasks[at:end] for step in task.steps(context)),
            *switch,
            *(step for task in tasks[end:] for step in task.steps(apart)),
        ),
        on_failure=(*prepared, back) if rollout.on_failure == "roll back" else (),
        on_success=(*prepared, finish),
    )


def _before(tasks: Sequence[BaseTask], deployment: EndpointTask, context: TaskContext) -> Iterator[Step]:
    """The steps before the deployment.

    The first task that asks the endpoint would see two deployments that share the traffic where a rollout was cut off,
    and could stop the stage before the deployment has taken that back: so it is taken back first.
    """
    asking = (
        index
        for index, task in enumerate(tasks)
        if task.enabled
        and not isinstance(task, EndpointAsset)
        and getattr(task, "endpoint", None) == deployment.endpoint
    )
    first = None if deployment.kind == "batch" else next(asking, None)
    for index, task in enumerate(tasks):
        if index == first:
            yield deployment.hook_step(context, "rollout_resume", "Take back a rollout that was cut off")
        yield from task.steps(context)


def _extension(tasks: Sequence[BaseTask], deployment: EndpointTask) -> InstallAzureCLIExtension:
    """The installation of the extension ml on the agent of a hook, which is another one."""
    given = [t for t in tasks if isinstance(t, InstallAzureCLIExtension) and t.extension == "ml"]
    return InstallAzureCLIExtension(
        extension="ml",
        version=given[0].version if given else None,
        upgrade=given[0].upgrade if given else False,
        service_connection=deployment.service_connection,
        retries=deployment.retries,
    )


def _traffic_steps(deployment: EndpointTask, tests: Sequence[BaseTask], context: TaskContext) -> Iterator[Step]:
    """The traffic for the new deployment step by step, each followed by the tests."""
    rollout = context.rollout
    assert rollout is not None
    for share in rollout.steps:
        pause = rollout.pause if share != ALL_TRAFFIC else None
        wait = f", wait {minutes_text(pause)}" if pause else ""
        yield deployment.hook_step(
            context,
            "rollout_traffic",
            f"Send {share} % of the traffic to the new deployment{wait}",
            new=NEW_DEPLOYMENT,
            share=share,
            first=share == rollout.steps[0],
            pause=pause * 60 if pause else None,
        )
        at_share = context._replace(share=share)
        yield from (_repeated(step, share) for test in tests for step in test.steps(at_share))


def _repeated(step: Step, share: int) -> Step:
    """A step of a test once more: a name is that of one step of the job."""
    if not isinstance(step, TaskStep):
        return step
    return step._replace(name=None, display_name=f"{step.display_name} at {share} %")
