"""Pipelines: the definition that runs a YAML file of a repository."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from azrelease.registration import resources
from azrelease.registration.failures import MovedOnError
from azrelease.registration.kinds import ownership, variable_values
from azrelease.registration.kinds.ownership import NOT_OURS, is_ours
from azrelease.registration.marks import parts_of
from azrelease.registration.project import Project
from azrelease.registration.things import Found, Key, Kind, Other, Thing, Value

Raw = Mapping[str, Any]

REPOSITORY, BRANCH, YAML, TAGS, CONNECTION = "repository", "default_branch", "yaml", "tags", "service_connection"

_TYPES = {"azure_repos": "TfsGit", "github": "GitHub"}
_QUEUE = "Azure Pipelines"
"""The pool of Microsoft-hosted agents. A definition has to have one; the YAML says what is really used."""


def prefetch(project: Project, things: Sequence[Thing]) -> None:
    """Read those that are there in full."""
    found = (project.pipelines.find(thing.key.name) for thing in things)
    project.prefetch_definitions([str(raw["id"]) for raw in found if raw is not None])


def find(project: Project, thing: Thing) -> Found | None:
    """The pipeline of that name in that folder."""
    listed = project.pipelines.find(thing.key.name)
    if listed is None:
        return None
    raw = project.definition(str(listed["id"]))
    repository: Raw = raw.get("repository") or {}
    process: Raw = raw.get("process") or {}
    kind = {value: key for key, value in _TYPES.items()}.get(str(repository.get("type")), str(repository.get("type")))
    tags = {str(tag).casefold(): str(tag) for tag in raw.get("tags") or ()}
    fields: dict[str, Value] = {
        REPOSITORY: f"{kind} {repository.get('name')}",
        CONNECTION: _connection_name(project, repository),
        BRANCH: str(repository.get("defaultBranch") or "").removeprefix("refs/heads/"),
        YAML: str(process.get("yamlFilename") or "").lstrip("/"),
        TAGS: [tag for tag in thing.fields.get(TAGS, ()) if tag.casefold() in tags],
        **variable_values.matched(variable_values.fields_of(raw.get("variables")), thing.fields),
        **ownership.fields_of(raw, thing),
    }
    return Found(fields, str(raw["id"]), raw, frozenset() if is_ours(raw, thing) else NOT_OURS)


def refresh(project: Project, thing: Thing) -> None:
    """Read the list and the pipeline again."""
    project.pipelines.forget()
    listed = project.pipelines.find(thing.key.name)
    if listed is not None:
        project.definition(str(listed["id"]), fresh=True)


def others(project: Project, things: Sequence[Thing], releases: Sequence[str]) -> Iterable[Other]:
    """Variables of these pipelines that no release asks for."""
    for thing in things:
        found = find(project, thing)
        if found is None:
            continue
        claimed = parts_of(found.raw.get("description")) if is_ours(found.raw, thing) else frozenset()
        wanted = {name.casefold() for name in variable_values.own_parts(thing.fields)}
        for name in found.raw.get("variables") or {}:
            if name.casefold() not in wanted:
                yield Other(Key(Kind.PIPELINE, f"variable {name}", thing.key.name), found.id, name in claimed)


def create(project: Project, thing: Thing) -> None:
    """Make the pipeline.

    Raises:
        UserError: the environment does not hold the value of a secret.
    """
    made = project.connection.send("POST", resources.DEFINITIONS, project.route, _body(project, thing, None))
    _keep(project, made)


def update(project: Project, thing: Thing, found: Found) -> None:
    """Change the pipeline; what nobody asks for stays as it is.

    Raises:
        UserError: the environment does not hold the value of a secret.
    """
    body = {**found.raw, **_body(project, thing, found.raw)}
    if not is_ours(found.raw, thing):
        body["description"] = found.raw.get("description")
    route = {**project.route, "definitionId": found.id}
    _keep(project, project.connection.send("PUT", resources.DEFINITIONS, route, body))


def delete(project: Project, other: Other) -> None:
    """A pipeline is never removed, since its runs would go with it."""


def _keep(project: Project, made: Raw) -> None:
    project.pipelines.put(made)
    project.definition(str(made["id"]), fresh=True)


def _body(project: Project, thing: Thing, raw: Raw | None) -> dict[str, Any]:
    fields = thing.fields
    folder, _, name = thing.key.name.rpartition("\\")
    body: dict[str, Any] = {
        "name": name,
        "path": folder or "\\",
        "type": "build",
        "description": ownership.described(raw, thing),
        "process": {**((raw or {}).get("process") or {}), "type": 2, "yamlFilename": fields[YAML]},
        "repository": {**((raw or {}).get("repository") or {}), **_repository(project, thing)},
        "variables": variable_values.merged((raw or {}).get("variables"), fields, settable=True),
        "tags": list(dict.fromkeys([*((raw or {}).get("tags") or ()), *fields.get(TAGS, ())])),
    }
    if raw is None:
        queue = project.queues.find(_QUEUE) or next(iter(project.queues.items()), None)
        body |= {"quality": "definition", "queueStatus": "enabled", "triggers": [_TRIGGER]}
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


def _repository(project: Project, thing: Thing) -> dict[str, Any]:
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
    if not identifier:
        return None
    found = next((c for c in project.service_connections.items() if str(c["id"]) == str(identifier)), None)
    return str(found["name"]) if found else str(identifier)
