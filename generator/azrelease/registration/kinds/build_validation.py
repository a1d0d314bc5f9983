"""Build validation: the policy of a branch that a pipeline has to succeed before a pull request is completed."""

from collections.abc import Iterable, Sequence
from typing import Any

from azrelease.ownership import is_managed, tagged, untagged
from azrelease.registration import rest_api
from azrelease.registration.failures import StateChangedError
from azrelease.registration.kinds.base import ResourceHandler
from azrelease.registration.project import Listing, Project, Raw, pipeline_path
from azrelease.registration.resource import (
    DUPLICATE,
    ActualResource,
    DesiredResource,
    ResourceKey,
    ResourceKind,
    UnmanagedResource,
    Value,
    digest,
    must_be_as_desired,
)

_TYPE = "0609b952-1397-4640-95ec-e00a01b2c241"
_NEVER = 0
"""Minutes: a result stays valid until the source branch changes."""

REPOSITORY, BRANCH, PIPELINE = "repository", "branch", "pipeline"
BLOCKING, PATHS, VALID_FOR, ENABLED, MANUAL = "blocking", "paths", "valid_for", "enabled", "manual"


class BuildValidationHandler(ResourceHandler):
    """Handles policies of branches that run a pipeline for pull requests."""

    kind = ResourceKind.BUILD_VALIDATION
    has_unique_names = False

    def find(self, project: Project, desired: DesiredResource) -> ActualResource | None:
        """The policy that azrelease manages; else one that has the same fields."""
        policies = sorted(_validations(project), key=lambda raw: int(raw["id"]))
        for raw in policies:
            if _is_managed(raw, desired.releases):
                return ActualResource(_fields(project, raw, desired), str(raw["id"]), raw)
        for raw in policies:
            if desired.is_met_by(_fields(project, raw, desired)):
                return ActualResource(desired.fields, str(raw["id"]), raw)
        return None

    def listing(self, project: Project) -> Listing:
        """The policies of the project."""
        return project.policies

    def unmanaged(
        self, project: Project, desired: Sequence[DesiredResource], releases: Sequence[str]
    ) -> Iterable[UnmanagedResource]:
        """Policies that azrelease created and these releases no longer ask for; also duplicates."""
        used = {actual.id for actual in (self.find(project, each) for each in desired) if actual is not None}
        for raw in _validations(project):
            if _is_managed(raw, releases) and str(raw["id"]) not in used:
                same = any(each.is_met_by(_fields(project, raw, each)) for each in desired)
                key = ResourceKey(self.kind, untagged(raw["settings"].get("displayName")))
                yield UnmanagedResource(key, str(raw["id"]), removable=True, note=DUPLICATE if same else "")

    def create(self, project: Project, desired: DesiredResource) -> None:
        """Create the policy, unless it exists by now; of two that are created at once, the later one is deleted.

        Raises:
            StateChangedError: another one was created at the same time, or the pipeline or repository does not exist.
        """
        project.policies.forget()
        actual = self.find(project, desired)
        if actual is not None:
            must_be_as_desired(desired, actual)
            return
        created = project.connection.send("POST", rest_api.POLICIES, project.route, _body(project, desired))
        project.policies.forget()
        same = [raw for raw in _validations(project) if _is_managed(raw, desired.releases)]
        if any(int(raw["id"]) < int(created["id"]) for raw in same):
            self._delete(project, str(created["id"]))
            raise StateChangedError(f"{desired.key}: another one was created at the same time")

    def update(self, project: Project, desired: DesiredResource, actual: ActualResource) -> None:
        """Change the policy."""
        route = {**project.route, "configurationId": actual.id}
        body = {**_body(project, desired), "id": int(actual.id), "revision": actual.raw.get("revision")}
        project.connection.send("PUT", rest_api.POLICIES, route, body)
        project.policies.forget()

    def delete(self, project: Project, resource: UnmanagedResource) -> None:
        """Delete the policy."""
        self._delete(project, resource.id)

    def fingerprint(self, project: Project, resource: UnmanagedResource, *, fresh: bool) -> str | None:
        """Fingerprint of the settings."""
        if fresh:
            project.policies.forget()
        raw = project.policies.by_id(resource.id)
        return None if raw is None else digest([raw.get(key) for key in ("settings", "isBlocking", "isEnabled")])

    def _delete(self, project: Project, identifier: str) -> None:
        project.connection.send("DELETE", rest_api.POLICIES, {**project.route, "configurationId": identifier})
        project.policies.forget()


def _body(project: Project, desired: DesiredResource) -> dict[str, Any]:
    fields = desired.fields
    pipeline = project.pipeline(fields[PIPELINE])
    repository = project.repositories.find(fields[REPOSITORY])
    if pipeline is None or repository is None:
        raise StateChangedError(f"{desired.key}: its pipeline or repository no longer exists")
    valid: int | None = fields[VALID_FOR]
    return {
        "isEnabled": True,
        "isBlocking": fields[BLOCKING],
        "type": {"id": _TYPE},
        "settings": {
            "buildDefinitionId": int(pipeline["id"]),
            "displayName": tagged(desired.key.name, desired.releases[0]),
            "manualQueueOnly": False,
            "queueOnSourceUpdateOnly": valid is not None,
            "validDuration": _NEVER if valid is None else valid,
            "filenamePatterns": list(fields[PATHS]),
            "scope": [{"repositoryId": str(repository["id"]), **_scope(fields[BRANCH])}],
        },
    }


def _scope(branch: str) -> dict[str, str]:
    """A branch, or all branches with a prefix."""
    if branch.endswith("*"):
        return {"refName": f"refs/heads/{branch.removesuffix('*')}", "matchKind": "Prefix"}
    return {"refName": f"refs/heads/{branch}", "matchKind": "Exact"}


def _branch_of(scope: Raw) -> str:
    name = str(scope.get("refName") or "").removeprefix("refs/heads/")
    return f"{name}*" if str(scope.get("matchKind")).lower() == "prefix" else name


def _fields(project: Project, raw: Raw, desired: DesiredResource) -> dict[str, Value]:
    settings: Raw = raw.get("settings") or {}
    scopes: Sequence[Raw] = settings.get("scope") or ()
    repositories = {str(scope.get("repositoryId")) for scope in scopes}
    pipeline = project.pipeline(desired.fields[PIPELINE])
    repository = project.repositories.find(desired.fields[REPOSITORY])
    same_pipeline = pipeline is not None and str(pipeline["id"]) == str(settings.get("buildDefinitionId"))
    same_repository = repository is not None and repositories == {str(repository["id"])}
    return {
        MANUAL: bool(settings.get("manualQueueOnly")),
        ENABLED: bool(raw.get("isEnabled", True)),
        BLOCKING: bool(raw.get("isBlocking")),
        PIPELINE: desired.fields[PIPELINE] if same_pipeline else _pipeline_name(project, settings),
        REPOSITORY: desired.fields[REPOSITORY] if same_repository else _repository_names(project, repositories),
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


def _validations(project: Project) -> list[Raw]:
    return [
        raw
        for raw in project.policies.items()
        if str((raw.get("type") or {}).get("id") or "").lower() == _TYPE and not raw.get("isDeleted")
    ]


def _is_managed(raw: Raw, releases: Iterable[str]) -> bool:
    return is_managed((raw.get("settings") or {}).get("displayName"), releases)
