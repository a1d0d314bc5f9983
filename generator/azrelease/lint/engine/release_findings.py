"""What rules find in a release file, beside what loading it finds: the same mistakes, at the lines of the release."""

from collections.abc import Iterator
from datetime import date

from yaml import ScalarNode

from azrelease.catalog.images import ImageStatus, image
from azrelease.diagnostics import (
    CLI_V1,
    FOREIGN_MODEL,
    OLD_PYTHON,
    PUBLISH_ON_SUCCESS,
    REMOVED_CONTROL,
    RETIRED_IMAGE,
    SHARED_SERVICE,
    TEST_WITHOUT_KEY,
    UNGUARDED_PRODUCTION,
    UNLOCKED_ROLLOUT,
    UNTESTED_RELEASE,
    Code,
    Diagnostic,
    Edit,
    Fix,
    Severity,
)
from azrelease.lint.facts.deployments import DEPLOY_TASKS, DeployingStage, is_production, is_trial, last_deployments
from azrelease.lint.facts.image_labels import image_verdict
from azrelease.release import LoadedRelease, Release, Stage
from azrelease.release.tasks import BaseTask
from azrelease.yaml_document import YamlDocument, found_at

Route = tuple[str | int, ...]

_TESTS = frozenset(
    ("EndpointTest", "InvokeEndpoint", "BatchInvoke", "BatchTest", "EvaluationGate", "Python", "Bash", "PowerShell")
)
_CONTROLS = frozenset(
    ("approval", "approval_after", "approvers", "gates", "gates_after", "checks", "lock", "minimum", "secrets")
)
_DEPLOYING_TASKS = frozenset(("ModelDeploy", "OnlineDeployment", "BatchDeployment"))
_V1_TASKS = frozenset(("ModelDeploy", "CreateAksCompute"))


def release_findings(loaded: LoadedRelease, today: date) -> Iterator[Diagnostic]:
    """The findings in a release that can be loaded, in no order."""
    release = loaded.release.completed()
    yield from _removed(loaded.document)
    yield from (
        found_at(loaded.document, route, code, message, hint)._replace(
            level=level, fix=_fix(loaded.document, code, route, hint, is_gone=level is None)
        )
        for code, message, route, hint, level in (
            *_images(release, today),
            *_pythons(release, today),
            *_generations(loaded.release, release),
            *_approvals(loaded.release, release),
            *_locks(release),
            *_metadata(release),
            *_order(release),
            *_keys(release),
            *_results(release),
        )
    )


def _removed(document: YamlDocument) -> Iterator[Diagnostic]:
    """Controls of what a release is on top of that it takes out."""
    for path, name, span in document.dropped:
        if name in _CONTROLS:
            message = f"this takes out the `{name}` of what the release extends"
            yield Diagnostic(REMOVED_CONTROL, message, path, span, "Remove the line, unless nobody is to be asked.")


def _fix(document: YamlDocument, code: Code, route: Route, hint: str | None, *, is_gone: bool) -> Fix | None:
    """The replacement of an image, in its place; one that still works is the author's choice."""
    node = document.node(route)
    if document.home(route) is not document:
        return None
    if code is not RETIRED_IMAGE or hint is None or not isinstance(node, ScalarNode) or node.style in ("|", ">"):
        return None
    start = document.offset(node, 0)
    return Fix((Edit(start, start + len(node.value), hint.split("`")[1]),), safe=is_gone)


Found = tuple[Code, str, Route, str | None, Severity | None]


def _images(release: Release, today: date) -> Iterator[Found]:
    seen: set[str] = set()
    for index, stage in enumerate(release.stages):
        label = stage.agent.image if stage.agent is not None else None
        found = image(label) if label else None
        if found is None or not label or label in seen:
            continue
        seen.add(label)
        own = stage.agent is not None and stage.agent != release.agent
        route: Route = ("stages", index, "agent", "image") if own else ("agent", "image")
        hint = f"Use `{found.replacement}`." if found.replacement else None
        message, level = image_verdict(label, found, today)
        if message:
            yield RETIRED_IMAGE, message, route, hint, level


def _pythons(release: Release, today: date) -> Iterator[Found]:
    for index, stage in enumerate(release.stages):
        label = stage.agent.image if stage.agent is not None else None
        found = image(label) if label else None
        if found is None or not found.python or found.status(today) is ImageStatus.RETIRED:
            continue
        for place, task in stage.placed_tasks:
            version = str(getattr(task, "version", "")) if task.task == "UsePythonVersion" else ""
            if version.count(".") == 1 and version.replace(".", "").isdecimal() and version not in found.python:
                message = f"the image `{label}` does not have Python {version}"
                hint = "The step downloads it at each run, and fails where there is no build of it for this image."
                yield OLD_PYTHON, message, ("stages", index, *place, "version"), hint, None


def _generations(written: Release, release: Release) -> Iterator[Found]:
    hint = "`azrelease migrate` writes the release for v2."
    for index, stage in enumerate(release.stages):
        own = written.stages[index].tasks is not None or stage.jobs is not None
        for place, task in stage.placed_tasks:
            v1 = task.task in _V1_TASKS or getattr(task, "extension", None) == "azure-cli-ml"
            if not v1:
                continue
            route: Route = ("stages", index, *place, "task") if own else ("stages", index, "target")
            yield CLI_V1, "this uses the Azure ML CLI v1, which is out of support", route, hint, None
            if not own:
                break


