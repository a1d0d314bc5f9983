"""The jobs of a stage as the phases of an environment."""

import re
from collections.abc import Mapping
from typing import Any

from azrelease.classic.conversion_report import Reading, ReportRow
from azrelease.classic.exporting.constructs import (
    AT_ONCE,
    DEPLOYMENT_GROUP_ID,
    GOES_ON,
    JOB_CONDITION_LOST,
    MATRIX_LOST,
    POOL_ID,
    ROLLOUT,
)
from azrelease.classic.exporting.context import ExportContext
from azrelease.classic.exporting.tasks import USUAL, tasks_json
from azrelease.classic.node import Path
from azrelease.lowering.jobs import lower_tasks
from azrelease.pipeline import Step, TaskStep
from azrelease.release import Agent, Release, Stage
from azrelease.release.job import Download, Job
from azrelease.release.source import ContainerSource
from azrelease.release.tasks import TaskContext

Json = dict[str, Any]

_ALL = 100
_USUAL_TIMEOUT = 60  # minutes; what a job of a pipeline has


def phases_json(
    stage: Stage, release: Release, context: ExportContext, path: Path, condition: str | None
) -> Reading[tuple[list[Json], Mapping[str, str]]]:
    """The phases of a completed stage, and the variables that their matrices need.

    Args:
        stage: the stage.
        release: the completed release it belongs to.
        context: the release, as far as texts and ids go.
        path: the stage's place in the definition.
        condition: what the stage asks for that its own conditions cannot say.
    """
    where = TaskContext(context.root, stage.workspace, context.templates, stage.target, stage.rollout)
    if stage.jobs is None:
        hooks = lower_tasks(stage.tasks or (), where)
        if hooks.on_failure or hooks.on_success:
            yield ReportRow(ROLLOUT, path)
        steps = (
            *hooks.deploy,
            *(_always_on(step, USUAL, goes_on=True) for step in hooks.on_success),
            *(_always_on(step, "failed()", goes_on=False) for step in hooks.on_failure),
        )
        tasks = yield from tasks_json(steps, context, path)
        given = yield from _agent(stage.agent, context, path)
        given |= _limits(context.text(condition) or None, stage.timeout, None) | _nothing_chosen()
        return [_phase("Agent job", "agentBasedDeployment", 1, given, tasks)], {}
    phases: list[Json] = []
    variables: dict[str, str] = {}
    matrix: dict[str, str] = {}
    for rank, job in enumerate(stage.jobs, 1):
        steps = tuple(step for task in job.tasks for step in task.steps(where))
        tasks = yield from tasks_json(steps, context, path)
        kind, given = yield from _input(job, context, path)
        told = _both(condition, job.condition)
        if job.condition and "dependencies" in job.condition.casefold():
            yield ReportRow(JOB_CONDITION_LOST, path, job.condition)
        if job.continue_on_error and not job.matrix and not job.parallel:
            yield ReportRow(GOES_ON, path, job.name)
        given |= _limits(context.text(told) or None, job.timeout, job.cancel_timeout)
        if kind != "machineGroupBasedDeployment":
            given["parallelExecution"] = yield from _copies(job, path)
            for name, values in job.matrix.items():
                value = ",".join(map(context.text, values))
                if variables.setdefault(name.casefold(), value) != value or _is_taken(name, value, stage, release):
                    yield ReportRow(MATRIX_LOST, path, name)
                matrix[name] = value
        if kind != "runOnServer":
            given |= _downloads(job, release)
        phases.append(_phase(context.text(job.display_name) or job.name, kind, rank, given, tasks))
    return phases, matrix


def _both(of_stage: str | None, of_job: str | None) -> str | None:
    """What a job asks for: also what its stage does, and that nothing before it failed unless it says otherwise."""
    if of_stage is None:
        return of_job
    usual = of_job or "succeeded()"
    return of_stage if usual == "succeeded()" and "succeeded" in of_stage.casefold() else f"and({usual}, {of_stage})"


def _is_taken(name: str, value: str, stage: Stage, release: Release) -> bool:
    """Whether a variable of that name is there already, with another value."""
    given = {key.casefold(): text for key, text in (*release.variables.items(), *stage.variables.items())}
    return given.get(name.casefold(), value) != value


def _always_on(step: Step, condition: str, *, goes_on: bool) -> Step:
    """A step of a lifecycle hook, as a task with a condition."""
    if not isinstance(step, TaskStep):
        return step
    return step._replace(condition=condition, continue_on_error=goes_on or step.continue_on_error)


