"""Classic release definitions, for teams that are not on YAML yet."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from azrelease.ownership import is_managed, owning_release, tagged, untagged
from azrelease.registration import rest_api
from azrelease.registration.kinds.variable_values import PLAIN, SECRET, is_secret, secret_value
from azrelease.registration.project import Project
from azrelease.registration.resource import (
    ActualResource,
    DesiredResource,
    ResourceKey,
    ResourceKind,
    UnmanagedResource,
    Value,
    counterpart,
)

Raw = Mapping[str, Any]

DESCRIPTION, VARIABLES, PATH, STAGES = "description", "variables", "path", "environments"
_TASK, _TASK_VARIABLES = "taskId", "environment"
_WRITTEN_ONLY = ("revision", "properties", "source", "isDeleted", "pipelineProcess", "deployStep", "processParameters")
"""Keys that the service sets, or does not give back; also ids that are numbers."""

_NAMES_OF_PEOPLE = ("displayName", "uniqueName")
_OURS = "azrelease."
"""What the properties begin with that an export writes."""


def comparable(definition: Raw) -> dict[str, Value]:
    """The fields of a definition that are compared: what is written only is left out, secrets are told as secrets."""
    found: dict[str, Value] = _told(definition)
    return {**found, DESCRIPTION: untagged(definition.get(DESCRIPTION))}


def prefetch(project: Project, things: Sequence[DesiredResource]) -> None:
    """Read those that are there in full."""
    project.connection.each(lambda thing: find(project, thing), list(things))


def find(project: Project, thing: DesiredResource) -> ActualResource | None:
    """The definition of that name in that folder; else ours of that name, in the folder before."""
    listed = _listed(project, thing)
    if listed is None:
        return None
    raw = project.release_definition(str(listed["id"]))
    fields = _matched(comparable(raw), thing.fields)
    stages = thing.fields.get(STAGES) or ()
    there = fields.get(STAGES) or ()
    fields[STAGES] = [_matched(stage, counterpart(there, number, stages) or {}) for number, stage in enumerate(there)]
    if str(fields.get(PATH)).lower() == str(thing.fields.get(PATH)).lower():
        fields[PATH] = thing.fields.get(PATH)
    ours = is_managed(raw.get(DESCRIPTION), thing.releases)
    return ActualResource(
        fields, str(raw["id"]), raw, frozenset() if ours or thing.adopt else frozenset((DESCRIPTION,)), ours
    )


def refresh(project: Project, thing: DesiredResource) -> None:
    """Read the list and the definition again."""
    project.release_definitions.forget()
    listed = _listed(project, thing)
    if listed is not None:
        project.release_definition(str(listed["id"]), fresh=True)


def others(project: Project, things: Sequence[DesiredResource], releases: Sequence[str]) -> Iterable[UnmanagedResource]:
    """Variables of these definitions that no release asks for. Nothing tells who made them, so that they stay."""
    for thing in things:
        found = find(project, thing)
        if found is None:
            continue
        where = f"{ResourceKind.RELEASE_DEFINITION} {thing.key.name}"
        wanted = thing.fields.get(STAGES) or ()
        stages = found.fields.get(STAGES) or ()
        scopes = [(where, thing.fields, found.fields)]
        scopes += [
            (f"{where}, stage {stage.get('name')}", counterpart(stages, number, wanted) or {}, stage)
            for number, stage in enumerate(stages)
        ]
        for place, asked, there in scopes:
            for name in there.get(VARIABLES) or {}:
                if name not in (asked.get(VARIABLES) or {}):
                    yield UnmanagedResource(ResourceKey(ResourceKind.VARIABLE, name, place), found.id, ours=False)


def create(project: Project, thing: DesiredResource) -> None:
    """Make the definition.

    Raises:
        UserError: the environment does not hold the value of a secret.
    """
    _keep(project, project.connection.send("POST", rest_api.RELEASE_DEFINITIONS, project.route, _body(thing, {})))


def update(project: Project, thing: DesiredResource, found: ActualResource) -> None:
    """Change the definition; what the release does not say stays as it is.

    Raises:
        UserError: the environment does not hold the value of a secret.
    """
    body = {**_body(thing, found.raw), "id": int(found.id), "revision": found.raw.get("revision")}
    if DESCRIPTION in found.leave:
        body[DESCRIPTION] = found.raw.get(DESCRIPTION)
    _keep(project, project.connection.send("PUT", rest_api.RELEASE_DEFINITIONS, project.route, body))


def delete(project: Project, other: UnmanagedResource) -> None:
    """A definition is never removed, since its releases would go with it."""


def state(project: Project, other: UnmanagedResource, *, fresh: bool) -> str | None:
    """A definition is never removed."""


def missing_secrets(thing: DesiredResource, there: Raw) -> Iterator[str]:
    """Names of the secrets of a definition that the service does not have yet."""
    for wanted, known in _scopes(thing.fields, there):
        names = _spellings(known.get(VARIABLES))
        for name, value in (wanted.get(VARIABLES) or {}).items():
            if is_secret(value) and not _is_secret(known.get(VARIABLES), names.get(name.lower(), name)):
                yield name


def _listed(project: Project, thing: DesiredResource) -> Raw | None:
    found = project.release_definitions.find(thing.key.name)
    name = thing.key.name.rpartition("\\")[2].lower()
    return found or next(
        (
            raw
            for raw in project.release_definitions.items()
            if str(raw.get("name")).lower() == name and is_managed(raw.get(DESCRIPTION), thing.releases)
        ),
        None,
    )


def _keep(project: Project, made: Raw) -> None:
    project.release_definitions.put(made)
    project.release_definition(str(made["id"]), fresh=True)


def _scopes(wanted: Raw, there: Raw) -> Iterator[tuple[Raw, Raw]]:
    """The definition and its stages, each with what the service has of it."""
    yield wanted, there
    stages = wanted.get(STAGES) or ()
    for number, stage in enumerate(stages):
        yield stage, counterpart(stages, number, there.get(STAGES) or ()) or {}


def _told(value: Value) -> Value:
    if isinstance(value, list | tuple):
        return [_told(item) for item in value]
    if not isinstance(value, Mapping):
        return value
    # Who an id means is said by the service in its own words.
    left_out = (*_WRITTEN_ONLY, *(_NAMES_OF_PEOPLE if isinstance(value.get("id"), str) else ()))
    told = {
        key: _told(item)
        for key, item in value.items()
        if key not in left_out and not (key == "id" and isinstance(item, int))
    }
    if isinstance(value.get(VARIABLES), Mapping):
        told[VARIABLES] = {name: _told_variable(item) for name, item in value[VARIABLES].items()}
    if _TASK in value:
        told[_TASK_VARIABLES] = sorted(f"{name}={text}" for name, text in (value.get(_TASK_VARIABLES) or {}).items())
    return told


def _told_variable(raw: Raw) -> Value:
    if raw.get("isSecret"):
        return SECRET
    return {"value": str(raw.get("value") or ""), "settable": bool(raw.get("allowOverride"))}


def _matched(there: Mapping[str, Value], wanted: Mapping[str, Value]) -> dict[str, Value]:
    """Fields with variables under the names that are wanted; a text that is to be secret is not told."""
    asked = wanted.get(VARIABLES) or {}
    names = _spellings(asked)
    variables = {names.get(name.lower(), name): value for name, value in (there.get(VARIABLES) or {}).items()}
    hidden = {
        name: PLAIN if is_secret(asked.get(name)) and not is_secret(value) else value
        for name, value in variables.items()
    }
    return {**there, VARIABLES: hidden} if VARIABLES in there else dict(there)


def _spellings(variables: Raw | None) -> dict[str, str]:
    return {name.lower(): name for name in variables or {}}


def _is_secret(variables: Raw | None, name: str) -> bool:
    return bool(((variables or {}).get(name) or {}).get("isSecret"))


def _body(thing: DesiredResource, there: Raw) -> dict[str, Any]:
    """What is sent: what is wanted, put into what is there."""
    wanted: Raw = thing.body or {}
    body: dict[str, Any] = _merged(_without_numbers(wanted), there) if there else dict(wanted)
    owner = owning_release(there.get(DESCRIPTION)) if is_managed(there.get(DESCRIPTION), thing.releases) else None
    body[DESCRIPTION] = tagged(str(wanted.get(DESCRIPTION) or ""), owner or thing.releases[0])
    others = {key: value for key, value in (there.get("properties") or {}).items() if not key.startswith(_OURS)}
    body["properties"] = {**others, **(wanted.get("properties") or {})}
    scopes = list(_scopes(wanted, there))
    body[VARIABLES] = _variables(*scopes[0])
    body[STAGES] = [
        {**made, VARIABLES: _variables(*scope)} for made, scope in zip(body[STAGES], scopes[1:], strict=True)
    ]
    return body


def _variables(wanted: Raw, there: Raw) -> dict[str, Any]:
    """Variables as they are sent: those that nobody asks for stay, and secrets that are there keep their value."""
    known: Raw = there.get(VARIABLES) or {}
    names = _spellings(known)
    found = dict(known)
    for name, value in (wanted.get(VARIABLES) or {}).items():
        spelling = names.get(name.lower(), name)
        if value.get("isSecret"):
            text = None if _is_secret(known, spelling) else secret_value(name)
            found[spelling] = {**value, "value": text}
        else:
            found[spelling] = {"isSecret": False, **value}
    return found


def _without_numbers(value: Value) -> Value:
    """A value without the ids of its parts: those that are there keep theirs."""
    if isinstance(value, Mapping):
        return {
            key: _without_numbers(item)
            for key, item in value.items()
            if key not in ("revision", "source", "isDeleted") and not (key == "id" and isinstance(item, int))
        }
    return [_without_numbers(item) for item in value] if isinstance(value, list | tuple) else value


def _merged(wanted: Value, there: Value) -> Value:
    """What is wanted, put into what is there, with the ids of its parts."""
    if isinstance(wanted, Mapping) and isinstance(there, Mapping):
        if isinstance(wanted.get("id"), str) and wanted["id"] != there.get("id"):
            return wanted
        merged = {**there, **{key: _merged(value, there.get(key)) for key, value in wanted.items()}}
        # Another task in the place of one brings its own settings; a variable of a task is one of the release.
        if _TASK in wanted:
            inputs = merged["inputs"] if wanted[_TASK] == there.get(_TASK) else wanted.get("inputs")
            return {**merged, "inputs": inputs or {}, _TASK_VARIABLES: wanted.get(_TASK_VARIABLES) or {}}
        return merged
    if isinstance(wanted, list | tuple) and isinstance(there, list | tuple):
        return [_merged(item, counterpart(wanted, number, there)) for number, item in enumerate(wanted)]
    return wanted
