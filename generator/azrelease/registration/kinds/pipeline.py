"""Pipelines: definitions that run a YAML file of a repository."""

from collections.abc import Iterable, Sequence
from typing import Any

from azrelease.registration import rest_api
from azrelease.registration.failures import StateChangedError
from azrelease.registration.kinds import variable_values
from azrelease.registration.kinds.variable_holder import (
    VariableHolderHandler,
    is_managed_for,
    ownership_fields,
    tagged_description,
    unmanaged_fields,
)
from azrelease.registration.project import Project, Raw, pipeline_path
from azrelease.registration.resource import ActualResource, DesiredResource, Prerequisite, ResourceKind, Value

REPOSITORY, BRANCH, YAML, TAGS, CONNECTION = "repository", "default_branch", "yaml", "tags", "service_connection"
FOLDER, ENABLED, PROCESS = "folder", "enabled", "process"
YAML_PIPELINE = "YAML"
_YAML_PROCESS = 2

_TYPES = {"azure_repos": "TfsGit", "github": "GitHub"}
_QUEUE = "Azure Pipelines"
"""The pool of Microsoft-hosted agents. A definition has to have one; the YAML decides which one a job uses."""


class PipelineHandler(VariableHolderHandler):
    """Handles pipelines. They are never removed, since their runs would go with them."""

    kind = ResourceKind.PIPELINE

    def prefetch(self, project: Project, desired: Sequence[DesiredResource]) -> None:
        """Read the existing ones in full."""
        listed = (project.pipelines.find(each.key.name) for each in desired)
        project.prefetch_definitions([str(raw["id"]) for raw in listed if raw is not None])

    def find(self, project: Project, desired: DesiredResource) -> ActualResource | None:
        """The pipeline of that name in that folder; else the managed one of that name and file in another folder."""
        raw = _find(project, desired)
        if raw is None:
            return None
        repository: Raw = raw.get("repository") or {}
        process: Raw = raw.get("process") or {}
        source = str(repository.get("type"))
        source = {value: key for key, value in _TYPES.items()}.get(source, source)
        tags = {str(tag).lower() for tag in raw.get("tags") or ()}
        folder = str(raw.get("path") or "\\")
        is_same_folder = folder.lower() == str(desired.fields[FOLDER]).lower()
        fields: dict[str, Value] = {
            FOLDER: desired.fields[FOLDER] if is_same_folder else folder,
            ENABLED: raw.get("queueStatus") in (None, "enabled"),
            PROCESS: YAML_PIPELINE if process.get("type") in (None, _YAML_PROCESS) else "designer",
            REPOSITORY: f"{source} {repository.get('name')}",
            CONNECTION: _connection_name(project, repository),
            BRANCH: str(repository.get("defaultBranch") or "").removeprefix("refs/heads/"),
            YAML: str(process.get("yamlFilename") or "").lstrip("/"),
            TAGS: [tag for tag in desired.fields.get(TAGS, ()) if tag.lower() in tags],
            **variable_values.matched(variable_values.variable_fields(raw.get("variables")), desired.fields),
            **ownership_fields(raw, desired),
        }
        managed = is_managed_for(raw, desired)
        return ActualResource(fields, str(raw["id"]), raw, unmanaged_fields(raw, desired), managed)

    def refresh(self, project: Project, desired: DesiredResource) -> None:
        """Read the list and the pipeline again."""
        project.pipelines.forget()
        project.moved.pop(desired.key.name.lower(), None)
        listed = project.pipelines.find(desired.key.name)
        if listed is not None:
            project.definition(str(listed["id"]), fresh=True)

    def obstacle(self, desired: DesiredResource, actual: ActualResource) -> Prerequisite | None:
        """A pipeline of the designer, or one that azrelease does not manage."""
        if actual.fields[PROCESS] != YAML_PIPELINE:
            hint = "A pipeline of the designer has this name. Choose another name."
            return Prerequisite(f"{desired.key} cannot be created", hint, desired.releases)
        return super().obstacle(desired, actual)

    def create(self, project: Project, desired: DesiredResource) -> None:
        """Create the pipeline.

        Raises:
            UserError: the environment does not hold the value of a secret.
        """
        body = _body(project, desired, None)
        _keep(project, project.connection.send("POST", rest_api.DEFINITIONS, project.route, body))

    def update(self, project: Project, desired: DesiredResource, actual: ActualResource) -> None:
        """Change the pipeline; what no release asks for stays as it is.

        Raises:
            UserError: the environment does not hold the value of a secret.
        """
        body = {**actual.raw, **_body(project, desired, actual.raw)}
        if actual.unmanaged_fields:
            body["description"] = actual.raw.get("description")
        route = {**project.route, "definitionId": actual.id}
        _keep(project, project.connection.send("PUT", rest_api.DEFINITIONS, route, body))


