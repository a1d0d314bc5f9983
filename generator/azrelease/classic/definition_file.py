"""Reading the JSON of classic definitions, and telling what else a file is."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from azrelease.errors import UserError

Json = Mapping[str, Any]

_DEEPEST = 100


class DefinitionError(UserError):
    """A file that holds no classic release definition. The message says what it holds, and what to do."""


def read_definitions(text: str, name: str) -> tuple[Json, ...]:
    """The release definitions of a JSON text, taken out of the list or wrapper they stand in.

    Args:
        text: the text.
        name: the file, for messages.

    Raises:
        DefinitionError: the text is no JSON, or holds something else.
    """
    data = parsed(text, name)
    found = tuple(_unwrapped(data, name))
    for definition in found:
        _refuse_others(definition, name)
    return found


def read_task_groups(text: str, name: str) -> tuple[Json, ...]:
    """The task groups of a JSON text: one, a list of them, or the answer of the service.

    Raises:
        DefinitionError: the text is no JSON, or holds something else.
    """
    data = parsed(text, name)
    items = data.get("value", [data]) if isinstance(data, dict) else data
    if not isinstance(items, list) or not all(isinstance(item, dict) and "tasks" in item for item in items):
        raise DefinitionError(f"{name}: is no task group; export it in the portal, Task groups, Export")
    return tuple(items)


def parsed(text: str, name: str) -> Any:  # noqa: ANN401  (any JSON)
    """The data of a JSON text.

    Raises:
        DefinitionError: the text is no JSON; the message says where.
    """
    try:
        data = json.loads(text.removeprefix("\ufeff"), parse_constant=_no_constant)
    except RecursionError:
        raise DefinitionError(f"{name}: is nested too deeply") from None
    except json.JSONDecodeError as error:
        raise DefinitionError(_bad_json(text.removeprefix("\ufeff"), name, error)) from None
    except ValueError as error:
        raise DefinitionError(f"{name}: is not JSON: {error}") from None
    try:
        json.dumps(data, ensure_ascii=False).encode()
    except (UnicodeEncodeError, RecursionError):
        raise DefinitionError(f"{name}: holds half of a character, or is nested too deeply") from None
    if _is_deep(data):
        raise DefinitionError(f"{name}: is nested too deeply")
    return data


def _is_deep(data: Any) -> bool:  # noqa: ANN401  (any JSON)
    """Whether data is nested deeper than any definition is; what reads it goes down with each level."""
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
    raise ValueError(f"{name} is no value of JSON")


def _bad_json(text: str, name: str, error: json.JSONDecodeError) -> str:
    """Where the JSON breaks; a comma too many is where it stands, not where the next token is."""
    before = text[: error.pos].rstrip()
    at = text[error.pos : error.pos + 1]
    if before.endswith(",") and at in ("}", "]", '"', ""):
        comma = len(before) - 1
        line, column = text.count("\n", 0, comma) + 1, comma - text.rfind("\n", 0, comma)
        if at != '"':
            return f"{name}:{line}:{column}: is not JSON: the comma is one too many; remove it"
    if not text.strip():
        return f"{name}: is empty"
    if before.endswith(",") and before[:-1].rstrip().endswith(("{", "[")):
        return f"{name}:{error.lineno}:{error.colno}: is not JSON: nothing stands before the comma"
    if text.lstrip().startswith(("/", "#")):
        return f"{name}:{error.lineno}:{error.colno}: is not JSON: JSON has no comments"
    if text.lstrip()[:1] not in ("{", "["):
        return (
            f"{name}:1:1: is not JSON: a definition begins with a curly bracket; export it in the portal, or over REST"
        )
    return f"{name}:{error.lineno}:{error.colno}: is not JSON: {error.msg[0].lower()}{error.msg[1:]}"


def _unwrapped(data: Any, name: str) -> Iterator[Json]:  # noqa: ANN401  (any JSON)
    if isinstance(data, list):
        for item in data:
            yield from _unwrapped(item, name)
        if not data:
            raise DefinitionError(f"{name}: holds an empty list; there is no definition in it")
    elif isinstance(data, dict):
        wrapped = None if "environments" in data else _wrapped(data)
        yield from (data,) if wrapped is None else _unwrapped(wrapped, name)
    else:
        raise DefinitionError(f"{name}: holds {_kind(data)}, not a release definition")


def _wrapped(data: Json) -> Any:  # noqa: ANN401  (any JSON)
    """What a wrapper is around: an answer of the service, a recorded request or answer; None where this is none."""
    for key in ("value", "body", "definition", "resource", "responses", "200"):
        inner = data.get(key)
        if isinstance(inner, list) and inner and all(isinstance(item, dict) for item in inner):
            return inner
        if isinstance(inner, dict) and ("environments" in inner or _wrapped(inner) is not None):
            return inner
    return None


def _refuse_others(data: Json, name: str) -> None:
    """Tell a definition from what looks like one."""
    environments = data.get("environments")
    template = data.get("environment")
    if environments is None and isinstance(template, dict) and _is_stage(template):
        message = f"{name}: is an environment template (`{data.get('name', '')}`), not a release definition"
        raise DefinitionError(f"{message}; create a release pipeline from the template, and export that")
    if isinstance(environments, list) and ("releaseDefinition" in data or "releaseDefinitionRevision" in data):
        number = data["releaseDefinition"].get("id") if isinstance(data.get("releaseDefinition"), dict) else None
        which = f" of definition {number}" if number is not None else ""
        message = f"{name}: is a release{which}, which is one run of a definition, not the definition itself"
        raise DefinitionError(f"{message}; export the definition: Releases, …, Export")
    if _is_stage(data):
        message = f"{name}: is a single stage (`{data.get('name', '')}`), not a whole definition"
        raise DefinitionError(f"{message}; export the definition: Releases, …, Export")
    if isinstance(data.get("process"), dict) or "buildNumberFormat" in data or data.get("type") == "build":
        message = f"{name}: is a build definition, not a release definition"
        raise DefinitionError(f"{message}; the portal itself exports builds: Edit, …, Export to YAML")
    if "tasks" in data and "instanceNameFormat" in data:
        raise DefinitionError(f"{name}: is a task group; give it with --task-groups beside a definition")
    if not isinstance(environments, list):
        raise DefinitionError(f"{name}: is no release definition: it has no `environments`")
    if not environments:
        raise DefinitionError(f"{name}: the definition has no stages; there is nothing to import")
    odd = next((index for index, item in enumerate(environments) if not isinstance(item, dict)), None)
    if odd is not None:
        raise DefinitionError(f"{name}: environments[{odd}] is {_kind(environments[odd])}, not a stage")


def _is_stage(data: Json) -> bool:
    """Whether a mapping is a stage of a definition."""
    return "deployPhases" in data or ("preDeployApprovals" in data and "rank" in data)


def _kind(data: object) -> str:
    if data is None:
        return "nothing"
    if isinstance(data, bool):
        return "true or false"
    return "a number" if isinstance(data, int | float) else "a text" if isinstance(data, str) else "a mapping"
