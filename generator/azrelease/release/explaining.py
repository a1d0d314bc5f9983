"""Errors of pydantic as diagnostics: at a place in the file, in the words of someone who reads YAML."""

from collections.abc import Iterator
from itertools import zip_longest
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, Union, get_args, get_origin

import yaml
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from azrelease.diagnostics import (
    INVALID_VALUE,
    MISSING_FIELD,
    UNKNOWN_FIELD,
    UNQUOTED_NUMBER,
    WRONG_TYPE,
    Code,
    Diagnostic,
)
from azrelease.release.release import Release
from azrelease.release.tasks import BaseTask, task_class
from azrelease.source import KEY, Document, YamlFloat, YamlInt, found_at
from azrelease.suggestions import suggestion

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

Route = tuple[str | int, ...]
Explained = tuple[Code, str, str | None]

THE_RELEASE = "the release"

_EXPECTED = {
    "string_type": "text",
    "bool_type": "true or false",
    "int_type": "a whole number",
    "tuple_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
}

_LIMITS = {"greater_than_equal": "more", "less_than_equal": "less"}


def diagnose(details: "ErrorDetails", document: Document) -> Diagnostic:
    """One error of a `ValidationError` about the content of a document."""
    route, kind = details["loc"], details["type"]
    if kind == "extra_forbidden":
        code, message, hint = _unknown_field(route, document.data)
        return found_at(document, (*_in_file(route, document.data), KEY), code, message, hint)
    # What is missing is reported where it is missed: at its parent.
    place = _in_file(route[:-1] if kind == "missing" else route, document.data)
    if kind == "union_tag_invalid":
        place = _in_file((*route, "type"), document.data)
    what = f"`{place[-1]}`" if place and isinstance(place[-1], str) else "this" if place else THE_RELEASE
    if kind == "missing":
        code, message, hint = _missing_field(route, what, document.data)
    else:
        code, message, hint = _explain(details, document.node(place), what)
    is_key = route and route[-1] == KEY
    return found_at(document, (*place, KEY) if is_key else place, code, message, hint)


def _explain(details: "ErrorDetails", node: yaml.Node, what: str) -> Explained:
    """An error about a value that is there."""
    kind, value, context = details["type"], details["input"], details.get("ctx", {})
    written = str(node.value) if isinstance(node, yaml.ScalarNode) else _kind_of(value)
    if kind == "release":
        return context["code"], context["message"], context["hint"]
    if kind == "string_type" and isinstance(value, YamlInt | YamlFloat):
        message = f"{what} is text, but {written} without quotes is a number"
        return UNQUOTED_NUMBER, message, f'Write "{written}", with quotes.'
    if kind in _EXPECTED:
        hint = f'Write "{written}", with quotes.' if kind == "string_type" and isinstance(value, bool) else None
        hint = "A release file begins with `name:`." if what == THE_RELEASE else hint
        return WRONG_TYPE, f"{what} has to be {_EXPECTED[kind]}, but here stands {_kind_of(value)}", hint
    if kind in ("literal_error", "union_tag_invalid"):
        options = [option.strip(" '") for option in _options(context).split(",")]
        hint = suggestion(written, options, f"One of: {', '.join(options)}.")
        return INVALID_VALUE, f"{what} cannot be `{written}`", hint
    if kind == "union_tag_not_found":
        return MISSING_FIELD, f"{what} needs the field `type`", None
    message = " is empty" if kind == "too_short" else f": {details['msg'][0].lower()}{details['msg'][1:]}"
    if kind in _LIMITS:
        least_or_most = context["ge" if "ge" in context else "le"]
        message = f" has to be {least_or_most} or {_LIMITS[kind]}, but is {written}"
    return INVALID_VALUE, f"{what}{message}", None


def _options(context: dict[str, Any]) -> str:
    """What pydantic says it expected, as a list with commas."""
    return str(context.get("expected", context.get("expected_tags", ""))).replace(" or ", ", ")


def _unknown_field(route: Route, data: Any) -> Explained:  # noqa: ANN401  (any YAML)
    model = _model_at(route[:-1], data)
    fields = list(model.model_fields) if model else []
    hint = suggestion(str(route[-1]), fields, f"One of: {', '.join(fields)}.")
    return UNKNOWN_FIELD, f"unknown field `{route[-1]}`", hint


def _missing_field(route: Route, what: str, data: Any) -> Explained:  # noqa: ANN401  (any YAML)
    field = field_at(route, data)
    return MISSING_FIELD, f"{what} needs the field `{route[-1]}`", field.description if field else None


def field_at(route: Route, data: Any) -> FieldInfo | None:  # noqa: ANN401  (any YAML)
    """The field of a model that reads the value at a route; None where there is no model, or no such field."""
    model = _model_at(route[:-1], data)
    return model.model_fields.get(str(route[-1])) if model else None


def _kind_of(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, YamlInt | YamlFloat):
        return f"the number {value.text}"
    return "a mapping" if isinstance(value, dict) else "a list" if isinstance(value, list) else "text"


def _in_file(route: Route, data: Any) -> Route:  # noqa: ANN401  (any YAML)
    """The part of a pydantic route that is in the file: without tags of unions and marks such as `[key]`."""
    known: list[str | int] = []
    for step, behind in zip_longest(route, route[1:]):
        if not _has(data, step) or _is_tag(data, step, behind):
            continue
        data = data[step]
        known.append(step)
    return tuple(known)


def _is_tag(data: Any, step: str | int, behind: str | int | None) -> bool:  # noqa: ANN401  (any YAML)
    """Whether a step is the tag of a union that is spelled as a field beside what the route goes on with."""
    return behind is not None and not isinstance(data[step], dict | list) and _has(data, behind)


def _has(data: Any, step: str | int) -> bool:  # noqa: ANN401  (any YAML)
    if isinstance(data, dict):
        return step in data
    return isinstance(data, list) and isinstance(step, int) and step < len(data)


def _model_at(route: Route, data: Any) -> type[BaseModel] | None:  # noqa: ANN401  (any YAML)
    """The model that reads the mapping at a route."""
    model: type[BaseModel] = Release
    for step in route:
        if not _has(data, step):
            continue
        data = data[step]
        field = model.model_fields.get(step) if isinstance(step, str) else None
        models = list(_models(field.annotation)) if field else [model]
        if not models:
            return None
        kind = data.get("type") if isinstance(data, dict) else None
        model = next((found for found in models if _discriminator(found) == kind), models[0])
        if issubclass(model, BaseTask) and isinstance(data, dict):
            model = task_class(str(data.get("task"))) or model
    return model


def _discriminator(model: type[BaseModel]) -> object:
    field = model.model_fields.get("type")
    return field.default if field else ...


def _models(annotation: Any) -> Iterator[type[BaseModel]]:  # noqa: ANN401  (any annotation)
    """The models inside an annotation: optional, a union, a tuple, annotated."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    elif get_origin(annotation) in (Union, UnionType, tuple, Annotated):
        for argument in get_args(annotation):
            yield from _models(argument)