def _phase(name: str, kind: str, rank: int, given: Json, tasks: list[Json]) -> Json:
    return {
        "name": name,
        "phaseType": kind,
        "rank": rank,
        "refName": None,
        "deploymentInput": given,
        "workflowTasks": tasks,
    }


def _limits(condition: str | None, timeout: int | None, cancel: int | None) -> Json:
    return {
        "condition": condition or USUAL,
        "timeoutInMinutes": timeout or _USUAL_TIMEOUT,
        "jobCancelTimeoutInMinutes": cancel or 1,
        "overrideInputs": {},
    }


def _nothing_chosen() -> Json:
    """A job that downloads everything, once."""
    return {
        "parallelExecution": {"parallelExecutionType": "none"},
        "skipArtifactsDownload": False,
        "artifactsDownloadInput": {"downloadInputs": []},
    }


def _input(job: Job, context: ExportContext, path: Path) -> Reading[tuple[str, Json]]:
    if job.runs_on == "server":
        return "runOnServer", {}
    if job.machines is None:
        return "agentBasedDeployment", (yield from _agent(job.agent, context, path))
    name = job.machines.environment
    numbered = re.fullmatch(r"deployment group (\d+)", name)
    identifier = numbered[1] if numbered else context.ids.deployment_groups.get(name)
    if identifier is None:
        yield ReportRow(DEPLOYMENT_GROUP_ID, path, name)
    at_once = job.machines.at_once
    one = at_once == "1"
    if at_once and at_once.isdecimal() and not one:
        yield ReportRow(AT_ONCE, path, at_once)
    health = _ALL - int(at_once[:-1]) if at_once and at_once.endswith("%") else 0
    return "machineGroupBasedDeployment", {
        "queueId": int(identifier) if identifier and identifier.isdecimal() else 0,
        "tags": list(job.machines.tags),
        "deploymentHealthOption": "OneTargetAtATime" if one else "Custom",
        "healthPercent": health,
        "demands": [],
        "enableAccessToken": False,
    }


def _agent(agent: Agent | None, context: ExportContext, path: Path) -> Reading[Json]:
    agent = agent or Agent()
    name = agent.pool or "Azure Pipelines"
    numbered = re.fullmatch(r"queue (\d+)", name)
    identifier = numbered[1] if numbered else context.ids.pools.get(name)
    token = re.search(r"\$|\{\{", name) is not None
    if identifier is None:
        yield ReportRow(POOL_ID, path, name)
    return {
        "queueId": int(identifier) if identifier and identifier.isdecimal() else name if token else 0,
        "agentSpecification": {"identifier": agent.image} if agent.image else None,
        "demands": [context.text(demand) for demand in agent.demands],
        "enableAccessToken": False,
    }


def _copies(job: Job, path: Path) -> Reading[Json]:
    if job.parallel:
        return {
            "parallelExecutionType": "multiMachine",
            "maxNumberOfAgents": job.parallel,
            "continueOnError": job.continue_on_error,
        }
    if not job.matrix:
        return {"parallelExecutionType": "none"}
    for name, values in job.matrix.items():
        if any("," in value or value != value.strip() or not value for value in values):
            yield ReportRow(MATRIX_LOST, path, name)
    return {
        "parallelExecutionType": "multiConfiguration",
        "multipliers": ",".join(job.matrix),
        "maxNumberOfAgents": job.at_once or 0,
        "continueOnError": job.continue_on_error,
    }


def _downloads(job: Job, release: Release) -> Json:
    """What a job downloads, of all that there is."""
    sources = (*((release.artifact,) if release.artifact else ()), *release.sources)
    aliases = [source.alias or "" for source in sources if not isinstance(source, ContainerSource)]
    none = job.download is not None and not job.download
    inputs: list[Json] = []
    for alias in aliases if job.download else ():
        downloads = [each for each in job.download or () if each.alias.casefold() == alias.casefold()]
        items = [item for each in downloads for item in _items(each)]
        mode = "Skip" if not downloads else "Selective" if items else "All"
        inputs.append({"alias": alias, "artifactDownloadMode": mode, "artifactItems": items})
    return {"skipArtifactsDownload": none, "artifactsDownloadInput": {"downloadInputs": inputs}}


def _items(download: Download) -> list[str]:
    """What is chosen of a source: whole artifacts by name, files as paths below the artifact."""
    if not download.patterns:
        return list(download.artifacts)
    if not download.artifacts:
        return list(download.patterns)
    return [f"{name}/{pattern}" for name in download.artifacts for pattern in download.patterns]
