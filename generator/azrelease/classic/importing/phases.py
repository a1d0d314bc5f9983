"""The jobs of a stage. One plain job on an agent is the stage itself; others are listed."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from azrelease.classic.constructs import (
    ALIAS_CHANGED,
    DEMANDS_LOST,
    IDENTITY,
    MACHINE_HEALTH,
    MACHINE_TAGS,
    PHASE,
    PHASE_CONDITION,
    PHASE_COPIES,
    PHASE_COPIES_LOST,
    PHASE_COPIES_PLAIN,
    PHASE_DOWNLOAD,
    PHASE_DOWNLOAD_ALL,
    PHASE_LOST,
    PHASE_MACHINES,
    PHASE_NAME,
    PHASE_NAME_LOST,
    PHASE_NO_TIMEOUT,
    PHASE_SERVER,
    PHASE_SERVER_PLAIN,
    PHASE_SERVER_TIMEOUT,
    PHASE_TIMEOUT,
    PHASE_TOKEN,
    TASK_CONTROL_CHANGED,
    TASK_OVERRIDE,
    UNKNOWN,
    USUAL,
)
from azrelease.classic.conversion_report import Reading, ReportRow, report_rows
from azrelease.classic.importing.agents import agent_of
from azrelease.classic.importing.context import ImportContext
from azrelease.classic.importing.tasks import TaskPosition, tasks_of
from azrelease.classic.importing.typed import Typing
from azrelease.classic.node import Node
from azrelease.release.approval import LONGEST_TIMEOUT
from azrelease.release.fields import minutes_text
from azrelease.release.job import MOST_COPIES

Data = dict[str, Any]

USUAL_NAMES = frozenset(("agent job", "run on agent", "agent phase", "agent job 1", "phase 1", "agentless job",
                         "deployment group job", "deployment group phase", "run on deployment group"))  # fmt: skip
_USUAL_CANCEL = 1
_ALL = 100
_PATTERN = r"[/\\*?]"


def phases_of(stage: Node, context: ImportContext, typing: Typing, today: date) -> Reading[Data]:
    """What a stage does: `tasks` with their agent and timeout, or `jobs`."""
    nodes = sorted(stage["deployPhases"].items(), key=lambda node: node["rank"].number())
    old = stage["deployStep"]["tasks"]
    if not nodes and old:
        # Definitions of before there were jobs: the stage itself has the tasks.
        job = yield from _old_job(stage, context, typing, today)
        return {**job, "tasks": list(job["tasks"])} if job["tasks"] else {"jobs": [{"name": "job_1"}]}
    jobs: list[tuple[Node, Data]] = []
    for number, node in enumerate(nodes, 1):
        made = yield from _phase(node, stage, context, typing, number, today)
        if made is not None:
            jobs.append((node, made))
    if len(jobs) == 1 and _is_plain(jobs[0][1]):
        node, job = jobs[0]
        usual = node["name"].text().casefold() in USUAL_NAMES
        yield from report_rows(USUAL if usual else PHASE_NAME_LOST, node["name"])
        flat = {key: job[key] for key in ("agent", "timeout", "tasks") if job.get(key)}
        return {**flat, "tasks": list(job["tasks"])}
    for node, _ in jobs:
        yield from report_rows(PHASE_NAME, node["name"])
    if jobs and all(job.get("runs_on") == "server" for _, job in jobs):
        yield ReportRow(PHASE_SERVER_PLAIN, jobs[0][0]["phaseType"].path)
    return {"jobs": [job for _, job in jobs] or [{"name": "job_1"}]}


def _is_plain(job: Data) -> bool:
    """Whether a job says no more than the stage can say for it."""
    return bool(job["tasks"]) and not job.keys() - {"name", "display_name", "agent", "timeout", "tasks"}


def _old_job(stage: Node, context: ImportContext, typing: Typing, today: date) -> Reading[Data]:
    agent = yield from agent_of(Node(None, (*stage.path, "deploymentInput")), stage, context, today)
    token = stage["environmentOptions"]["enableAccessToken"]
    yield from report_rows(PHASE_TOKEN if token.flag() else USUAL, token)
    tasks = yield from tasks_of(list(stage["deployStep"]["tasks"].items()), context, TaskPosition(typing, token.flag()))
    return {"tasks": tasks, **({"agent": agent} if agent else {})}


def _phase(
    node: Node, stage: Node, context: ImportContext, typing: Typing, number: int, today: date
) -> Reading[Data | None]:
    given = node["deploymentInput"]
    options = stage["environmentOptions"]
    yield from report_rows(USUAL, node["rank"])
    yield from report_rows(IDENTITY, node["refName"])
    job: Data = {"name": f"job_{number}"}
    if node["name"].text().strip():
        job["display_name"] = context.texts.to_yaml(node["name"].text())
    place = yield from _where(node, stage, context, today)
    if place is None:
        return None
    on_server = place.get("runs_on") == "server"
    job |= place
    job |= yield from _limits(given, options, context, on_server=on_server)
    if place.get("runs_on") != "machines":
        job |= yield from _copies(given["parallelExecution"], context)
    token = _of_job(given["enableAccessToken"], options["enableAccessToken"])
    for flag in (given["enableAccessToken"], options["enableAccessToken"]):
        yield from report_rows(PHASE_TOKEN if flag.flag() and token else USUAL, flag)
    if on_server:
        yield from report_rows(USUAL, given["skipArtifactsDownload"], given["artifactsDownloadInput"])
    else:
        job |= yield from _downloads(given, options, context)
    if given["overrideInputs"]:
        yield from report_rows(TASK_OVERRIDE, given["overrideInputs"])
    yield from report_rows(USUAL, given["clean"], given["cleanOptions"])
    tasks = yield from tasks_of(list(node["workflowTasks"].items()), context, TaskPosition(typing, token, on_server))
    # A job on the server that does nothing is none.
    return None if on_server and not tasks else {**job, "tasks": tasks}


def _where(node: Node, stage: Node, context: ImportContext, today: date) -> Reading[Data | None]:
    """Where a job runs; None where that is nowhere that YAML knows."""
    given, kind = node["deploymentInput"], node["phaseType"]
    name = "agentBasedDeployment" if kind.value is None else kind.choice("DeployPhaseTypes")
    if name == "agentBasedDeployment":
        yield from report_rows(PHASE, kind)
        agent = yield from agent_of(given, stage, context, today)
        return {"agent": agent} if agent else {}
    yield from report_rows(USUAL, stage["queueId"], given["agentSpecification"])
    if name == "runOnServer":
        yield from report_rows(PHASE_SERVER, kind)
        yield from report_rows(USUAL, given["queueId"], given["demands"])
        return {"runs_on": "server"}
    if name == "machineGroupBasedDeployment":
        yield from report_rows(PHASE_MACHINES, kind, detail=node["name"].text())
        yield from report_rows(USUAL, given["parallelExecution"])
        for demand in given["demands"].items():
            yield ReportRow(DEMANDS_LOST, demand.path, demand.text())
        return {"runs_on": "machines", "machines": (yield from _machines(given, context))}
    yield ReportRow(PHASE_LOST, node.path, node["name"].text())
    return None


def _limits(given: Node, options: Node, context: ImportContext, *, on_server: bool) -> Reading[Data]:
    """Condition and timeouts of a job."""
    data: Data = {}
    if given["condition"].text().strip() in ("", "succeeded()"):
        yield from report_rows(USUAL, given["condition"])
    else:
        data["condition"] = yield from context.condition(given["condition"], PHASE_CONDITION, TASK_CONTROL_CHANGED)
    timeout = given["timeoutInMinutes"].number() or options["timeoutInMinutes"].number()
    own = given["timeoutInMinutes"]
    unlimited = PHASE_SERVER_TIMEOUT if on_server else PHASE_NO_TIMEOUT
    yield from report_rows(PHASE_TIMEOUT if own.number() else unlimited if not timeout else USUAL, own)
    yield from report_rows(
        PHASE_TIMEOUT if options["timeoutInMinutes"].number() else USUAL, options["timeoutInMinutes"]
    )
    if timeout > 0 or on_server:
        data["timeout"] = minutes_text(timeout or LONGEST_TIMEOUT)
    cancel = given["jobCancelTimeoutInMinutes"]
    yield from report_rows(PHASE_TIMEOUT if cancel.number() > _USUAL_CANCEL else USUAL, cancel)
    if cancel.number() > _USUAL_CANCEL:
        data["cancel_timeout"] = minutes_text(cancel.number())
    return data


def _copies(node: Node, context: ImportContext) -> Reading[Data]:
    """How often a job runs at once."""
    kind = node["parallelExecutionType"].choice("ParallelExecutionTypes")
    if node["parallelExecutionType"].value is None or kind == "none":
        yield from report_rows(USUAL, node)
        return {}
    most = node["maxNumberOfAgents"].number()
    data: Data = {"continue_on_error": True} if node["continueOnError"].flag() else {}
    told = (node["parallelExecutionType"], node["continueOnError"], node["maxNumberOfAgents"], node["multipliers"])
    if kind == "multiMachine":
        if most > MOST_COPIES:
            yield ReportRow(PHASE_COPIES_LOST, node.path, str(most))
            return data
        yield from report_rows(PHASE_COPIES, *told)
        if most <= 1:
            return data
        yield ReportRow(PHASE_COPIES_PLAIN, node["parallelExecutionType"].path)
        return {**data, "parallel": most}
    names = [name.strip() for name in re.split("[,;]", node["multipliers"].text()) if name.strip()]
    matrix: dict[str, list[str]] = {}
    for name in names:
        value = context.variables.get(name.casefold())
        values = [item.strip() for item in (value or "").split(",") if item.strip()]
        if not values or "$(" in (value or ""):
            yield ReportRow(PHASE_COPIES_LOST, node.path, name)
            return data
        matrix[name] = values
    if not matrix:
        yield ReportRow(PHASE_COPIES_LOST, node.path)
        return data
    yield from report_rows(PHASE_COPIES, *told)
    yield ReportRow(PHASE_COPIES_PLAIN, node["parallelExecutionType"].path)
    return {**data, "matrix": matrix, **({"at_once": most} if most else {})}


def _downloads(given: Node, options: Node, context: ImportContext) -> Reading[Data]:
    """What a job downloads."""
    none = _of_job(given["skipArtifactsDownload"], options["skipArtifactsDownload"])
    for flag in (given["skipArtifactsDownload"], options["skipArtifactsDownload"]):
        yield from report_rows(PHASE_DOWNLOAD if flag.flag() and none else USUAL, flag)
    inputs = given["artifactsDownloadInput"]["downloadInputs"]
    modes = [item["artifactDownloadMode"].text().casefold() or "all" for item in inputs.items()]
    if none:
        yield from report_rows(USUAL, inputs)
        return {"download": []}
    if all(mode == "all" for mode in modes):
        yield from report_rows(USUAL, inputs)
        return {}
    chosen: list[Data] = []
    listed: set[str] = set()
    for item, mode in zip(inputs.items(), modes, strict=True):
        alias = context.texts.aliases.get(item["alias"].text(), item["alias"].text())
        listed.add(alias)
        if alias not in context.downloads:
            yield from report_rows(USUAL, item)
            continue
        parts = mode == "selective" and context.downloads[alias]
        if mode == "selective" and not parts:
            yield ReportRow(PHASE_DOWNLOAD_ALL, item["artifactItems"].path, alias)
        if mode not in ("all", "selective", "skip"):
            yield ReportRow(UNKNOWN, item["artifactDownloadMode"].path, mode)
        yield from report_rows(USUAL, item["artifactType"])
        yield from report_rows(PHASE_DOWNLOAD if alias == item["alias"].text() else ALIAS_CHANGED, item["alias"])
        yield from report_rows(PHASE_DOWNLOAD, item["artifactDownloadMode"], *item["artifactItems"].items())
        if parts:
            items = [text.text() for text in item["artifactItems"].items()]
            chosen.extend({"alias": alias, **each} for each in _chosen(items))
        elif mode != "skip":
            chosen.append({"alias": alias})
    chosen += [{"alias": alias} for alias in context.downloads if alias not in listed]
    return {"download": chosen}


def _of_job(own: Node, of_stage: Node) -> bool:
    """A setting of a job, which stages had in old definitions: what the job says counts."""
    return (own if own.value is not None else of_stage).flag()


def _chosen(items: Sequence[str]) -> Iterator[Data]:
    """What is chosen of a source: whole artifacts by name, and files of one artifact, which are told by its name."""
    whole = [item for item in items if item and not re.search(_PATTERN, item)]
    if whole:
        yield {"artifacts": whole}
    files: dict[str, list[str]] = {}
    for item in items:
        if re.search(_PATTERN, item):
            name, slash, rest = item.replace("\\", "/").partition("/")
            named = bool(slash and rest) and not re.search(_PATTERN, name)
            files.setdefault(name if named else "", []).append(rest if named else item)
    for name, patterns in files.items():
        yield {**({"artifacts": [name]} if name else {}), "patterns": patterns}


def _machines(given: Node, context: ImportContext) -> Reading[Data]:
    """The machines of a deployment group as those of an environment."""
    queue = given["queueId"].text()
    name = context.names.deployment_groups.get(queue) or (queue if queue and not queue.isdecimal() else "")
    unnamed = f"deployment group {queue or '?'}"
    yield from report_rows(PHASE_MACHINES, given["queueId"], detail="" if name else unnamed)
    data: Data = {"environment": name or unnamed}
    tags = [tag.text() for tag in given["tags"].items() if tag.text().strip()]
    yield from report_rows(MACHINE_TAGS, *given["tags"].items())
    if tags:
        data["tags"] = tags
    option = given["deploymentHealthOption"].text().casefold()
    health = given["healthPercent"].number()
    yield from report_rows(MACHINE_HEALTH, given["deploymentHealthOption"], given["healthPercent"])
    if option == "onetargetatatime":
        data["at_once"] = "1"
    elif 0 < health < _ALL:
        data["at_once"] = f"{_ALL - health}%"
    return data
