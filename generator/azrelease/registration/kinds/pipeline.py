"""Pipelines: the definition that runs a YAML file of a repository."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from azrelease.registration import rest_api
from azrelease.registration.failures import MovedOnError
from azrelease.registration.kinds import ownership, variable_values
from azrelease.registration.kinds.ownership import is_ours, kept_fields
from azrelease.registration.project import Project, pipeline_path
from azrelease.registration.resource import ActualResource, DesiredResource, UnmanagedResource, Value

Raw = Mapping[str, Any]

REPOSITORY, BRANCH, YAML, TAGS, CONNECTION = "repository", "default_branch", "yaml", "tags", "service_connection"
FOLDER, ENABLED, PROCESS = "folder", "enabled", "process"
YAML_PIPELINE = "YAML"
_YAML_PROCESS = 2

_TYPES = {"azure_repos": "TfsGit", "github": "GitHub"}
_QUEUE = "Azure Pipelines"
"""The pool of Microsoft-hosted agents. A definition has to have one; the YAML says what is really used."""


def prefetch(project: Project, things: Sequence[DesiredResource]) -> None:
    """Read those that are there in full."""
    found = (project.pipelines.find(thing.key.name) for thing in things)
    project.prefetch_definitions([str(raw["id"]) for raw in found if raw is not None])


def find(project: Project, thing: DesiredResource) -> ActualResource | None:
    """The pipeline of that name in that folder."""
    raw = _there(project, thing)
    if raw is None:
        return None
    repository: Raw = raw.get("repository") or {}
    process: Raw = raw.get("process") or {}
    kind = {value: key for key, value in _TYPES.items()}.get(str(repository.get("type")), str(repository.get("type")))
    tags = {str(tag).lower(): str(tag) for tag in raw.get("tags") or ()}
    fields: dict[str, Value] = {
        FOLDER: _in_spelling_of(thing.fields[FOLDER], str(raw.get("path") or "\\")),
        ENABLED: raw.get("queueStatus") in (None, "enabled"),
        PROCESS: YAML_PIPELINE if process.get("type") in (None, _YAML_PROCESS) else "designer",
        REPOSITORY: f"{kind} {repository.get('name')}",
        CONNECTION: _connection_name(project, repository),
        BRANCH: str(repository.get("defaultBranch") or "").removeprefix("refs/heads/"),
        YAML: str(process.get("yamlFilename") or "").lstrip("/"),
        TAGS: [tag for tag in thing.fields.get(TAGS, ()) if tag.lower() in tags],
        **variable_values.matched(variable_values.fields_of(raw.get("variables")), thing.fields),
        **ownership.fields_of(raw, thing),
    }
    return ActualResource(fields, str(raw["id"]), raw, kept_fields(raw, thing), is_ours(raw, thing))


def _in_spelling_of(wanted: str, folder: str) -> str:
    """A folder; case does not count."""
    return wanted if folder.lower() == wanted.lower() else folder


def clashes(project: Project, thing: DesiredResource) -> Iterable[str]:
    r"""Pipelines of the same name in other folders that were made for a release of this name, with another YAML.

    The name of a release is what marks tell things by, so that there must be one of it in a project.
    """
    for raw in _namesakes(project, thing):
        if is_ours(raw, thing) and not _is_same_file(raw, thing):
            yield pipeline_path(raw)


def _there(project: Project, thing: DesiredResource) -> Raw | None:
    """The pipeline of that name in that folder; else ours, of that name and with that file, in the folder before."""
    listed = project.pipelines.find(thing.key.name)
    if listed is not None:
        return project.definition(str(listed["id"]))
    moved = (raw for raw in _namesakes(project, thing) if is_ours(raw, thing) and _is_same_file(raw, thing))
    found = next(moved, None)
    if found is not None:
        project.moved[thing.key.name.lower()] = found
    return found


def _namesakes(project: Project, thing: DesiredResource) -> Iterable[Raw]:
    name = thing.key.name.rpartition("\\")[2].lower()
    for raw in project.pipelines.items():
        if str(raw.get("name")).lower() == name and pipeline_path(raw).lower() != thing.key.name.lower():
            yield project.definition(str(raw["id"]))


def _is_same_file(raw: Raw, thing: DesiredResource) -> bool:
    kind, _, name = str(thing.fields[REPOSITORY]).partition(" ")
    repository: Raw = raw.get("repository") or {}
    file = str((raw.get("process") or {}).get("yamlFilename") or "").lstrip("/")
    same = str(repository.get("name")).lower() == name.lower() and repository.get("type") == _TYPES[kind]
    return same and file == thing.fields[YAML]


def refresh(project: Project, thing: DesiredResource) -> None:
    """Read the list and the pipeline again."""
    project.pipelines.forget()
    project.moved.pop(thing.key.name.lower(), None)
    listed = project.pipelines.find(thing.key.name)
    if listed is not None:
        project.definition(str(listed["id"]), fresh=True)


def others(project: Project, things: Sequence[DesiredResource], releases: Sequence[str]) -> Iterable[UnmanagedResource]:
    """Variables of these pipelines that no release asks for."""
    for thing in things:
        found = find(project, thing)
        if found is not None:
            yield from ownership.other_variables(thing, found)


def create(project: Project, thing: DesiredResource) -> None:
    """Make the pipeline.

    Raises:
        UserError: the environment does not hold the value of a secret.
    """
    made = project.connection.send("POST", rest_api.DEFINITIONS, project.route, _body(project, thing, None))
    _keep(project, made)


def update(project: Project, thing: DesiredResource, found: ActualResource) -> None:
    """Change the pipeline; what nobody asks for stays as it is.

    Raises:
        UserError: the environment does not hold the value of a secret.
    """
    body = {**found.raw, **_body(project, thing, found.raw)}
    if found.leave:
        body["description"] = found.raw.get("description")
    route = {**project.route, "definitionId": found.id}
    _keep(project, project.connection.send("PUT", rest_api.DEFINITIONS, route, body))


def delete(project: Project, other: UnmanagedResource) -> None:
    """A pipeline is never removed, since its runs would go with it."""


def state(project: Project, other: UnmanagedResource, *, fresh: bool) -> str | None:
    """A pipeline is never removed."""


def _keep(project: Project, made: Raw) -> None:
    project.pipelines.put(made)
    project.definition(str(made["id"]), fresh=True)


def _body(project: Project, thing: DesiredResource, raw: Raw | None) -> dict[str, Any]:
    fields = thing.fields
    folder, _, name = thing.key.name.rpartition("\\")
    body: dict[str, Any] = {
        "name": name,
        "path": folder or "\\",
        "type": "build",
        "description": ownership.described(raw, thing),
        "queueStatus": "enabled",
        "process": {**((raw or {}).get("process") or {}), "type": _YAML_PROCESS, "yamlFilename": fields[YAML]},
        "repository": _repository(project, thing, (raw or {}).get("repository") or {}),
        "variables": variable_values.merged((raw or {}).get("variables"), fields, settable=True),
        "tags": list(dict.fromkeys([*((raw or {}).get("tags") or ()), *fields.get(TAGS, ())])),
    }
    if raw is None:
        queue = project.queues.find(_QUEUE) or next(iter(project.queues.items()), None)
        body |= {"quality": "definition", "triggers": [_TRIGGER]}
        body |= {"queue": {"id": queue["id"]}} if queue else {}
    return body


_TRIGGER = {
    "triggerType": "continuousIntegration",
    "settingsSourceType": 2,
    "branchFilters": [],
    "pathFilters": [],
    "batchChanges": False,
    "maxConcurrentBuildsPerBranch": 1,
}
"""What starts runs stands in the YAML."""


def _repository(project: Project, thing: DesiredResource, there: Raw) -> dict[str, Any]:
    """The repository; what somebody else has set of the same one stays."""
    made = _named_repository(project, thing)
    if str(there.get("id")).lower() != str(made["id"]).lower():
        return made
    return {**there, **made, "properties": {**made["properties"], **(there.get("properties") or {})}}


def _named_repository(project: Project, thing: DesiredResource) -> dict[str, Any]:
    kind, _, name = str(thing.fields[REPOSITORY]).partition(" ")
    branch = f"refs/heads/{thing.fields[BRANCH]}"
    if kind == "github":
        connection = project.service_connections.find(str(thing.fields[CONNECTION]))
        if connection is None:
            raise MovedOnError(f"{thing.key}: there is no service connection {thing.fields[CONNECTION]} any more")
        properties = {
            "apiUrl": f"https://api.github.com/repos/{name}",
            "connectedServiceId": str(connection["id"]),
            "fullName": name,
            "reportBuildStatus": "true",
        }
        url = f"https://github.com/{name}.git"
        return {
            "id": name,
            "name": name,
            "type": "GitHub",
            "url": url,
            "defaultBranch": branch,
            "properties": properties,
        }
    found = project.repositories.find(name)
    if found is None:
        raise MovedOnError(f"{thing.key}: there is no repository {name} any more")
    return {
        "id": str(found["id"]),
        "name": str(found["name"]),
        "type": "TfsGit",
        "defaultBranch": branch,
        "properties": {"reportBuildStatus": "true"},
    }


def _connection_name(project: Project, repository: Raw) -> str | None:
    identifier = (repository.get("properties") or {}).get("connectedServiceId")
    return project.connection_name(str(identifier)) if identifier else None
