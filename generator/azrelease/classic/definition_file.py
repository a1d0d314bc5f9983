"""Reads classic definitions from JSON, and names other kinds of files."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, NoReturn

from azrelease.errors import UserError

JsonObject = Mapping[str, Any]

_DEEPEST = 100
_EXPORT = "export the definition: Releases, …, Export"
_TOO_DEEP = f"the JSON is nested more than {_DEEPEST} levels deep; export the definition again"


class DefinitionError(UserError):
    """A file without a classic release definition. The message says what it contains, and what to do."""


def read_definitions(text: str, name: str) -> tuple[JsonObject, ...]:
    """The release definitions in a JSON text, without the list, response or other wrapper around them.

    Args:
        text: the text.
        name: the file, for messages.

    Raises:
        DefinitionError: the text is not JSON, or contains something else.
    """
    data = parsed(text, name)
    definitions = tuple(_unwrapped(data, name))
    for definition in definitions:
        mistake = _mistake(definition)
        if mistake is not None:
            raise DefinitionError(f"{name}: {mistake}")
    return definitions


def read_task_groups(text: str, name: str) -> tuple[JsonObject, ...]:
    """The task groups in a JSON text: one, a list of them, or a response of the service.

    Raises:
        DefinitionError: the text is not JSON, or contains something else.
    """
    data = parsed(text, name)
    items = data.get("value", [data]) if isinstance(data, dict) else data
    if not isinstance(items, list) or not all(isinstance(item, dict) and "tasks" in item for item in items):
        raise DefinitionError(f"{name}: expected a task group; export it in the portal: Task groups, …, Export")
    return tuple(items)


class ExportedFile(NamedTuple):
    """What a JSON file of a folder of exports contains.

    Attributes:
        definitions: its release definitions.
        task_groups: its task groups.
        mistake: why it has neither; empty where it has.
        is_broken: whether it was most likely meant to be a definition, and cannot be read as one.
    """

    definitions: tuple[JsonObject, ...] = ()
    task_groups: tuple[JsonObject, ...] = ()
    mistake: str = ""
    is_broken: bool = False


def read_exported_file(text: str, name: str) -> ExportedFile:
    """The release definitions or task groups in a JSON text, or what it contains in their place."""
    try:
        data = parsed(text, name)
    except DefinitionError as error:
        return ExportedFile(mistake=str(error), is_broken='"environments"' in text or '"deployPhases"' in text)
    items = data if isinstance(data, list) else data.get("value", [data]) if isinstance(data, dict) else []
    if isinstance(items, list) and items and all(map(_is_task_group, items)):
        return ExportedFile(task_groups=tuple(items))
    try:
        return ExportedFile(definitions=read_definitions(text, name))
    except DefinitionError as error:
        is_definition = isinstance(data, dict) and isinstance(data.get("environments"), list)
        is_release = is_definition and ("releaseDefinition" in data or "releaseDefinitionRevision" in data)
        return ExportedFile(mistake=str(error), is_broken=is_definition and not is_release)


def _is_task_group(data: object) -> bool:
    if not isinstance(data, dict) or not isinstance(data.get("tasks"), list) or "environments" in data:
        return False
    return "instanceNameFormat" in data or (
        bool(data["tasks"])
        and all(isinstance(task, dict) and isinstance(task.get("task"), dict) for task in data["tasks"])
    )


def parsed(text: str, name: str) -> Any:  # noqa: ANN401  (any JSON)
    """The data of a JSON text.

    Raises:
        DefinitionError: the text is not JSON; the message says where.
    """
    try:
        data = json.loads(text.removeprefix("\ufeff"), parse_constant=_no_constant)
    except RecursionError:
        raise DefinitionError(f"{name}: {_TOO_DEEP}") from None
    except json.JSONDecodeError as error:
        raise DefinitionError(_bad_json(text.removeprefix("\ufeff"), name, error)) from None
    except ValueError as error:
        raise DefinitionError(f"{name}: is not JSON: {error}") from None
    try:
        json.dumps(data, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise DefinitionError(f"{name}: a text contains an unpaired surrogate; export the definition again") from None
    except RecursionError:
        raise DefinitionError(f"{name}: {_TOO_DEEP}") from None
    if _is_deep(data):
        raise DefinitionError(f"{name}: {_TOO_DEEP}")
    return data


def _is_deep(data: Any) -> bool:  # noqa: ANN401  (any JSON)
    """Whether data is nested deeper than any definition; readers of it are recursive."""
    level = [data]
    for _ in range(_DEEPEST):
        level = [
            inner
            for value in level
            if isinstance(value, dict | list)
            for inner in (value.values() if isinstance(value, dict) else value)
        ]
        if not level:
            return False
    return True


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"JSON has no {name}")


def _bad_json(text: str, name: str, error: json.JSONDecodeError) -> str:
    """Where and why the JSON is invalid; for an extra comma, the place of the comma, not of the next token."""
    before = text[: error.pos].rstrip()
    at = text[error.pos : error.pos + 1]
    if before.endswith(",") and at in ("}", "]", '"', ""):
        comma = len(before) - 1
        line, column = text.count("\n", 0, comma) + 1, comma - text.rfind("\n", 0, comma)
        if at != '"':
            return f"{name}:{line}:{column}: is not JSON: remove the extra comma"
    if not text.strip():
        return f"{name}: is empty"
    if before.endswith(",") and before[:-1].rstrip().endswith(("{", "[")):
        return f"{name}:{error.lineno}:{error.colno}: is not JSON: expected a value before the comma"
    if text.lstrip().startswith(("/", "#")):
        return f"{name}:{error.lineno}:{error.colno}: is not JSON: remove the comment"
    if text.lstrip()[:1] not in ("{", "["):
        return f"{name}:1:1: is not JSON: expected `{{`; export the definition in the portal, or with the REST API"
    return f"{name}:{error.lineno}:{error.colno}: is not JSON: {error.msg[0].lower()}{error.msg[1:]}"


def _unwrapped(data: Any, name: str) -> Iterator[JsonObject]:  # noqa: ANN401  (any JSON)
    if isinstance(data, list):
        for item in data:
            yield from _unwrapped(item, name)
        if not data:
            raise DefinitionError(f"{name}: expected a release definition, got an empty list")
    elif isinstance(data, dict):
        wrapped = None if "environments" in data else _wrapped(data)
        yield from (data,) if wrapped is None else _unwrapped(wrapped, name)
    else:
        raise DefinitionError(f"{name}: expected a release definition, got {_kind(data)}")


def _wrapped(data: JsonObject) -> Any:  # noqa: ANN401  (any JSON)
    """What a response of the service, or a recorded request or response, contains; None for anything else."""
    for key in ("value", "body", "definition", "resource", "responses", "200"):
        inner = data.get(key)
        if isinstance(inner, list) and inner and all(isinstance(item, dict) for item in inner):
            return inner
        if isinstance(inner, dict) and ("environments" in inner or _wrapped(inner) is not None):
            return inner
    return None


def _mistake(data: JsonObject) -> str | None:
    """What a mapping is in place of a definition, and what to do; None for a definition."""
    environments, template, title = data.get("environments"), data.get("environment"), f"(`{data.get('name', '')}`)"
    if environments is None and isinstance(template, dict) and _is_stage(template):
        message = f"this is an environment template {title}, not a release definition"
        return f"{message}; create a release pipeline from the template, and export it"
    if isinstance(environments, list) and ("releaseDefinition" in data or "releaseDefinitionRevision" in data):
        number = data["releaseDefinition"].get("id") if isinstance(data.get("releaseDefinition"), dict) else None
        which = f" of definition {number}" if number is not None else ""
        return f"this is a release{which}: one run of a definition, not the definition; {_EXPORT}"
    if _is_stage(data):
        return f"this is a single stage {title}, not a whole definition; {_EXPORT}"
    if isinstance(data.get("process"), dict) or "buildNumberFormat" in data or data.get("type") == "build":
        return "this is a build definition, not a release definition; convert it in the portal: Edit, …, Export to YAML"
    if "tasks" in data and "instanceNameFormat" in data:
        return "this is a task group; pass it with --task-groups beside a definition"
    if not isinstance(environments, list):
        return "expected a release definition, but the list `environments` is missing"
    if not environments:
        return "the definition has no stages; add one before the export"
    odd = next((index for index, item in enumerate(environments) if not isinstance(item, dict)), None)
    return None if odd is None else f"environments[{odd}]: expected a stage, got {_kind(environments[odd])}"


def _is_stage(data: JsonObject) -> bool:
    return "deployPhases" in data or ("preDeployApprovals" in data and "rank" in data)


def _kind(data: object) -> str:
    if data is None:
        return "null"
    if isinstance(data, bool):
        return "true or false"
    return "a number" if isinstance(data, int | float) else "a text" if isinstance(data, str) else "a mapping"
