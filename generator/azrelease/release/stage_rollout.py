"""What a rollout needs of its stage."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from azrelease.diagnostics import CONFLICTING_FIELDS, INVALID_VALUE, MISSING_FIELD
from azrelease.release.fields import minutes_text
from azrelease.release.problems import Problem
from azrelease.release.rollout import Rollout
from azrelease.release.target import AnyTarget, BatchTarget, ServiceTarget
from azrelease.release.tasks import BaseTask

TESTS: Mapping[str, tuple[str, ...]] = {
    "OnlineDeployment": ("EndpointTest", "InvokeEndpoint"),
    "BatchDeployment": ("BatchInvoke", "BatchTest"),
}
"""Tasks that a rollout makes a deployment beside the old one of, each with the tasks that test it."""

_USUAL_TIMEOUT = 60
"""Minutes; what the service gives a job without a timeout."""


def rollout_problems(
    rollout: Rollout, target: AnyTarget | None, tasks: Sequence[BaseTask] | None, timeout: int | None
) -> Iterator[Problem]:
    """What keeps a rollout from working in a stage with this target, these tasks and this timeout in minutes."""
    if isinstance(target, ServiceTarget):
        message = f"a rollout needs an endpoint, and the stage deploys to {target.type} with CLI v1"
        yield Problem(("rollout",), CONFLICTING_FIELDS, message, "Remove it, or set `target` to `managed`.")
    batch = isinstance(target, BatchTarget) or any(task.task == "BatchDeployment" for task in tasks or ())
    if batch and len(rollout.steps) > 1:
        message = "a batch endpoint has no traffic to give step by step"
        yield Problem(("rollout", "steps"), CONFLICTING_FIELDS, message, "Remove `steps`.")
    if rollout.pauses >= (timeout or _USUAL_TIMEOUT):
        message = f"the pauses take {minutes_text(rollout.pauses)}, and the stage may take no more than "
        message += minutes_text(timeout or _USUAL_TIMEOUT)
        yield Problem(("rollout",), INVALID_VALUE, message, "Set a longer `timeout` of the stage.")
    if tasks is not None:
        yield from _task_problems(rollout, tasks)
    elif rollout.test == "none":
        message = "the standard tasks test the deployment"
        yield Problem(("rollout",), CONFLICTING_FIELDS, message, "Remove `test: none`.")


def _task_problems(rollout: Rollout, tasks: Sequence[BaseTask]) -> Iterator[Problem]:
    deployments = deployments_of(tasks)
    if len(deployments) != 1:
        message = "a rollout needs a deployment" if not deployments else "a rollout is of one deployment"
        hint = "Add an OnlineDeployment." if not deployments else "Give each endpoint a stage of its own."
        yield Problem(("rollout",), MISSING_FIELD if not deployments else CONFLICTING_FIELDS, message, hint)
        return
    yield from _test_problems(
        rollout, tasks[deployments[0]], (tasks[index] for index in tests_of(tasks, deployments[0]))
    )


def deployments_of(tasks: Sequence[BaseTask]) -> tuple[int, ...]:
    """The indexes of the deployments among the tasks of a stage."""
    return tuple(index for index, task in enumerate(tasks) if task.task in TESTS and task.enabled)


def tests_of(tasks: Sequence[BaseTask], deployment: int) -> tuple[int, ...]:
    """The indexes of the tests of a deployment among the tasks of its stage."""
    kinds = TESTS[tasks[deployment].task]
    return tuple(i for i, task in enumerate(tasks) if i > deployment and task.task in kinds and task.enabled)


def _test_problems(rollout: Rollout, deployment: BaseTask, found: Iterable[BaseTask]) -> Iterator[Problem]:
    """What keeps the tests from guarding the traffic."""
    tests = list(found)
    if deployment.condition is not None or deployment.continue_on_error:
        message = "the rollout goes on when the deployment was left out, or failed"
        hint = "Remove its `condition` and `continue_on_error`, or the rollout."
        yield Problem(("rollout",), CONFLICTING_FIELDS, message, hint)
    if any(test.continue_on_error or test.condition is not None for test in tests):
        message = "the rollout goes on when a test of the new deployment was left out, or failed"
        hint = "Remove its `condition` and `continue_on_error`, or the rollout."
        yield Problem(("rollout",), CONFLICTING_FIELDS, message, hint)
    endpoint = getattr(deployment, "endpoint", None)
    guards = [test for test in tests if getattr(test, "endpoint", None) in (endpoint, None)]
    if any(getattr(test, "deployment", None) is not None for test in guards):
        message = "a test names a deployment, but the rollout decides which one is tested"
        yield Problem(("rollout",), CONFLICTING_FIELDS, message, "Remove `deployment` of the test, or the rollout.")
    if rollout.test != "none" and not guards:
        message = "nothing tests the new deployment before it gets traffic"
        kinds = TESTS[deployment.task]
        hint = f"Add {' or '.join(kinds)} for its endpoint after it, or say `test: none`."
        yield Problem(("rollout",), MISSING_FIELD, message, hint)
    if rollout.test == "none" and tests:
        message = "the stage has a test, which `test: none` leaves out"
        yield Problem(("rollout",), CONFLICTING_FIELDS, message, "Remove `test: none`, or the test.")
