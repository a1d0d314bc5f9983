"""The jobs of a stage as the phases of an environment."""

import re
from collections.abc import Iterable, Mapping

from azrelease.classic.conditions import DEFAULT_CONDITION
from azrelease.classic.conversion_report import Conversion, ReportRow
from azrelease.classic.exporting import features
from azrelease.classic.exporting.context import ExportContext
from azrelease.classic.exporting.tasks import tasks_json
from azrelease.classic.json_node import JsonObject, JsonPath
from azrelease.lowering.functions import with_functions
from azrelease.lowering.jobs import lower_tasks
from azrelease.pipeline import Step, TaskStep
from azrelease.release import Agent, Release, Stage
from azrelease.release.job import Download, Job
from azrelease.release.source import ContainerSource
from azrelease.release.tasks import TaskContext

_ALL = 100  # percent
_DEFAULT_TIMEOUT = 60  # minutes; the default of a job of a pipeline


def phases_json(
    stage: Stage, context: ExportContext, path: JsonPath, condition: str | None
) -> Conversion[tuple[list[JsonObject], Mapping[str, str]]]:
    """The phases of a completed stage, and the variables that the matrices of its jobs need.

    Args:
        stage: the stage.
        context: the release.
        path: the stage's path in the release.
        condition: the condition of the stage that its jobs need, since its environment cannot have it.
    """
    task_context = TaskContext(context.root, stage.workspace, context.templates, stage.target, stage.rollout)
    if stage.jobs is None:
        phase = yield from _phase_of_tasks(stage, task_context, context, path, condition)
        return [phase], {}
    phases: list[JsonObject] = []
    matrix: dict[str, str] = {}
    for rank, job in enumerate(stage.jobs, 1):
        steps = with_functions([step for task in job.tasks for step in task.steps(task_context)], context.templates)
        tasks = yield from tasks_json(steps, context, path)
        kind, given = yield from _place(job, context, path)
        if job.condition and "dependencies" in job.condition.casefold():
            yield ReportRow(features.JOB_CONDITION_LOST, path, job.condition)
        if job.continue_on_error and not job.matrix and not job.parallel:
            yield ReportRow(features.GOES_ON, path, job.name)
        text = context.text(_joined(condition, job.condition))
        given |= _limits(text, job.timeout, job.cancel_timeout)
        if kind != "machineGroupBasedDeployment":
            given["parallelExecution"] = yield from _copies(job, path)
            for name, values in job.matrix.items():
                value = ",".join(map(context.text, values))
                if _is_taken(
                    name, value, (*context.release.variables.items(), *stage.variables.items(), *matrix.items())
                ):
                    yield ReportRow(features.MATRIX_LOST, path, name)
                matrix[name] = value
        if kind != "runOnServer":
            given |= _downloads(job, context.release)
        phases.append(_phase(context.text(job.display_name) or job.name, kind, rank, given, tasks))
    return phases, matrix


def _phase_of_tasks(
    stage: Stage, task_context: TaskContext, context: ExportContext, path: JsonPath, condition: str | None
) -> Conversion[JsonObject]:
    """The one phase of a stage without jobs, which downloads all artifacts."""
    hooks = lower_tasks(stage.tasks or (), task_context)
    if hooks.on_failure or hooks.on_success:
        yield ReportRow(features.ROLLOUT, path)
    steps = (
        *hooks.deploy,
        *(_with_condition(step, DEFAULT_CONDITION, continues=True) for step in hooks.on_success),
        *(_with_condition(step, "failed()", continues=False) for step in hooks.on_failure),
    )
    tasks = yield from tasks_json(with_functions(steps, context.templates), context, path)
    given = yield from _agent(stage.agent, context, path)
    given |= {
        **_limits(context.text(condition), stage.timeout, None),
        "parallelExecution": {"parallelExecutionType": "none"},
        "skipArtifactsDownload": False,
        "artifactsDownloadInput": {"downloadInputs": []},
    }
    return _phase("Agent job", "agentBasedDeployment", 1, given, tasks)


def _joined(of_stage: str | None, of_job: str | None) -> str | None:
    """The condition of a job and of its stage; the default one of the job requires success of the jobs before."""
    if of_stage is None:
        return of_job
    own = of_job or DEFAULT_CONDITION
    return of_stage if own == DEFAULT_CONDITION and "succeeded" in of_stage.casefold() else f"and({own}, {of_stage})"


