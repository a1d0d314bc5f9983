"""Runs of the pipeline of a release: found, previewed, started."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import quote

from azrelease.errors import UserError
from azrelease.registration import rest_api
from azrelease.registration.failures import NotFoundError
from azrelease.registration.project import Listing, Project, join_folder, pipeline_path
from azrelease.registration.runs.idempotency import caller, is_of, start_once
from azrelease.registration.runs.run_request import RunRequest, run_body
from azrelease.release import Release
from azrelease.suggestions import suggestion

Raw = Mapping[str, Any]

_MANUAL = ("manual", "userCreated")
"""Reasons of a run that somebody started."""


class QueuedPipeline(NamedTuple):
    """The pipeline of a release: its id, its name with its folder, and where people find it."""

    id: str
    path: str
    link: str


class Queued(NamedTuple):
    """A run that was started.

    Attributes:
        id: its id.
        name: its number, which people read.
        link: where people find it.
        recovered: the answer of the service was lost, and the run was found afterwards.
    """

    id: int
    name: str
    link: str
    recovered: bool = False


def find_pipeline(project: Project, release: Release) -> QueuedPipeline:
    """The pipeline of a release.

    Raises:
        UserError: the project has none of that name.
        ServiceError: the service refuses, or does not answer.
    """
    return find_listed(project, project.pipelines, release, "pipeline", "`azrelease apply` makes it.", "_build")


def find_listed(
    project: Project, listing: Listing, release: Release, what: str, hint: str, page: str
) -> QueuedPipeline:
    """What a list has under the name of a release, in its folder.

    Args:
        project: the project.
        listing: its pipelines, or its release definitions.
        release: the release.
        what: what they are called.
        hint: what to do where there is none, and none that is called alike.
        page: the page of the project that shows one, where the service does not say.

    Raises:
        UserError: there is none of that name.
        ServiceError: the service refuses, or does not answer.
    """
    path = join_folder(release.folder or "", release.name)
    found = listing.find(path)
    if found is None:
        known = (pipeline_path(each) for each in listing.items())
        raise UserError(f"{project.address} has no {what} {path}. {suggestion(path, known, hint)}")
    identifier = str(found["id"])
    return QueuedPipeline(
        identifier, path, web_link(found) or f"{web_address(project)}/{page}?definitionId={identifier}"
    )


def preview_run(project: Project, pipeline: QueuedPipeline, release: Release, request: RunRequest) -> str:
    """The YAML that would run, as the service sees it: templates and expressions filled in. Nothing is started.

    Raises:
        RefusedError: the service would not run it; the message says why.
        ServiceError: the service does not answer.
    """
    body = run_body(request, release) | {"previewRun": True}
    route = {**project.route, "pipelineId": pipeline.id}
    answer = project.connection.query(rest_api.PREVIEW, route, {}, body) or {}
    return str(answer.get("finalYaml") or "")


def queue_run(project: Project, pipeline: QueuedPipeline, release: Release, request: RunRequest) -> Queued:
    """Start a run, once: where the answer is lost, it is looked for before it is tried again.

    It is the run of this pipeline, younger than those known before, that the same person started by hand.

    Raises:
        RefusedError: the service will not run it; the message says why.
        ServiceError: the service does not answer, or it cannot be told what it did.
    """
    connection = project.connection
    newest = max((int(each["id"]) for each in _builds(project, pipeline, 1)), default=0)
    route = {**project.route, "pipelineId": pipeline.id}
    body = run_body(request, release)

    def start() -> Raw:
        answer: Raw = connection.send("POST", rest_api.RUNS, route, body)
        return answer

    def look() -> Sequence[Raw]:
        me = caller(connection)
        return [
            each
            for each in _builds(project, pipeline, 50)
            if int(each["id"]) > newest
            and str(each.get("reason")) in _MANUAL
            and (is_of(each.get("requestedFor"), me) or is_of(each.get("requestedBy"), me))
            and request.branch in (None, each.get("sourceBranch"))
        ]

    raw, recovered = start_once(connection, start, look, "run", pipeline.link)
    identifier = int(raw["id"])
    name = str(raw.get("name") or raw.get("buildNumber") or identifier)
    return Queued(identifier, name, web_link(raw) or run_link(project, identifier), recovered)


def read_run(project: Project, identifier: int, release: Release) -> Raw:
    """A run of the release's pipeline, as the service has it.

    Raises:
        UserError: there is none, or it is of another pipeline.
        ServiceError: the service refuses, or does not answer.
    """
    try:
        build: Raw = project.connection.get(rest_api.BUILDS, {**project.route, "buildId": str(identifier)})
    except NotFoundError:
        raise UserError(f"{project.address} has no run {identifier}, or the token may not see it") from None
    path, found = join_folder(release.folder or "", release.name), pipeline_path(build.get("definition") or {})
    if found.casefold() != path.casefold():
        raise UserError(f"run {identifier} is one of {found}, not of {path}; name the release that it belongs to")
    return build


def run_link(project: Project, identifier: int) -> str:
    """Where people find a run."""
    return f"{web_address(project)}/_build/results?buildId={identifier}"


def web_link(raw: Raw) -> str | None:
    """Where people find what an answer is about, if it says so."""
    href = ((raw.get("_links") or {}).get("web") or {}).get("href")
    return str(href) if href else None


def web_address(project: Project) -> str:
    """The address of the project, for people."""
    return f"{project.connection.address}/{quote(project.name)}"


def _builds(project: Project, pipeline: QueuedPipeline, top: int) -> Sequence[Raw]:
    """The youngest runs of a pipeline."""
    query = {"definitions": pipeline.id, "$top": str(top), "queryOrder": "queueTimeDescending"}
    answer = project.connection.get(rest_api.BUILDS, project.route, query) or {}
    return [each for each in answer.get("value", ()) if isinstance(each, Mapping)]