def clashes(project: Project, desired: DesiredResource) -> Iterable[str]:
    r"""Pipelines of the same name in other folders that belong to a release of this name, with another YAML file.

    An ownership tag holds the name of a release, so that the name has to be unique in a project.
    """
    for raw in _namesakes(project, desired):
        if is_managed_for(raw, desired) and not _is_same_file(raw, desired):
            yield pipeline_path(raw)


def _find(project: Project, desired: DesiredResource) -> Raw | None:
    listed = project.pipelines.find(desired.key.name)
    if listed is not None:
        return project.definition(str(listed["id"]))
    moved = (
        raw for raw in _namesakes(project, desired) if is_managed_for(raw, desired) and _is_same_file(raw, desired)
    )
    raw = next(moved, None)
    if raw is not None:
        project.moved[desired.key.name.lower()] = raw
    return raw


def _namesakes(project: Project, desired: DesiredResource) -> Iterable[Raw]:
    name = desired.key.name.rpartition("\\")[2].lower()
    for raw in project.pipelines.items():
        if str(raw.get("name")).lower() == name and pipeline_path(raw).lower() != desired.key.name.lower():
            yield project.definition(str(raw["id"]))


def _is_same_file(raw: Raw, desired: DesiredResource) -> bool:
    source, _, name = str(desired.fields[REPOSITORY]).partition(" ")
    repository: Raw = raw.get("repository") or {}
    file = str((raw.get("process") or {}).get("yamlFilename") or "").lstrip("/")
    same = str(repository.get("name")).lower() == name.lower() and repository.get("type") == _TYPES[source]
    return same and file == desired.fields[YAML]


def _keep(project: Project, raw: Raw) -> None:
    project.pipelines.put(raw)
    project.definition(str(raw["id"]), fresh=True)


def _body(project: Project, desired: DesiredResource, raw: Raw | None) -> dict[str, Any]:
    fields = desired.fields
    folder, _, name = desired.key.name.rpartition("\\")
    body: dict[str, Any] = {
        "name": name,
        "path": folder or "\\",
        "type": "build",
        "description": tagged_description(raw, desired),
        "queueStatus": "enabled",
        "process": {**((raw or {}).get("process") or {}), "type": _YAML_PROCESS, "yamlFilename": fields[YAML]},
        "repository": _repository(project, desired, (raw or {}).get("repository") or {}),
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
"""The YAML decides what starts a run."""


def _repository(project: Project, desired: DesiredResource, actual: Raw) -> dict[str, Any]:
    """The repository; other settings of the same repository stay as they are."""
    repository = _named_repository(project, desired)
    if str(actual.get("id")).lower() != str(repository["id"]).lower():
        return repository
    return {**actual, **repository, "properties": {**repository["properties"], **(actual.get("properties") or {})}}


def _named_repository(project: Project, desired: DesiredResource) -> dict[str, Any]:
    source, _, name = str(desired.fields[REPOSITORY]).partition(" ")
    branch = f"refs/heads/{desired.fields[BRANCH]}"
    properties = {"reportBuildStatus": "true"}
    if source == "github":
        connection = project.service_connections.find(str(desired.fields[CONNECTION]))
        if connection is None:
            raise StateChangedError(f"{desired.key}: service connection {desired.fields[CONNECTION]} no longer exists")
        properties |= {
            "apiUrl": f"https://api.github.com/repos/{name}",
            "connectedServiceId": str(connection["id"]),
            "fullName": name,
        }
        named = {"id": name, "name": name, "type": "GitHub", "url": f"https://github.com/{name}.git"}
    else:
        repository = project.repositories.find(name)
        if repository is None:
            raise StateChangedError(f"{desired.key}: repository {name} no longer exists")
        named = {"id": str(repository["id"]), "name": str(repository["name"]), "type": "TfsGit"}
    return {**named, "defaultBranch": branch, "properties": properties}


def _connection_name(project: Project, repository: Raw) -> str | None:
    identifier = (repository.get("properties") or {}).get("connectedServiceId")
    return project.connection_name(str(identifier)) if identifier else None
