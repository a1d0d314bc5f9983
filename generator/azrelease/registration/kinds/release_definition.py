"""Classic release definitions, for teams that are not on YAML yet."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from azrelease.registration import resources
from azrelease.registration.kinds.variable_values import secret_value
from azrelease.registration.project import Project, join_folder
from azrelease.registration.things import Found, Other, Thing, Value

Raw = Mapping[str, Any]

_WRITTEN_ONLY = ("revision", "properties", "source", "isDeleted", "pipelineProcess", "deployStep", "processParameters")
"""Keys that the service sets, or does not give back; also ids that are numbers."""


_NAMES_OF_PEOPLE = ("displayName", "uniqueName")


def comparable(definition: Raw) -> dict[str, Value]:
    """The fields of a definition that are compared."""
    found: dict[str, Value] = _without(definition)
    return found


def prefetch(project: Project, things: Sequence[Thing]) -> None:
    """Read those that are there in full."""
    project.connection.each(lambda thing: find(project, thing), list(things))


def find(project: Project, thing: Thing) -> Found | None:
    """The definition of that name in that folder."""
    listed = project.release_definitions.find(thing.key.name)
    if listed is None:
        return None
    raw = project.release_definition(str(listed["id"]))
    return Found(raw, str(raw["id"]), raw)


def refresh(project: Project, thing: Thing) -> None:
    """Read the list and the definition again."""
    project.release_definitions.forget()
    listed = project.release_definitions.find(thing.key.name)
    if listed is not None:
        project.release_definition(str(listed["id"]), fresh=True)


def others(project: Project, things: Sequence[Thing], releases: Sequence[str]) -> Iterable[Other]:
    """None: a definition has nothing beside what it says."""
    return ()


def create(project: Project, thing: Thing) -> None:
    """Make the definition.

    Raises:
        UserError: the environment does not hold the value of a secret.
    """
    body = _with_secrets(thing.body or thing.fields, {})
    _keep(project, project.connection.send("POST", resources.RELEASE_DEFINITIONS, project.route, body))


def update(project: Project, thing: Thing, found: Found) -> None:
    """Change the definition; what the release does not say stays as it is.

    Raises:
        UserError: the environment does not hold the value of a secret.
    """
    merged = {**_merged(thing.fields, found.raw), "id": int(found.id), "revision": found.raw.get("revision")}
    body = _with_secrets(merged, found.raw)
    _keep(project, project.connection.send("PUT", resources.RELEASE_DEFINITIONS, project.route, body))


def delete(project: Project, other: Other) -> None:
    """A definition is never removed, since its releases would go with it."""


def state(project: Project, other: Other, *, fresh: bool) -> str | None:
    """A definition is never removed."""


def missing_secrets(thing: Thing, there: Raw) -> Iterator[str]:
    """Names of the secrets of a definition that the service does not have yet."""
    scopes = [(thing.fields.get("variables"), there)]
    scopes += [
        (stage.get("variables"), _counterpart(stage, 0, there.get("environments") or ()))
        for stage in thing.fields.get("environments") or ()
    ]
    for variables, known in scopes:
        yield from (name for name in variables or {} if _is_needed(name, variables or {}, known or {}))


def _keep(project: Project, made: Raw) -> None:
    project.release_definitions.put(made)
    project.release_definition(str(made["id"]), fresh=True)


def _without(value: Value) -> Value:
    if isinstance(value, Mapping):
        # Who an id means is said by the service in its own words.
        left_out = (*_WRITTEN_ONLY, *(_NAMES_OF_PEOPLE if isinstance(value.get("id"), str) else ()))
        return {
            key: _without(item)
            for key, item in value.items()
            if key not in left_out and not (key == "id" and isinstance(item, int))
        }
    return [_without(item) for item in value] if isinstance(value, list | tuple) else value


def _merged(wanted: Value, there: Value) -> Value:
    """What is wanted, put into what is there, with the ids of its parts."""
    if isinstance(wanted, Mapping) and isinstance(there, Mapping):
        if isinstance(wanted.get("id"), str) and wanted["id"] != there.get("id"):
            return wanted
        return {**there, **{key: _merged(value, there.get(key)) for key, value in wanted.items()}}
    if isinstance(wanted, list | tuple) and isinstance(there, list | tuple):
        return [_merged(item, _counterpart(item, number, there)) for number, item in enumerate(wanted)]
    return wanted


def _counterpart(item: Value, number: int, there: Sequence[Value]) -> Value:
    name = _name(item)
    if name:
        return next((other for other in there if _name(other) == name), None)
    return there[number] if number < len(there) else None


def _name(item: Value) -> str:
    return str(item.get("name") or item.get("alias") or "") if isinstance(item, Mapping) else ""


def _with_secrets(definition: Value, there: Raw) -> dict[str, Any]:
    """A definition with the values of those secrets that the service does not have yet."""
    environments = [
        {**stage, "variables": _values(stage.get("variables"), _counterpart(stage, 0, there.get("environments") or ()))}
        for stage in definition.get("environments") or ()
    ]
    return {**definition, "variables": _values(definition.get("variables"), there), "environments": environments}


def _values(variables: Raw | None, there: Raw | None) -> dict[str, Any]:
    return {
        name: {**value, "value": secret_value(name)} if _is_needed(name, variables or {}, there or {}) else value
        for name, value in (variables or {}).items()
    }


def _is_needed(name: str, variables: Raw, there: Raw) -> bool:
    known = (there.get("variables") or {}).get(name) or {}
    return bool(variables[name].get("isSecret")) and not known.get("isSecret")


def path_of(raw: Raw) -> str:
    r"""A definition with its folder: `\team\churn`."""
    return join_folder(str(raw.get("path") or ""), str(raw.get("name") or ""))
