"""The phases of a stage: one plain job on an agent becomes the `tasks` of the stage, others become `jobs`."""

import re

from azrelease.classic import features
from azrelease.classic.conditions import DEFAULT_CONDITION
from azrelease.classic.conversion_report import Conversion, ReportRow, report_rows, setting_rows
from azrelease.classic.features import Feature
from azrelease.classic.importing.agents import convert_agent
from azrelease.classic.importing.context import ImportContext
from azrelease.classic.importing.downloads import convert_downloads
from azrelease.classic.importing.task_conversion import JobContext
from azrelease.classic.importing.tasks import convert_tasks
from azrelease.classic.json_node import JsonNode, JsonObject
from azrelease.release.approval import LONGEST_TIMEOUT
from azrelease.release.fields import minutes_text
from azrelease.release.job import MOST_COPIES
from azrelease.release.tasks import StageDefaults

_DEFAULT_NAMES = frozenset(("agent job", "run on agent", "agent phase", "agent job 1", "phase 1", "agentless job",
                            "deployment group job", "deployment group phase", "run on deployment group"))  # fmt: skip
_DEFAULT_CANCEL_TIMEOUT = 1  # minute
_ALL = 100  # percent


def convert_phases(stage: JsonNode, context: ImportContext, defaults: StageDefaults) -> Conversion[JsonObject]:
    """`tasks` of a stage with their agent and timeout, or `jobs`."""
    nodes = sorted(stage["deployPhases"].items(), key=lambda node: node["rank"].number())
    if not nodes and stage["deployStep"]["tasks"]:
        job = yield from _tasks_without_phase(stage, context, defaults)
        return job if job["tasks"] else {"jobs": [{"name": "job_1"}]}
    jobs: list[tuple[JsonNode, JsonObject]] = []
    for number, node in enumerate(nodes, 1):
        converted = yield from _phase(node, stage, context, defaults, number)
        if converted is not None:
            jobs.append((node, converted))
    if len(jobs) == 1 and _fits_into_stage(jobs[0][1]):
        node, job = jobs[0]
        is_default = node["name"].text().casefold() in _DEFAULT_NAMES
        yield from setting_rows(not is_default, features.PHASE_NAME_LOST, node["name"])
        return {key: job[key] for key in ("agent", "timeout", "tasks") if job.get(key)}
    yield from report_rows(features.PHASE_NAME, *(node["name"] for node, _ in jobs))
    if jobs and all(job.get("runs_on") == "server" for _, job in jobs):
        yield ReportRow(features.PHASE_SERVER_PLAIN, jobs[0][0]["phaseType"].path)
    return {"jobs": [job for _, job in jobs] or [{"name": "job_1"}]}


def _fits_into_stage(job: JsonObject) -> bool:
    """Whether a stage can have all fields of its only job."""
    return bool(job["tasks"]) and not job.keys() - {"name", "display_name", "agent", "timeout", "tasks"}


def _tasks_without_phase(stage: JsonNode, context: ImportContext, defaults: StageDefaults) -> Conversion[JsonObject]:
    """The tasks of a stage in an old definition, from before there were phases."""
    agent = yield from convert_agent(JsonNode(None, (*stage.path, "deploymentInput")), stage, context)
    token = stage["environmentOptions"]["enableAccessToken"]
    yield from setting_rows(token.flag(), features.PHASE_TOKEN, token)
    job = JobContext(defaults, token.flag())
    tasks = yield from convert_tasks(list(stage["deployStep"]["tasks"].items()), context, job)
    return {"tasks": tasks, "agent": agent}


def _phase(
    node: JsonNode, stage: JsonNode, context: ImportContext, defaults: StageDefaults, number: int
) -> Conversion[JsonObject | None]:
    given, options = node["deploymentInput"], stage["environmentOptions"]
    yield from report_rows(features.DEFAULT, node["rank"])
    yield from report_rows(features.IDENTITY, node["refName"])
    job: JsonObject = {"name": f"job_{number}"}
    if node["name"].text().strip():
        job["display_name"] = context.macros.to_yaml(node["name"].text())
    place = yield from _place(node, stage, context)
    if place is None:
        return None
    on_server = place.get("runs_on") == "server"
    job |= place
    job |= yield from _limits(given, options, context, on_server=on_server)
    if place.get("runs_on") != "machines":
        job |= yield from _copies(given["parallelExecution"], context)
    token = yield from _flag("enableAccessToken", given, options, features.PHASE_TOKEN)
    if on_server:
        yield from report_rows(features.DEFAULT, given["skipArtifactsDownload"], given["artifactsDownloadInput"])
    else:
        skips = yield from _flag("skipArtifactsDownload", given, options, features.PHASE_DOWNLOAD)
        job |= yield from convert_downloads(given, skips, context)
    if given["overrideInputs"]:
        yield from report_rows(features.TASK_OVERRIDE, given["overrideInputs"])
    yield from report_rows(features.DEFAULT, given["clean"], given["cleanOptions"])
    tasks = yield from convert_tasks(
        list(node["workflowTasks"].items()), context, JobContext(defaults, token, on_server)
    )
    # An agentless job without tasks does nothing.
    return None if on_server and not tasks else {**job, "tasks": tasks}


def _flag(key: str, job: JsonNode, stage_options: JsonNode, feature: Feature) -> Conversion[bool]:
    """A setting of a job, which old definitions have on the stage; that of the job overrides the other."""
    own, of_stage = job[key], stage_options[key]
    is_on = (own if own.value is not None else of_stage).flag()
    for flag in (own, of_stage):
        yield from setting_rows(flag.flag() and is_on, feature, flag)
    return is_on


