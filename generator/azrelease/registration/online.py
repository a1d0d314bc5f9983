"""Checks of a release that need the service: whether it accepts the YAML, and what the project does not have."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from azrelease.catalog.tasks import BUILT_IN, Tasks
from azrelease.diagnostics import (
    ENDING_CONNECTION,
    NOT_IN_PROJECT,
    NOT_REGISTERED,
    REFUSED_BY_SERVICE,
    Code,
    Diagnostic,
    Severity,
    Span,
)
from azrelease.registration import rest_api
from azrelease.registration.desired_state import ReleaseToRegister
from azrelease.registration.desired_state.groups import created_groups
from azrelease.registration.failures import RefusedError, checked_responses
from azrelease.registration.project import Project
from azrelease.suggestions import suggestion
from azrelease.yaml_document import YamlDocument, diagnostic_at

_OLD_ISSUER = "https://vstoken.dev.azure.com/"
_ISSUER_RETIRES = date(2027, 7, 1)
_UNUSED = 100
_SOON_UNUSED = 80
"""Days without use after which the service disables a service connection, and after which a finding warns of it.

Source: release notes of Azure DevOps, sprint 276, which also retire the issuer.
"""

_INVALID = "PipelineValidationException"
_PLACE = re.compile(r"^\s*/?(?P<file>.*?) ?\(Line: (?P<line>\d+), Col: (?P<column>\d+)\): (?P<message>.*)$")


class YamlFile(NamedTuple):
    """The YAML of a release: its path, and its text."""

    path: str
    text: str


def online_findings(
    project: Project,
    release: ReleaseToRegister,
    document: YamlDocument,
    yaml: YamlFile,
    *,
    today: date,
    tasks: Tasks = BUILT_IN,
) -> Iterator[Diagnostic]:
    """Findings about a release, in its file and in its YAML.

    Args:
        project: the project of its registration.
        release: the release.
        document: its file.
        yaml: its YAML, as it is rendered now.
        today: the date for the age of the last use of service connections.
        tasks: the tasks of the organization, if they are known.

    Raises:
        ServiceError: the service does not answer, or refuses.
    """
    with checked_responses(project.connection.address):
        yield from _missing_resources(project, release, document, tasks)
        yield from _ending_connections(project, release, document, tasks, today)
        yield from _preview_findings(project, release, document, yaml)


def _preview_findings(
    project: Project, release: ReleaseToRegister, document: YamlDocument, yaml: YamlFile
) -> Iterator[Diagnostic]:
    """Findings of the service about the YAML."""
    pipeline = project.pipelines.find(release.path)
    if pipeline is None:
        hint = "Register it with `azrelease apply`, so that the service can check its YAML."
        message = f"project {project.name} has no pipeline `{release.path}`: the service has not checked its YAML"
        yield _finding(document, release.release.name, NOT_REGISTERED, message, hint)
        return
    yield from _refusals(project, str(pipeline["id"]), yaml)


def _missing_resources(
    project: Project, release: ReleaseToRegister, document: YamlDocument, tasks: Tasks
) -> Iterator[Diagnostic]:
    named = release.named(tasks)
    created = created_groups(release.release)
    groups = [name for name in named.variable_groups if name.lower() not in created]
    names_by_kind = {
        "service connection": named.service_connections,
        "agent pool": named.pools,
        "variable group": tuple(groups),
    }
    for kind, names in names_by_kind.items():
        listing = project.listing_of(kind)
        for name in names:
            if listing.find_any(name) is None:
                known = [str(item.get("name")) for item in listing.items()]
                hint = suggestion(name, known, f"Create it in project {project.name}, or name an existing one.")
                message = f"project {project.name} has no {kind} `{name}`"
                yield _finding(document, name, NOT_IN_PROJECT, message, hint)
    for name in named.environments:
        if project.environments.find(name.partition(".")[0]) is None:
            message = f"project {project.name} has no environment `{name}`: the first run creates it without checks"
            hint = "`azrelease apply` creates it with its checks."
            yield _finding(document, name, NOT_IN_PROJECT, message, hint)._replace(level=Severity.WARNING)


def _ending_connections(
    project: Project, release: ReleaseToRegister, document: YamlDocument, tasks: Tasks, today: date
) -> Iterator[Diagnostic]:
    """Service connections that stop working: disabled since they are not used, or with an issuer that retires."""
    for name in release.named(tasks).service_connections:
        connection = project.service_connections.find_any(name)
        if connection is None:
            continue
        parameters = (connection.get("authorization") or {}).get("parameters") or {}
        if str(parameters.get("workloadIdentityFederationIssuer", "")).startswith(_OLD_ISSUER):
            message = f"service connection `{name}` has the issuer of Azure DevOps, which retires on {_ISSUER_RETIRES}"
            hint = "Convert it to the issuer of Microsoft Entra on its page."
            yield _finding(document, name, ENDING_CONNECTION, message, hint)
        yield from _unused_connection(project, document, name, str(connection["id"]), today)


def _unused_connection(
    project: Project, document: YamlDocument, name: str, identifier: str, today: date
) -> Iterator[Diagnostic]:
    """A finding if the last use of a connection is long ago; none if no use is recorded."""
    route = {**project.route, "endpointId": identifier}
    try:
        records = project.connection.get(rest_api.CONNECTION_HISTORY, route, {"top": "1"})["value"]
    except RefusedError as error:
        message = f"cannot read when service connection `{name}` was last used: {error}"
        yield _finding(document, name, ENDING_CONNECTION, message, None)._replace(level=Severity.INFO)
        return
    ended = [str(record["data"]["finishTime"]) for record in records if (record.get("data") or {}).get("finishTime")]
    if not ended or len(ended) < len(records):
        return  # never used, or in use
    last = date.fromisoformat(max(ended)[:10])
    days = (today - last).days
    if days >= _SOON_UNUSED:
        then = "the service disables it" if days < _UNUSED else "the service may have disabled it"
        used = f"was last used on {last}, {days} days ago"
        message = f"service connection `{name}` {used}: after {_UNUSED} days without use {then}"
        hint = "Use it before, or check it in Project settings → Service connections."
        yield _finding(document, name, ENDING_CONNECTION, message, hint)


def _refusals(project: Project, pipeline: str, yaml: YamlFile) -> Iterator[Diagnostic]:
    """Errors of the service about the YAML.

    Its message has a line for each error, with file, line and column (a recorded response).
    """
    body = {"previewRun": True, "yamlOverride": yaml.text}
    try:
        project.connection.query(rest_api.PREVIEW, {**project.route, "pipelineId": pipeline}, {}, body)
    except RefusedError as error:
        if error.type_key != _INVALID:
            raise
        for line in dict.fromkeys(str(error).splitlines()):
            yield _diagnostic(line.removeprefix(f"{project.connection.address}: "), yaml)


def _diagnostic(text: str, yaml: YamlFile) -> Diagnostic:
    place = _PLACE.match(text)
    # An error in a template has its place in another file.
    if place is None or place["file"].rpartition("/")[2] not in ("", yaml.path.rpartition("/")[2]):
        return Diagnostic(REFUSED_BY_SERVICE, text, yaml.path, Span(1, 1, 1, 2))
    line, column = max(1, int(place["line"])), max(1, int(place["column"]))
    return Diagnostic(REFUSED_BY_SERVICE, place["message"], yaml.path, Span(line, column, line, column + 1))


def _finding(document: YamlDocument, name: str, code: Code, message: str, hint: str | None) -> Diagnostic:
    """A finding at a name; at the first line if the file does not hold the name, since it is composed."""
    route = _route(document.data, name)
    if route is None:
        return Diagnostic(code, message, document.path, Span(1, 1, 1, 2), hint)
    return diagnostic_at(document, route, code, message, hint)


def _route(data: Any, name: str) -> tuple[str | int, ...] | None:  # noqa: ANN401  (any YAML)
    items = data.items() if isinstance(data, Mapping) else enumerate(data) if isinstance(data, list) else ()
    for step, value in items:
        if isinstance(value, str) and value == name:
            return (step,)
        inner = _route(value, name)
        if inner is not None:
            return (step, *inner)
    return None
