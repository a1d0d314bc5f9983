"""Classic release definitions, for releases that do not run as a pipeline."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from azrelease.ownership import owning_release, tagged, untagged
from azrelease.registration import rest_api
from azrelease.registration.kinds.base import ResourceHandler
from azrelease.registration.kinds.variable_holder import is_managed_for, not_managed
from azrelease.registration.kinds.variable_values import PLAIN, SECRET, is_secret, secret_value
from azrelease.registration.project import Project, Raw
from azrelease.registration.resource import (
    ActualResource,
    DesiredResource,
    Prerequisite,
    ResourceKind,
    UnmanagedVariable,
    Value,
    VariableKey,
    counterpart,
)

DESCRIPTION, VARIABLES, PATH, STAGES = "description", "variables", "path", "environments"
_TASK, _TASK_VARIABLES = "taskId", "environment"
_WRITTEN_ONLY = ("revision", "properties", "source", "isDeleted", "pipelineProcess", "deployStep", "processParameters")
"""Keys that the service sets, or does not return; so are ids that are numbers."""

_NAMES_OF_USERS = ("displayName", "uniqueName")
_OWN_PROPERTIES = "azrelease."
"""Prefix of the properties that an export writes."""


class ReleaseDefinitionHandler(ResourceHandler):
    """Handles release definitions. They are never removed, since their releases would go with them."""

    kind = ResourceKind.RELEASE_DEFINITION
    is_classic = True

    def prefetch(self, project: Project, desired: Sequence[DesiredResource]) -> None:
        """Read the existing ones in full."""
        project.connection.each(lambda each: self.find(project, each), list(desired))

    def find(self, project: Project, desired: DesiredResource) -> ActualResource | None:
        """The definition of that name in that folder; else the managed one of that name in another folder."""
        listed = _listed(project, desired)
        if listed is None:
            return None
        raw = project.release_definition(str(listed["id"]))
        fields = _matched(comparable(raw), desired.fields)
        desired_stages = desired.fields.get(STAGES) or ()
        stages = fields.get(STAGES) or ()
        fields[STAGES] = [
            _matched(stage, counterpart(stages, number, desired_stages) or {}) for number, stage in enumerate(stages)
        ]
        if str(fields.get(PATH)).lower() == str(desired.fields.get(PATH)).lower():
            fields[PATH] = desired.fields.get(PATH)
        managed = is_managed_for(raw, desired)
        unmanaged_fields = frozenset() if managed or desired.adopt else frozenset((DESCRIPTION,))
        return ActualResource(fields, str(raw["id"]), raw, unmanaged_fields, managed)

    def refresh(self, project: Project, desired: DesiredResource) -> None:
        """Read the list and the definition again."""
        project.release_definitions.forget()
        listed = _listed(project, desired)
        if listed is not None:
            project.release_definition(str(listed["id"]), fresh=True)

    def unmanaged(
        self,
        project: Project,
        desired: Sequence[DesiredResource],
        releases: Sequence[str],  # noqa: ARG002  (none of these variables is removable)
    ) -> Iterable[UnmanagedVariable]:
        """Variables that no release asks for. The service does not say who created them, so that they stay."""
        for each in desired:
            actual = self.find(project, each)
            if actual is None:
                continue
            where = f"{self.kind} {each.key.name}"
            stages = actual.fields.get(STAGES) or ()
            scopes = [(where, each.fields, actual.fields)]
            scopes += [
                (
                    f"{where}, stage {stage.get('name')}",
                    counterpart(stages, number, each.fields.get(STAGES) or ()) or {},
                    stage,
                )
                for number, stage in enumerate(stages)
            ]
            for place, desired_scope, actual_scope in scopes:
                for name in actual_scope.get(VARIABLES) or {}:
                    if name not in (desired_scope.get(VARIABLES) or {}):
                        yield UnmanagedVariable(VariableKey(name, place), removable=False)

    def obstacle(self, desired: DesiredResource, actual: ActualResource) -> Prerequisite | None:
        """A definition that azrelease does not manage, and that differs."""
        return not_managed(desired, actual)

    def needed_secrets(self, desired: DesiredResource, actual: ActualResource | None) -> Iterator[str]:
        """Names of the secrets, also of stages, that the service does not have yet."""
        for stated, known in _scopes(desired.fields, actual.raw if actual else {}):
            names = _spellings(known.get(VARIABLES))
            for name, value in (stated.get(VARIABLES) or {}).items():
                if is_secret(value) and not _is_secret(known.get(VARIABLES), names.get(name.lower(), name)):
                    yield name

    def create(self, project: Project, desired: DesiredResource) -> None:
        """Create the definition.

        Raises:
            UserError: the environment does not hold the value of a secret.
        """
        body = _body(desired, {})
        _keep(project, project.connection.send("POST", rest_api.RELEASE_DEFINITIONS, project.route, body))

    def update(self, project: Project, desired: DesiredResource, actual: ActualResource) -> None:
        """Change the definition; what the release does not state stays as it is.

        Raises:
            UserError: the environment does not hold the value of a secret.
        """
        body = {**_body(desired, actual.raw), "id": int(actual.id), "revision": actual.raw.get("revision")}
        if DESCRIPTION in actual.unmanaged_fields:
            body[DESCRIPTION] = actual.raw.get(DESCRIPTION)
        _keep(project, project.connection.send("PUT", rest_api.RELEASE_DEFINITIONS, project.route, body))


def comparable(definition: Raw) -> dict[str, Value]:
    """The fields of a definition that are compared: keys that are written only are left out, secrets are hidden."""
    fields: dict[str, Value] = _comparable(definition)
    return {**fields, DESCRIPTION: untagged(definition.get(DESCRIPTION))}


def _listed(project: Project, desired: DesiredResource) -> Raw | None:
    listed = project.release_definitions.find(desired.key.name)
    name = desired.key.name.rpartition("\\")[2].lower()
    moved = (
        raw
        for raw in project.release_definitions.items()
        if str(raw.get("name")).lower() == name and is_managed_for(raw, desired)
    )
    return listed or next(moved, None)


def _keep(project: Project, raw: Raw) -> None:
    project.release_definitions.put(raw)
    project.release_definition(str(raw["id"]), fresh=True)


def _scopes(desired: Raw, actual: Raw) -> Iterator[tuple[Raw, Raw]]:
    """The definition and its stages, as desired and as the service has them."""
    yield desired, actual
    stages = desired.get(STAGES) or ()
    for number, stage in enumerate(stages):
        yield stage, counterpart(stages, number, actual.get(STAGES) or ()) or {}


def _comparable(value: Value) -> Value:
    if isinstance(value, list | tuple):
        return [_comparable(item) for item in value]
    if not isinstance(value, Mapping):
        return value
    # An id identifies a user; the service chooses the names beside it.
    left_out = (*_WRITTEN_ONLY, *(_NAMES_OF_USERS if isinstance(value.get("id"), str) else ()))
    fields = {
        key: _comparable(item)
        for key, item in value.items()
        if key not in left_out and not (key == "id" and isinstance(item, int))
    }
    if isinstance(value.get(VARIABLES), Mapping):
        fields[VARIABLES] = {name: _comparable_variable(item) for name, item in value[VARIABLES].items()}
    if _TASK in value:
        fields[_TASK_VARIABLES] = sorted(f"{name}={text}" for name, text in (value.get(_TASK_VARIABLES) or {}).items())
    return fields


def _comparable_variable(raw: Raw) -> Value:
    if raw.get("isSecret"):
        return SECRET
    return {"value": str(raw.get("value") or ""), "settable": bool(raw.get("allowOverride"))}


def _matched(actual: Mapping[str, Value], desired: Mapping[str, Value]) -> dict[str, Value]:
    """Fields with variables under the desired names; the plain text of one that is to become secret is hidden."""
    stated = desired.get(VARIABLES) or {}
    names = _spellings(stated)
    variables = {names.get(name.lower(), name): value for name, value in (actual.get(VARIABLES) or {}).items()}
    hidden = {
        name: PLAIN if is_secret(stated.get(name)) and not is_secret(value) else value
        for name, value in variables.items()
    }
    return {**actual, VARIABLES: hidden} if VARIABLES in actual else dict(actual)


def _spellings(variables: Raw | None) -> dict[str, str]:
    return {name.lower(): name for name in variables or {}}


def _is_secret(variables: Raw | None, name: str) -> bool:
    return bool(((variables or {}).get(name) or {}).get("isSecret"))


def _body(desired: DesiredResource, actual: Raw) -> dict[str, Any]:
    """The desired definition, merged into the actual one."""
    stated: Raw = desired.body or {}
    body: dict[str, Any] = _merged(_without_numbers(stated), actual) if actual else dict(stated)
    owner = owning_release(actual.get(DESCRIPTION)) if is_managed_for(actual, desired) else None
    body[DESCRIPTION] = tagged(str(stated.get(DESCRIPTION) or ""), owner or desired.releases[0])
    properties = actual.get("properties") or {}
    kept = {key: value for key, value in properties.items() if not key.startswith(_OWN_PROPERTIES)}
    body["properties"] = {**kept, **(stated.get("properties") or {})}
    scopes = list(_scopes(stated, actual))
    body[VARIABLES] = _variables(*scopes[0])
    body[STAGES] = [
        {**stage, VARIABLES: _variables(*scope)} for stage, scope in zip(body[STAGES], scopes[1:], strict=True)
    ]
    return body


def _variables(desired: Raw, actual: Raw) -> dict[str, Any]:
    """Variables to send: those that the release does not state stay, and existing secrets keep their values."""
    known: Raw = actual.get(VARIABLES) or {}
    names = _spellings(known)
    variables = dict(known)
    for name, value in (desired.get(VARIABLES) or {}).items():
        spelling = names.get(name.lower(), name)
        if value.get("isSecret"):
            text = None if _is_secret(known, spelling) else secret_value(name)
            variables[spelling] = {**value, "value": text}
        else:
            variables[spelling] = {"isSecret": False, **value}
    return variables


def _without_numbers(value: Value) -> Value:
    """A value without the numeric ids of its parts: existing parts keep theirs."""
    if isinstance(value, Mapping):
        return {
            key: _without_numbers(item)
            for key, item in value.items()
            if key not in ("revision", "source", "isDeleted") and not (key == "id" and isinstance(item, int))
        }
    return [_without_numbers(item) for item in value] if isinstance(value, list | tuple) else value


def _merged(desired: Value, actual: Value) -> Value:
    """The desired value, merged into the actual one, whose parts keep their ids."""
    if isinstance(desired, Mapping) and isinstance(actual, Mapping):
        if isinstance(desired.get("id"), str) and desired["id"] != actual.get("id"):
            return desired
        merged = {**actual, **{key: _merged(value, actual.get(key)) for key, value in desired.items()}}
        # Another task brings its own settings; the variables of a task are those of the release.
        if _TASK in desired:
            inputs = merged["inputs"] if desired[_TASK] == actual.get(_TASK) else desired.get("inputs")
            return {**merged, "inputs": inputs or {}, _TASK_VARIABLES: desired.get(_TASK_VARIABLES) or {}}
        return merged
    if isinstance(desired, list | tuple) and isinstance(actual, list | tuple):
        return [_merged(item, counterpart(desired, number, actual)) for number, item in enumerate(desired)]
    return desired
