"""Each field of a release, given each wrong type: the message says what belongs there, and its example is right."""

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from azrelease.errors import InvalidFileError
from azrelease.release import Release, load_alone
from azrelease.release.examples import forms_of, parsed
from azrelease.release.tasks import TASKS, BaseTask, task_class
from azrelease.yaml_document import YamlDocument
from support.yaml_text import safe_load

Route = tuple[str | int, ...]

WRONG = {"text": "some text", "number": 7, "boolean": True, "list": [{"x": {}}], "mapping": {"x": {}}, "nothing": None}
TASK: dict[str, Any] = {"task": "Bash", "script": "x"}
TASK_NAMES = [*TASKS, "CopyFiles@2"]


def models_of(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from models_of(argument)


def least(model: type[BaseModel]) -> dict[str, Any]:
    """A mapping with the fields that the model needs, and with the one that tells it apart."""
    told_apart = {
        name: field.default
        for name, field in model.model_fields.items()
        if name == "type" and isinstance(field.default, str)
    }
    needed = {
        name: parsed(forms_of(model, name)[0]) for name, field in model.model_fields.items() if field.is_required()
    }
    return {**told_apart, **needed}


def places() -> Iterator[tuple[str, Route, dict[str, Any]]]:
    """Every field once: its label, its route, and a release in which its model is."""
    base = {
        "name": "demo",
        "artifact": {"pipeline": "training", "name": "drop"},
        "workspace": {"resource_group": "rg", "name": "ws", "service_connection": "azure"},
        "stages": [{"name": "first", "endpoint": "churn", "tasks": [TASK]}],
    }
    seen: set[tuple[str, str]] = set()
    waiting: list[tuple[type[BaseModel], Route, Any]] = [(Release, (), base)]
    for name in TASK_NAMES:
        found = task_class(name)
        assert found is not None
        task = {**least(found), "task": name}
        waiting.append((found, ("stages", 0, "tasks", 0), put(base, ("stages", 0, "tasks", 0), task)))
    while waiting:
        model, route, data = waiting.pop(0)
        for name, field in model.model_fields.items():
            owner = next(base.__name__ for base in reversed(model.__mro__) if name in getattr(base, "model_fields", {}))
            if (owner, name) in seen or (name == "task" and issubclass(model, BaseTask)):
                continue
            seen.add((owner, name))
            yield f"{owner}.{name}", (*route, name), data
            if "BaseTask" in str(field.annotation):
                continue
            for inner in models_of(field.annotation):
                below: Route = (*route, name)
                value: Any = least(inner)
                if "dict[" in str(field.annotation):
                    below, value = (*below, "key"), {"key": value}
                elif "tuple[" in str(field.annotation):
                    below, value = (*below, 0), [value]
                kept = name == "stages" and model is Release
                waiting.append((inner, below, data if kept else put(data, (*route, name), value)))


def put(data: Any, route: Route, value: Any) -> Any:
    """A copy of the data with another value at a route."""
    if not route:
        return value
    step, *rest = route
    if isinstance(data, list):
        return [put(item, tuple(rest), value) if index == step else item for index, item in enumerate(data)]
    return {**data, step: put(data.get(step, {}), tuple(rest), value)}


def messages(data: Any, route: Route) -> list[tuple[str, str | None]]:
    """What is said of the value at a route, or of its name."""
    document = YamlDocument.parse(json.dumps(data), "release.yml")
    try:
        load_alone(document)
    except InvalidFileError as error:
        at = (document.span(route), document.span((*route, "[key]")))
        return [(found.message, found.hint) for found in error.diagnostics if found.span in at]
    return []


@cache
def refusals(example: str, route: Route, data: str) -> list[str]:
    """What is wrong with the example of a hint where it is put in."""
    found = messages(put(json.loads(data), route, safe_load(example)), route)
    return [text for text, _ in found]


PLACES = list(places())


@pytest.mark.parametrize("kind", WRONG)
def test_a_wrong_type_is_answered_with_what_is_right(kind: str) -> None:
    assert len(PLACES) > 300
    bare, bad = [], []
    for label, route, data in PLACES:
        for message, hint in messages(put(data, route, WRONG[kind]), route):
            if "has to be" not in message and "is empty" not in message and "cannot be" not in message:
                continue
            if hint is None or not re.search(r"[`\"]|One of", hint):
                bare.append((label, message, hint))
                continue
            for shown in re.findall(rf"`{route[-1]}: ([^`]*)`", hint):
                again = messages(put(data, route, safe_load(shown)), route)
                bad += [(label, shown, text) for text, _ in again if "has to be" in text or "cannot be" in text]
    assert bare == []
    assert bad == []
