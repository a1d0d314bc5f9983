"""Build validation: the policy of a branch that a pipeline has to succeed before a pull request is completed."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from azrelease.ownership import is_managed, tagged, untagged
from azrelease.registration import rest_api
from azrelease.registration.failures import MovedOnError
from azrelease.registration.kinds.digests import digest
from azrelease.registration.project import Project, pipeline_path
from azrelease.registration.resource import (
    TWICE,
    ActualResource,
    DesiredResource,
    ResourceKey,
    ResourceKind,
    UnmanagedResource,
    Value,
    differences,
    must_be_as_wanted,
)

Raw = Mapping[str, Any]

_TYPE = "0609b952-1397-4640-95ec-e00a01b2c241"
_NEVER = 0
"""Minutes: a result holds until the source moves on."""

REPOSITORY, BRANCH, PIPELINE = "repository", "branch", "pipeline"
BLOCKING, PATHS, VALID_FOR, ENABLED, MANUAL = "blocking", "paths", "valid_for", "enabled", "started by hand"


def prefetch(project: Project, things: Sequence[DesiredResource]) -> None:
    """Nothing: there is one list of all policies."""


def find(project: Project, thing: DesiredResource) -> ActualResource | None:
    """The policy that was made here; else one that asks for the same."""
    there = sorted((raw for raw in project.policies.items() if _is_validation(raw)), key=lambda raw: int(raw["id"]))
    for raw in there:
        if _is_ours(raw, thing.releases):
            return ActualResource(_fields(project, raw, thing), str(raw["id"]), raw)
    for raw in there:
        if not any(differences(thing.fields, _fields(project, raw, thing))):
            return ActualResource(thing.fields, str(raw["id"]), raw)
    return None


def refresh(project: Project, thing: DesiredResource) -> None:
    """Read the list again."""
    project.policies.forget()


def others(project: Project, things: Sequence[DesiredResource], releases: Sequence[str]) -> Iterable[UnmanagedResource]:
    """Policies that were made for these releases, which no longer ask for them; also the second of two."""
    taken = {found.id for found in (find(project, thing) for thing in things) if found is not None}
    for raw in project.policies.items():
        if _is_validation(raw) and _is_ours(raw, releases) and str(raw["id"]) not in taken:
            same = any(not any(differences(thing.fields, _fields(project, raw, thing))) for thing in things)
            note = TWICE if same else ""
            name = untagged(raw["settings"].get("displayName"))
            yield UnmanagedResource(
                ResourceKey(ResourceKind.BUILD_VALIDATION, name), str(raw["id"]), ours=True, note=note
            )


def create(project: Project, thing: DesiredResource) -> None:
    """Make the policy, unless it is there by now; of two made at once, whoever has the later one removes it.

    Raises:
        MovedOnError: another one was made at the same time, or the pipeline or repository is gone.
    """
    project.policies.forget()
    found = find(project, thing)
    if found is not None:
        must_be_as_wanted(thing, found)
        return
    made = project.connection.send("POST", rest_api.POLICIES, project.route, _body(project, thing))
    project.policies.forget()
    same = [raw for raw in project.policies.items() if _is_validation(raw) and _is_ours(raw, thing.releases)]
    if any(int(raw["id"]) < int(made["id"]) for raw in same):
        route = {**project.route, "configurationId": str(made["id"])}
        project.connection.send("DELETE", rest_api.POLICIES, route)
        project.policies.forget()
        raise MovedOnError(f"{thing.key}: somebody else made one at the same time")


def update(project: Project, thing: DesiredResource, found: ActualResource) -> None:
    """Change the policy."""
    route = {**project.route, "configurationId": found.id}
    body = {**_body(project, thing), "id": int(found.id), "revision": found.raw.get("revision")}
    project.connection.send("PUT", rest_api.POLICIES, route, body)
    project.policies.forget()


def delete(project: Project, other: UnmanagedResource) -> None:
    """Remove the policy."""
    project.connection.send("DELETE", rest_api.POLICIES, {**project.route, "configurationId": other.id})
    project.policies.forget()


def state(project: Project, other: UnmanagedResource, *, fresh: bool) -> str | None:
    """What tells whether the policy is as it was."""
    if fresh:
        project.policies.forget()
    raw = project.policies.by_id(other.id)
    return None if raw is None else digest([raw.get(key) for key in ("settings", "isBlocking", "isEnabled")])


def _body(project: Project, thing: DesiredResource) -> dict[str, Any]:
    fields = thing.fields
    pipeline = project.pipeline(fields[PIPELINE])
    repository = project.repositories.find(fields[REPOSITORY])
    if pipeline is None or repository is None:
        raise MovedOnError(f"{thing.key}: its pipeline or repository is not there any more")
    valid: int | None = fields[VALID_FOR]
    return {
        "isEnabled": True,
        "isBlocking": fields[BLOCKING],
        "type": {"id": _TYPE},
        "settings": {
            "buildDefinitionId": int(pipeline["id"]),
            "displayName": tagged(thing.key.name, thing.releases[0]),
            "manualQueueOnly": False,
            "queueOnSourceUpdateOnly": valid is not None,
            "validDuration": _NEVER if valid is None else valid,
            "filenamePatterns": list(fields[PATHS]),
            "scope": [{"repositoryId": str(repository["id"]), **_scope(fields[BRANCH])}],
        },
    }


def _scope(branch: str) -> dict[str, str]:
    """A branch, or all that begin alike."""
    if branch.endswith("*"):
        return {"refName": f"refs/heads/{branch.removesuffix('*')}", "matchKind": "Prefix"}
    return {"refName": f"refs/heads/{branch}", "matchKind": "Exact"}


def _branch_of(scope: Raw) -> str:
    name = str(scope.get("refName") or "").removeprefix("refs/heads/")
    return f"{name}*" if str(scope.get("matchKind")).lower() == "prefix" else name


def _fields(project: Project, raw: Raw, thing: DesiredResource) -> dict[str, Value]:
    settings: Raw = raw.get("settings") or {}
    scopes: Sequence[Raw] = settings.get("scope") or ()
    found = {str(scope.get("repositoryId")) for scope in scopes}
    pipeline = project.pipeline(thing.fields[PIPELINE])
    repository = project.repositories.find(thing.fields[REPOSITORY])
    same_pipeline = pipeline is not None and str(pipeline["id"]) == str(settings.get("buildDefinitionId"))
    same_repository = repository is not None and found == {str(repository["id"])}
    return {
        MANUAL: bool(settings.get("manualQueueOnly")),
        ENABLED: bool(raw.get("isEnabled", True)),
        BLOCKING: bool(raw.get("isBlocking")),
        PIPELINE: thing.fields[PIPELINE] if same_pipeline else _pipeline_name(project, settings),
        REPOSITORY: thing.fields[REPOSITORY] if same_repository else _repository_names(project, found),
        BRANCH: ", ".join(map(_branch_of, scopes)),
        PATHS: list(settings.get("filenamePatterns") or ()),
        VALID_FOR: int(settings.get("validDuration") or 0) if settings.get("queueOnSourceUpdateOnly") else None,
    }


def _pipeline_name(project: Project, settings: Raw) -> str:
    identifier = str(settings.get("buildDefinitionId"))
    listed = project.pipelines.by_id(identifier)
    return pipeline_path(listed) if listed else f"pipeline {identifier}"


def _repository_names(project: Project, identifiers: Iterable[str]) -> str:
    listed = ((each, project.repositories.by_id(each)) for each in identifiers)
    return ", ".join(sorted(str(raw["name"]) if raw else identifier for identifier, raw in listed))


def _is_validation(raw: Raw) -> bool:
    return str((raw.get("type") or {}).get("id") or "").lower() == _TYPE and not raw.get("isDeleted")


def _is_ours(raw: Raw, releases: Iterable[str]) -> bool:
    return is_managed((raw.get("settings") or {}).get("displayName"), releases)
