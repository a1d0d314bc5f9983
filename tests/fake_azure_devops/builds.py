"""Builds: what is going on, what was published, what was logged."""

import copy
from typing import Any

from fake_azure_devops.approvals import start_approval
from fake_azure_devops.clock import now, parsed
from fake_azure_devops.errors import ServiceError
from fake_azure_devops.lists import paged, same
from fake_azure_devops.messages import Answer, listing
from fake_azure_devops.routes import Context, route
from fake_azure_devops.scripts import Script, scripted
from fake_azure_devops.state import Project, Record, guid

_LIST = "/{project}/_apis/build/builds"
_ONE = _LIST + "/{build}"
_STATES = {"notStarted", "inProgress", "cancelling"}


def new_build(project: Project, definition_id: int, fields: Record) -> Record:
    """Put a new build of a definition into the project."""
    organization = project.organization
    definition = project.definitions[definition_id]
    identifier = organization.build_ids.next()
    keys = ("id", "name", "path", "type", "queueStatus", "revision", "uri", "url", "project")
    web = f"{organization.url}/{project.id}/_build/results?buildId={identifier}"
    repository = definition.get("repository") or {}
    project.builds[identifier] = {
        "id": identifier,
        "buildNumber": f"20260101.{identifier}",
        "status": "inProgress",
        "queueTime": now(),
        "url": f"{organization.url}/{project.id}/_apis/build/Builds/{identifier}",
        "uri": f"vstfs:///Build/Build/{identifier}",
        "definition": copy.deepcopy({key: definition[key] for key in keys if key in definition}),
        "project": project.reference(),
        "sourceBranch": repository.get("defaultBranch") or "refs/heads/main",
        "sourceVersion": "0" * 39 + "1",
        "priority": "normal",
        "reason": "manual",
        "requestedFor": organization.reference(),
        "requestedBy": organization.reference(),
        "lastChangedDate": now(),
        "repository": {key: repository[key] for key in ("id", "name", "type") if key in repository},
        "tags": [],
        "triggerInfo": {},
        "templateParameters": {},
        "_links": {"web": {"href": web}},
    } | fields
    return project.builds[identifier]


def start(project: Project, build: Record) -> None:
    """Let a build go as its script says; without one it has a single stage and ends well."""
    scripts = project.scripts.get(build["definition"]["id"], [])
    project.running[build["id"]] = scripts.pop(0) if scripts else scripted(["build"])
    build |= {"status": "inProgress", "startTime": now()}
    _settle(project, build)


def cancel(project: Project, build: Record) -> None:
    """End a build where it is."""
    script = project.running.get(build["id"])
    if script is not None:
        records = copy.deepcopy(script.present.records)
        for record in records:
            if record["state"] != "completed":
                begun = record["state"] == "inProgress"
                record |= {"state": "completed", "result": "canceled" if begun else "skipped", "finishTime": now()}
        project.running[build["id"]] = Script.of([records])
        for approval in project.approvals.values():
            if approval["pipeline"]["owner"]["id"] == build["id"] and approval["status"] == "pending":
                approval["status"] = "canceled"
    build |= {"status": "completed", "result": "canceled", "finishTime": now(), "lastChangedDate": now()}


def _settle(project: Project, build: Record) -> None:
    waits_for = project.running[build["id"]].present.waits_for
    if waits_for and waits_for not in project.approvals:
        script = project.running[build["id"]].approvals.get(waits_for, {})
        start_approval(project, build, waits_for, script)


def _advance(project: Project, build: Record) -> list[Record]:
    """The records to show now; then the run goes on by one snapshot."""
    script = project.running.get(build["id"])
    if script is None:
        return []
    waits_for = script.present.waits_for
    decided = project.approvals[waits_for]["status"] if waits_for else "approved"
    if decided == "pending":
        return script.present.records
    if waits_for:
        if decided not in {"approved", "skipped"}:
            script.reject(waits_for)
        script.advance()
    records = script.present.records
    if not script.present.waits_for:
        if script.position >= len(script.snapshots) - 1:
            if build["status"] != "completed":
                build |= {"status": "completed", "result": script.result, "finishTime": now(), "lastChangedDate": now()}
        else:
            script.advance()
    _settle(project, build)
    return records


def found_build(context: Context) -> Record:
    """The build whose id is in the path."""
    identifier = context.number("build")
    if identifier not in context.project.builds:
        message = f"The requested build {identifier} could not be found."
        raise ServiceError("BuildNotFoundException", message)
    return context.project.builds[identifier]


def _fits(context: Context, build: Record) -> bool:
    definitions = context.asked_list("definitions")
    ids = context.asked_list("buildIds")
    statuses = [each.casefold() for each in context.asked_list("statusFilter")]
    results = [each.casefold() for each in context.asked_list("resultFilter")]
    branch, number = context.asked("branchName"), context.asked("buildNumber")
    least, most = context.asked("minTime"), context.asked("maxTime")
    time = parsed(build.get("finishTime") or build["queueTime"] if _order(context) == "finish" else build["queueTime"])
    return (
        (not definitions or str(build["definition"]["id"]) in definitions)
        and (not ids or str(build["id"]) in ids)
        and (not statuses or "all" in statuses or build["status"].casefold() in statuses)
        and (not results or str(build.get("result")).casefold() in results)
        and (branch is None or same(build["sourceBranch"], branch))
        and (number is None or build["buildNumber"] == number)
        and (least is None or time >= parsed(least))
        and (most is None or time <= parsed(most))
    )