def _place(node: JsonNode, stage: JsonNode, context: ImportContext) -> Conversion[JsonObject | None]:
    """The agent, server or machines that a job runs on; None for a place that YAML lacks."""
    given, kind = node["deploymentInput"], node["phaseType"]
    name = "agentBasedDeployment" if kind.value is None else kind.choice("DeployPhaseTypes")
    if name == "agentBasedDeployment":
        yield from report_rows(features.PHASE, kind)
        return {"agent": (yield from convert_agent(given, stage, context))}
    yield from report_rows(features.DEFAULT, stage["queueId"], given["agentSpecification"])
    if name == "runOnServer":
        yield from report_rows(features.PHASE_SERVER, kind)
        yield from report_rows(features.DEFAULT, given["queueId"], given["demands"])
        return {"runs_on": "server"}
    if name == "machineGroupBasedDeployment":
        yield from report_rows(features.PHASE_MACHINES, kind, detail=node["name"].text())
        yield from report_rows(features.DEFAULT, given["parallelExecution"])
        for demand in given["demands"].items():
            yield ReportRow(features.DEMANDS_LOST, demand.path, demand.text())
        return {"runs_on": "machines", "machines": (yield from _machines(given, context))}
    yield ReportRow(features.PHASE_LOST, node.path, node["name"].text())
    return None


def _limits(given: JsonNode, options: JsonNode, context: ImportContext, *, on_server: bool) -> Conversion[JsonObject]:
    data: JsonObject = {}
    condition = given["condition"]
    if condition.text().strip() in ("", DEFAULT_CONDITION):
        yield from report_rows(features.DEFAULT, condition)
    else:
        data["condition"] = yield from context.condition(
            condition, features.PHASE_CONDITION, features.TASK_CONTROL_CHANGED
        )
    own, of_stage = given["timeoutInMinutes"], options["timeoutInMinutes"]
    timeout = own.number() or of_stage.number()
    unlimited = features.PHASE_SERVER_TIMEOUT if on_server else features.PHASE_NO_TIMEOUT
    yield from setting_rows(
        bool(own.number() or not timeout), features.PHASE_TIMEOUT if own.number() else unlimited, own
    )
    yield from setting_rows(bool(of_stage.number()), features.PHASE_TIMEOUT, of_stage)
    if timeout > 0 or on_server:
        data["timeout"] = minutes_text(timeout or LONGEST_TIMEOUT)
    cancel = given["jobCancelTimeoutInMinutes"]
    is_longer = cancel.number() > _DEFAULT_CANCEL_TIMEOUT
    yield from setting_rows(is_longer, features.PHASE_TIMEOUT, cancel)
    return data | ({"cancel_timeout": minutes_text(cancel.number())} if is_longer else {})


def _copies(node: JsonNode, context: ImportContext) -> Conversion[JsonObject]:
    kind = node["parallelExecutionType"].choice("ParallelExecutionTypes")
    if node["parallelExecutionType"].value is None or kind == "none":
        yield from report_rows(features.DEFAULT, node)
        return {}
    data: JsonObject = {"continue_on_error": True} if node["continueOnError"].flag() else {}
    most = node["maxNumberOfAgents"].number()
    if kind == "multiMachine":
        copies: JsonObject = {"parallel": most} if most > 1 else {}
        is_lost, detail = most > MOST_COPIES, str(most)
    else:
        names = [name.strip() for name in re.split("[,;]", node["multipliers"].text()) if name.strip()]
        matrix = {name: _values(context.variables.get(name.casefold(), "")) for name in names}
        copies = {"matrix": matrix, **({"at_once": most} if most else {})}
        detail = next((name for name, values in matrix.items() if not values), "")
        is_lost = bool(detail) or not matrix
    if is_lost:
        yield ReportRow(features.PHASE_COPIES_LOST, node.path, detail)
        return data
    settings = ("parallelExecutionType", "continueOnError", "maxNumberOfAgents", "multipliers")
    yield from report_rows(features.PHASE_COPIES, *(node[key] for key in settings))
    if copies:
        yield ReportRow(features.PHASE_COPIES_PLAIN, node["parallelExecutionType"].path)
    return data | copies


def _values(text: str) -> list[str]:
    """The values of a variable that a matrix uses; none where a macro decides them."""
    return [] if "$(" in text else [item.strip() for item in text.split(",") if item.strip()]


def _machines(given: JsonNode, context: ImportContext) -> Conversion[JsonObject]:
    """The machines of a deployment group, as those of an environment."""
    queue = given["queueId"].text()
    name = context.names.deployment_groups.get(queue) or (queue if queue and not queue.isdecimal() else "")
    unnamed = f"deployment group {queue or '?'}"
    yield from report_rows(features.PHASE_MACHINES, given["queueId"], detail="" if name else unnamed)
    tags = [tag.text() for tag in given["tags"].items() if tag.text().strip()]
    yield from report_rows(features.MACHINE_TAGS, *given["tags"].items())
    option, health = given["deploymentHealthOption"], given["healthPercent"]
    yield from report_rows(features.MACHINE_HEALTH, option, health)
    data: JsonObject = {"environment": name or unnamed, **({"tags": tags} if tags else {})}
    if option.text().casefold() == "onetargetatatime":
        data["at_once"] = "1"
    elif 0 < health.number() < _ALL:
        data["at_once"] = f"{_ALL - health.number()}%"
    return data