def _approvals(written: Release, release: Release) -> Iterator[Found]:
    """Production that nobody has to approve: what is called so, and what deploys last."""
    waited_for = {stage.name: set(stage.depends_on or ()) for stage in release.stages}
    asked = {stage.name for stage in release.stages if stage.approval is not None or stage.trigger == "manual"}
    asked_after = {stage.name for stage in release.stages if stage.approval_after is not None}
    named = {
        stage.name
        for stage, said in zip(release.stages, written.stages, strict=True)
        if is_production(stage.name) or is_production(said.environment)
    }
    last = last_deployments(
        [
            DeployingStage(stage.name, is_trial(stage.name) or is_trial(said.environment))
            for stage, said in zip(release.stages, written.stages, strict=True)
            if any(task.enabled and _deploys(task) for _, task in stage.placed_tasks)
        ],
        waited_for,
    )
    for index, stage in enumerate(release.stages):
        if stage.name not in named | last or _reaches(stage.name, waited_for, asked):
            continue
        if any(_reaches(name, waited_for, asked_after) for name in waited_for[stage.name]):
            continue
        beside = len(last) > 1 and stage.name in last
        where = "" if stage.name in named else ", one of those that deploy last" if beside else ", which deploys last"
        message = f"nobody has to approve stage `{stage.name}`{where}"
        yield UNGUARDED_PRODUCTION, message, ("stages", index, "name"), "Add `approval:` to it.", None


def _deploys(task: BaseTask) -> bool:
    """Whether a task brings a model into service."""
    if task.task in _DEPLOYING_TASKS:
        return True
    return task.task.partition("@")[0].casefold() in DEPLOY_TASKS


def _locks(release: Release) -> Iterator[Found]:
    """Rollouts of stages that let several runs in at once."""
    for index, stage in enumerate(release.stages):
        if stage.rollout is not None and stage.lock is None:
            message = f"two runs of stage `{stage.name}` can roll out to its endpoint at once"
            yield UNLOCKED_ROLLOUT, message, ("stages", index, "rollout"), "Add `lock: sequential` to it.", None


def _metadata(release: Release) -> Iterator[Found]:
    """Metadata files of CLI v1, which name a workspace, in stages of several workspaces."""
    first: dict[str, Stage] = {}
    for index, stage in enumerate(release.stages):
        for _, task in stage.placed_tasks:
            files = getattr(task, "model_metadata", ()) if task.task == "ModelDeploy" and task.enabled else ()
            for other in (first.setdefault(file, stage) for file in files):
                if _where(other) == _where(stage):
                    continue
                message = f"the model of stage `{stage.name}` is in the workspace of stage `{other.name}`"
                hint = "Register it in both, and name a `model_metadata` of its own, or `model: name:version`."
                yield FOREIGN_MODEL, message, ("stages", index, "workspace"), hint, None
                break


def _where(stage: Stage) -> tuple[str, str] | None:
    return None if stage.workspace is None else (stage.workspace.resource_group, stage.workspace.name)


def _reaches(start: str, edges: dict[str, set[str]], goal: set[str]) -> bool:
    queue, seen = [start], {start}
    for name in queue:
        if name in goal:
            return True
        more = edges.get(name, set()) - seen
        seen |= more
        queue.extend(sorted(more))
    return False


def _keys(release: Release) -> Iterator[Found]:
    """Tests of services that ask for a key, and get none: on AKS by default, and in production as they should."""
    for index, stage in enumerate(release.stages):
        tasks = [task for _, task in stage.placed_tasks]
        on_aks = any(getattr(task, "compute_target", None) for task in tasks if task.task == "ModelDeploy")
        if not on_aks and not is_production(stage.name):
            continue
        for place, task in stage.placed_tasks:
            if task.task == "EndpointTest" and getattr(task, "auth", None) == "none" and task.enabled:
                message = "this test of the endpoint gets no key"
                yield TEST_WITHOUT_KEY, message, ("stages", index, *place, "task"), "Add `auth: key`.", None


def _results(release: Release) -> Iterator[Found]:
    """Results that are published only when the test before them has passed."""
    for index, stage in enumerate(release.stages):
        tested: set[Route] = set()
        for place, task in stage.placed_tasks:
            if task.task in ("BatchTest", "EndpointTest") and task.enabled and not task.continue_on_error:
                tested.add(place[:-1])
            condition = (task.condition or "succeeded()").casefold().replace(" ", "")
            waits = condition.startswith(("succeeded()", "and(succeeded()"))
            if task.task == "PublishTestResults" and waits and place[:-1] in tested:
                message = "the results are published only when the tests pass"
                hint = "Remove the condition: `succeededOrFailed()` is the usual one."
                yield PUBLISH_ON_SUCCESS, message, ("stages", index, *place, "condition"), hint, None


def _order(release: Release) -> Iterator[Found]:
    first: dict[tuple[str, object], Stage] = {}
    waited_for = {stage.name: set(stage.depends_on or ()) for stage in release.stages}
    tested = {stage.name for stage in release.stages if any(task.task in _TESTS for _, task in stage.placed_tasks)}
    for index, stage in enumerate(release.stages):
        for field in ("service", "endpoint"):
            name = getattr(stage, field)
            other = first.setdefault((name, stage.workspace), stage) if name else stage
            if other is not stage and is_production(other.name) != is_production(stage.name):
                message = f"stage `{stage.name}` deploys the {field} of stage `{other.name}`: `{name}`"
                hint = f"Give each stage a {field} of its own."
                yield SHARED_SERVICE, message, ("stages", index, field), hint, None
        before = stage.depends_on or ()
        if is_production(stage.name) and before and not any(_reaches(name, waited_for, tested) for name in before):
            message = f"stage `{stage.name}` follows `{before[0]}` without any test"
            hint = "Add an EndpointTest to the stage before."
            yield UNTESTED_RELEASE, message, ("stages", index, "name"), hint, None