def _order(context: Context) -> str:
    order = (context.asked("queryOrder") or "queueTimeDescending").casefold()
    return order.removesuffix("descending").removesuffix("ascending").removesuffix("time")


@route("GET", _LIST, "build")
def list_builds(context: Context) -> Answer:
    """Builds by filters, newest first."""
    found = [each for each in context.project.builds.values() if _fits(context, each)]
    found.sort(key=lambda each: each.get(f"{_order(context)}Time") or each["queueTime"])
    if not (context.asked("queryOrder") or "").casefold().endswith("ascending"):
        found.reverse()
    return paged(context, [copy.deepcopy(each) for each in found])


@route("POST", _LIST, "build")
def queue_build(context: Context) -> Record:
    """Queue a build."""
    definition = (context.body.get("definition") or {}).get("id")
    if definition not in context.project.definitions:
        raise ServiceError("DefinitionNotFoundException", f"Build definition {definition} not found.")
    kept = ("sourceBranch", "sourceVersion", "parameters", "templateParameters")
    fields = {key: context.body[key] for key in kept if context.body.get(key) is not None}
    build = new_build(context.project, definition, fields)
    start(context.project, build)
    return build


@route("GET", _ONE, "build")
def get_build(context: Context) -> Record:
    """One build."""
    return found_build(context)


@route("PATCH", _ONE, "build")
def update_build(context: Context) -> Record:
    """Cancel a build, or keep it."""
    build = found_build(context)
    status = context.body.get("status")
    if status is not None and str(status).casefold() == "cancelling":
        if build["status"] in _STATES:
            cancel(context.project, build)
    elif status is not None:
        raise ServiceError("ArgumentException", f"The status of a build cannot be set to {status}.")
    return build


@route("GET", _ONE + "/timeline/[{timeline}]", "build")
def get_timeline(context: Context) -> Answer:
    """The timeline; each look moves a scripted run on."""
    build = found_build(context)
    if build["id"] not in context.project.running:
        return Answer(204)
    records = copy.deepcopy(_advance(context.project, build))
    for record in records:
        if isinstance(record.get("log"), int):
            number = record["log"]
            record["log"] = {"id": number, "type": "Container", "url": f"{build['url']}/logs/{number}"}
    return Answer(
        body={
            "id": guid(build["uri"]),
            "changeId": context.project.running[build["id"]].position,
            "lastChangedBy": "00000002-0000-8888-8000-000000000000",
            "lastChangedOn": now(),
            "url": f"{build['url']}/Timeline/{guid(build['uri'])}",
            "records": records,
        }
    )


@route("GET", _ONE + "/logs", "build")
def list_logs(context: Context) -> Answer:
    """The logs of a build."""
    build = found_build(context)
    logs = context.project.logs.get(build["id"], {})
    return listing(
        [
            {
                "id": number,
                "type": "Container",
                "lineCount": len(lines),
                "createdOn": now(),
                "lastChangedOn": now(),
                "url": f"{build['url']}/logs/{number}",
            }
            for number, lines in logs.items()
        ]
    )


@route("GET", _ONE + "/logs/{log}", "build")
def get_log(context: Context) -> Answer:
    """The lines of a log: JSON, or text on request."""
    build, number = found_build(context), context.number("log")
    logs = context.project.logs.get(build["id"], {})
    if number not in logs:
        raise ServiceError("BuildNotFoundException", f"Log with id {number} could not be found.")
    first = context.asked_number("startLine") or 0
    last = context.asked_number("endLine")
    lines = logs[number][max(first - 1, 0) : last]
    accepts = next((value for name, value in context.request.headers.items() if name.casefold() == "accept"), "")
    if accepts.startswith("text/plain"):
        return Answer(body="\n".join(lines) + "\n", content_type="text/plain")
    return listing(lines)


@route("GET", _ONE + "/artifacts/[{artifact}]", "build")
def list_artifacts(context: Context) -> Any:
    """What a build published, all or one by name."""
    build = found_build(context)
    artifacts = context.project.artifacts.get(build["id"], [])
    name = context.asked("artifactName") or context.values.get("artifact")
    if name is None:
        return listing(artifacts)
    for each in artifacts:
        if same(each["name"], name):
            return each
    raise ServiceError("ArtifactNotFoundException", f"Artifact {name} was not found for build {build['id']}.")


@route("PATCH", _ONE + "/stages/{stage}", "build")
def update_stage(context: Context) -> Answer:
    """Cancel a stage, or run it again."""
    build, stage = found_build(context), context.values["stage"]
    script = context.project.running.get(build["id"])
    records = script.present.records if script else []
    if not any(record["type"] == "Stage" and same(record.get("identifier"), stage) for record in records):
        raise ServiceError("TimelineNotFoundException", f"The stage {stage} of build {build['id']} was not found.")
    context.project.stage_updates.append((build["id"], stage, dict(context.body)))
    state = context.body.get("state")
    if same(state, "retry"):
        if build["status"] != "completed":
            raise ServiceError("ArgumentException", f"Stage {stage} cannot be retried while the build runs.")
        build |= {"status": "inProgress", "result": None, "finishTime": None}
        start(context.project, build)
    elif same(state, "cancel"):
        cancel(context.project, build)
    return Answer(204)