def _is_taken(name: str, value: str, variables: Iterable[tuple[str, str]]) -> bool:
    return any(key.casefold() == name.casefold() and text != value for key, text in variables)


def _with_condition(step: Step, condition: str, *, continues: bool) -> Step:
    """A step of a lifecycle hook, as a task with a condition."""
    if not isinstance(step, TaskStep):
        return step
    return step._replace(condition=condition, continue_on_error=continues or step.continue_on_error)


def _phase(name: str, kind: str, rank: int, given: JsonObject, tasks: list[JsonObject]) -> JsonObject:
    return {
        "name": name,
        "phaseType": kind,
        "rank": rank,
        "refName": None,
        "deploymentInput": given,
        "workflowTasks": tasks,
    }


def _limits(condition: str, timeout: int | None, cancel: int | None) -> JsonObject:
    return {
        "condition": condition or DEFAULT_CONDITION,
        "timeoutInMinutes": timeout or _DEFAULT_TIMEOUT,
        "jobCancelTimeoutInMinutes": cancel or 1,
        "overrideInputs": {},
    }


def _place(job: Job, context: ExportContext, path: JsonPath) -> Conversion[tuple[str, JsonObject]]:
    """The kind of a phase, and its agent or machines."""
    if job.runs_on == "server":
        return "runOnServer", {}
    if job.machines is None:
        return "agentBasedDeployment", (yield from _agent(job.agent, context, path))
    name, at_once = job.machines.environment, job.machines.at_once
    numbered = re.fullmatch(r"deployment group (\d+)", name)
    ids = context.ids.deployment_groups
    identifier = (
        numbered[1] if numbered else (yield from context.find_id(ids, name, features.DEPLOYMENT_GROUP_ID, path))
    )
    if at_once and at_once.isdecimal() and at_once != "1":
        yield ReportRow(features.AT_ONCE, path, at_once)
    return "machineGroupBasedDeployment", {
        "queueId": int(identifier) if identifier.isdecimal() else 0,
        "tags": list(job.machines.tags),
        "deploymentHealthOption": "OneTargetAtATime" if at_once == "1" else "Custom",
        "healthPercent": _ALL - int(at_once[:-1]) if at_once and at_once.endswith("%") else 0,
        "demands": [],
        "enableAccessToken": False,
    }


def _agent(agent: Agent | None, context: ExportContext, path: JsonPath) -> Conversion[JsonObject]:
    agent = agent or Agent()
    name = agent.pool or "Azure Pipelines"
    numbered = re.fullmatch(r"queue (\d+)", name)
    identifier = (
        numbered[1] if numbered else (yield from context.find_id(context.ids.pools, name, features.POOL_ID, path))
    )
    has_macro = re.search(r"\$|\{\{", name) is not None
    return {
        "queueId": int(identifier) if identifier.isdecimal() else name if has_macro else 0,
        "agentSpecification": {"identifier": agent.image} if agent.image else None,
        "demands": [context.text(demand) for demand in agent.demands],
        "enableAccessToken": False,
    }


def _copies(job: Job, path: JsonPath) -> Conversion[JsonObject]:
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
            yield ReportRow(features.MATRIX_LOST, path, name)
    return {
        "parallelExecutionType": "multiConfiguration",
        "multipliers": ",".join(job.matrix),
        "maxNumberOfAgents": job.at_once or 0,
        "continueOnError": job.continue_on_error,
    }


def _downloads(job: Job, release: Release) -> JsonObject:
    sources = (*((release.artifact,) if release.artifact else ()), *release.sources)
    aliases = [source.alias or "" for source in sources if not isinstance(source, ContainerSource)]
    none = job.download is not None and not job.download
    inputs: list[JsonObject] = []
    for alias in aliases if job.download else ():
        downloads = [each for each in job.download or () if each.alias.casefold() == alias.casefold()]
        items = [item for each in downloads for item in _items(each)]
        mode = "Skip" if not downloads else "Selective" if items else "All"
        inputs.append({"alias": alias, "artifactDownloadMode": mode, "artifactItems": items})
    return {"skipArtifactsDownload": none, "artifactsDownloadInput": {"downloadInputs": inputs}}


def _items(download: Download) -> list[str]:
    """The selected parts of a source: whole artifacts by name, files as paths in their artifact."""
    if not download.patterns:
        return list(download.artifacts)
    if not download.artifacts:
        return list(download.patterns)
    return [f"{name}/{pattern}" for name in download.artifacts for pattern in download.patterns]
