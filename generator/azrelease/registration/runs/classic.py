"""Classic releases: made from the release definition of the same name, looked at, approved."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from azrelease.errors import UserError
from azrelease.registration import rest_api
from azrelease.registration.failures import NotFoundError, RefusedError, UnsureError
from azrelease.registration.project import Project, join_folder, pipeline_path
from azrelease.registration.runs.approvals import Decision, who_may
from azrelease.registration.runs.classic_views import ended_view, goes_on, release_approvals, release_view
from azrelease.registration.runs.idempotency import caller, is_of, start_once
from azrelease.registration.runs.queueing import Queued, QueuedPipeline, find_listed, web_address, web_link
from azrelease.registration.runs.run_request import RunRequest, variables_body
from azrelease.registration.runs.views import ApprovalStatus, RunStatus
from azrelease.release import Release

Raw = Mapping[str, Any]

_MANUAL = ("manual", "none")
_IDLE_LOOKS = 4
"""So many looks at which nothing goes on, and a stage that could begin does not: it waits for something else."""


def find_release_definition(project: Project, release: Release) -> QueuedPipeline:
    """The release definition of a release.

    Raises:
        UserError: the project has none of that name.
        ServiceError: the service refuses, or does not answer.
    """
    hint = "`azrelease apply --classic` makes it."
    return find_listed(project, project.release_definitions, release, "release definition", hint, "_release")


def create_release(project: Project, definition: QueuedPipeline, release: Release, request: RunRequest) -> Queued:
    """Make a classic release, once: where the answer is lost, it is looked for before it is tried again.

    Stages that are left out are made manual in this release, so that they can still be started on its page.

    Raises:
        UserError: the run of the artifact is not there.
        RefusedError: the service will not make it; the message says why.
        ServiceError: the service does not answer, or it cannot be told what it did.
    """
    connection = project.connection
    body: dict[str, Any] = {"definitionId": int(definition.id), "reason": "manual", "isDraft": False}
    if request.variables:
        body["variables"] = variables_body(request.variables)
    if request.skip:
        body["manualEnvironments"] = list(request.skip)
    if request.artifact_version is not None:
        body["artifacts"] = [_artifact(project, definition, release, request.artifact_version)]
    newest = max((int(each["id"]) for each in _releases(project, definition, 1)), default=0)

    def start() -> Raw:
        answer: Raw = connection.send("POST", rest_api.RELEASES, project.route, body)
        return answer

    def look() -> Sequence[Raw]:
        me = caller(connection)
        return [
            each
            for each in _releases(project, definition, 50)
            if int(each["id"]) > newest
            and str(each.get("reason") or "manual") in _MANUAL
            and is_of(each.get("createdBy"), me)
        ]

    raw, recovered = start_once(connection, start, look, "release", definition.link)
    identifier = int(raw["id"])
    return Queued(
        identifier, str(raw.get("name") or identifier), web_link(raw) or release_link(project, identifier), recovered
    )


def read_release(project: Project, identifier: int, release: Release) -> Raw:
    """A classic release of the release's definition, as the service has it.

    Raises:
        UserError: there is none, or it is of another definition.
        ServiceError: the service refuses, or does not answer.
    """
    try:
        raw = _read(project, identifier)
    except NotFoundError:
        raise UserError(f"{project.address} has no classic release {identifier}, or the token may not see it") from None
    path, definition = join_folder(release.folder or "", release.name), raw.get("releaseDefinition") or {}
    # Not every answer holds the folder of the definition.
    found = pipeline_path(definition) if definition.get("path") else join_folder("", str(definition.get("name")))
    wanted = path if definition.get("path") else join_folder("", release.name)
    if found.casefold() != wanted.casefold():
        raise UserError(f"release {identifier} is one of {found}, not of {path}; name the release that it belongs to")
    return raw


def release_look(project: Project, identifier: int) -> Callable[[], RunStatus]:
    """A function that reads how a classic release looks now."""
    idle = 0

    def look() -> RunStatus:
        nonlocal idle
        raw = _read(project, identifier)
        link = web_link(raw) or release_link(project, identifier)
        view = release_view(raw, link)
        idle = idle + 1 if not goes_on(raw) else 0
        return view if view.ended or idle < _IDLE_LOOKS else ended_view(view, raw)

    return look


def decide_release_approval(
    project: Project, release: int, approval: ApprovalStatus, status: str, comment: str
) -> Decision:
    """Approve or reject a stage of a classic release, once.

    Raises:
        RefusedError: who asks may not; the message says who may.
        ServiceError: the service does not answer.
    """
    route = {**project.route, "approvalId": approval.id}
    attempt, lost = 1, False
    while True:
        try:
            project.connection.send("PATCH", rest_api.RELEASE_APPROVAL, route, {"status": status, "comments": comment})
        except RefusedError as error:
            now = _again(project, release, approval)
            if now.waits:
                raise RefusedError(f"{error}\n{who_may(approval)}", error.status, error.type_key) from None
            return Decision(now, ours=lost and now.status == status)
        except UnsureError as error:
            project.connection.wait(attempt, error)
            now = _again(project, release, approval)
            if not now.waits:
                return Decision(now, ours=now.status == status)
            attempt, lost = attempt + 1, True
        else:
            return Decision(_again(project, release, approval), ours=True)


def release_link(project: Project, identifier: int) -> str:
    """Where people find a classic release."""
    return f"{web_address(project)}/_releaseProgress?releaseId={identifier}&_a=release-pipeline-progress"


def _read(project: Project, identifier: int) -> Raw:
    raw: Raw = project.connection.get(rest_api.RELEASES, {**project.route, "releaseId": str(identifier)})
    return raw


def _releases(project: Project, definition: QueuedPipeline, top: int) -> Sequence[Raw]:
    """The youngest releases of a definition."""
    query = {"definitionId": definition.id, "$top": str(top), "queryOrder": "descending"}
    answer = project.connection.get(rest_api.RELEASES, project.route, query) or {}
    return [each for each in answer.get("value", ()) if isinstance(each, Mapping)]


def _artifact(project: Project, definition: QueuedPipeline, release: Release, version: str) -> dict[str, Any]:
    """The run of the artifact's pipeline, which a classic release names by its id."""
    alias = str(release.artifact.alias if release.artifact else "")
    artifacts = project.release_definition(definition.id).get("artifacts") or ()
    found = next((each for each in artifacts if str(each.get("alias")).casefold() == alias.casefold()), None)
    if found is None:
        raise UserError(f"{definition.path} has no artifact {alias}; `azrelease apply --classic` brings it up to date")
    source = found.get("definitionReference") or {}
    owner = str((source.get("project") or {}).get("id") or project.name)
    query = {
        "definitions": str((source.get("definition") or {}).get("id")),
        "buildNumber": version,
        "$top": "1",
        "queryOrder": "queueTimeDescending",
    }
    answer = project.connection.get(rest_api.BUILDS, {"project": owner}, query) or {}
    build = next(iter(answer.get("value", ())), None)
    if build is None:
        raise UserError(
            f"--artifact-version {version}: {(release.artifact and release.artifact.pipeline)} has no such run"
        )
    return {
        "alias": str(found["alias"]),
        "instanceReference": {"id": str(build["id"]), "name": str(build.get("buildNumber") or version)},
    }


def _again(project: Project, release: int, approval: ApprovalStatus) -> ApprovalStatus:
    found = release_approvals(_read(project, release))
    return next((each for each in found if each.id == approval.id), approval)
