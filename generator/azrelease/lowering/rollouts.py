"""The tasks of a stage as the steps of its lifecycle hooks, with what a rollout adds.

The hooks: `deploy` has all that a person would do in order, on one agent, where Python and the test's requirements
were installed once. Rolling back is `on: failure`: a job of its own, which runs when the agent of the deployment is
lost, too. Deleting the old deployment is `on: success`: it is not to fail a release that is done. The strategy `canary`
is for Kubernetes resources of an environment; it would run the whole deployment again for every increment.
"""

from collections.abc import Iterator, Sequence

from azrelease.pipeline import LifecycleHooks, RepeatedStep, Step, TaskStep, TemplateParameter
from azrelease.release.fields import minutes_text
from azrelease.release.rollout import ALL_TRAFFIC
from azrelease.release.stage_rollout import deployments_of, tests_of
from azrelease.release.tasks import BaseTask, TaskContext
from azrelease.release.tasks.base import NEW_DEPLOYMENT
from azrelease.release.tasks.endpoint_asset import EndpointAsset
from azrelease.release.tasks.endpoint_task import EndpointTask
from azrelease.release.tasks.install_azure_cli_extension import InstallAzureCLIExtension
from azrelease.release.tasks.step_template import ENDPOINT_PARAMETERS, ScriptTemplate

_KEEP_OLD = TemplateParameter("keepOld", "Keep the deployment that was in service before.", False)
_NEW = TemplateParameter("deployment", "The new deployment.", NEW_DEPLOYMENT, optional=False)


def _template(name: str, kind: str, title: str, *parameters: TemplateParameter) -> ScriptTemplate:
    return ScriptTemplate(
        name, f"a rollout of {kind} deployments", title, (*ENDPOINT_PARAMETERS, *parameters), kind=kind
    )


RESUME = _template("rollout-resume", "online", "Take back a rollout that was cut off")
TRAFFIC = _template(
    "rollout-traffic",
    "online",
    "Send 100 % of the traffic to the new deployment",
    _NEW,
    TemplateParameter("share", "Percent of the traffic that it gets.", ALL_TRAFFIC, optional=False),
    TemplateParameter("pause", "Seconds to wait then.", 0),
)
BACK = _template("rollout-back", "online", "Roll back")
FINISH = _template("rollout-finish", "online", "Delete the old deployment", _KEEP_OLD)
SWITCH = _template("batch-switch", "batch", "Make the new deployment the default", _NEW)
BATCH_BACK = _template("batch-rollout-back", "batch", "Roll back")
BATCH_FINISH = _template("batch-rollout-finish", "batch", "Delete the old deployment", _KEEP_OLD)


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
    apart = context._replace(rollout=None)
    back = deployment.hook_steps(context, BATCH_BACK if batch else BACK)
    title = "Finish the rollout" if rollout.keep_old else None
    finish = deployment.hook_steps(context, BATCH_FINISH if batch else FINISH, title, keepOld=rollout.keep_old)
    prepared = _extension(tasks, deployment).steps(context)
    switch = deployment.hook_steps(context, SWITCH) if batch else tuple(_traffic_steps(deployment, repeated, context))
    return LifecycleHooks(
        deploy=(
            *_before(tasks[:at], deployment, apart),
            *(step for task in tasks[at:end] for step in task.steps(context)),
            *switch,
            *(step for task in tasks[end:] for step in task.steps(apart)),
        ),
        on_failure=(*prepared, *back) if rollout.on_failure == "roll back" else (),
        on_success=(*prepared, *finish),
    )


def _before(tasks: Sequence[BaseTask], deployment: EndpointTask, context: TaskContext) -> Iterator[Step]:
    """The steps before the deployment.

    Where a rollout was cut off two deployments share the traffic. That is taken back before the first task that asks
    the endpoint, which could stop the stage over it.
    """
    asking = (
        index
        for index, task in enumerate(tasks)
        if task.enabled
        and not isinstance(task, EndpointAsset)
        and getattr(task, "endpoint", None) == deployment.endpoint
    )
    first = next(asking, len(tasks))
    resume = () if deployment.kind == "batch" else deployment.hook_steps(context, RESUME)
    for index, task in enumerate(tasks):
        if index == first:
            yield from resume
        yield from task.steps(context)
    if first == len(tasks):
        yield from resume


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
    """The traffic for the new deployment step by step, each followed by the tests.

    The shares before the last are the same but for their number: a loop can say them.
    """
    rollout = context.rollout
    assert rollout is not None
    *before, _ = rollout.steps
    shares = tuple(map(str, before))
    pattern = _at_share("${{ share }}", deployment, tests, context)
    for index, share in enumerate(before):
        steps = _at_share(share, deployment, tests, context)
        for step, general in zip(steps, pattern, strict=True):
            looped = len(before) > 1 and step.call is not None
            yield step._replace(turn=RepeatedStep("share", shares, index, general)) if looped else step
    yield from _at_share(ALL_TRAFFIC, deployment, tests, context)


def _at_share(
    share: int | str, deployment: EndpointTask, tests: Sequence[BaseTask], context: TaskContext
) -> tuple[TaskStep, ...]:
    """The steps that give the new deployment a share, and test it; the share may be an expression."""
    rollout = context.rollout
    assert rollout is not None
    pause = rollout.pause if share != ALL_TRAFFIC else None
    wait = f", wait {minutes_text(pause)}" if pause else ""
    title = f"Send {share} % of the traffic to the new deployment{wait}"
    traffic = deployment.hook_steps(
        context, TRAFFIC, None if share == ALL_TRAFFIC else title, share=share, pause=pause * 60 if pause else None
    )
    at_share = context._replace(share=share)
    repeated = (_repeated(step, share) for test in tests for step in test.steps(at_share) if isinstance(step, TaskStep))
    return (*traffic, *repeated)


def _repeated(step: TaskStep, share: int | str) -> TaskStep:
    """A step of a test once more: a name is that of one step of the job."""
    return step._replace(name=None, display_name=f"{step.display_name} at {share} %")
