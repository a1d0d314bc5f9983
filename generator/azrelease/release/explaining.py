"""Errors of pydantic as diagnostics: at a place in the file, in the words of a reader of YAML."""

from collections.abc import Iterator
from itertools import zip_longest
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, Union, get_args, get_origin

import yaml
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from azrelease.catalog.images import image
from azrelease.diagnostics import (
    INVALID_VALUE,
    MISSING_FIELD,
    UNKNOWN_FIELD,
    UNQUOTED_NUMBER,
    WRONG_TYPE,
    Code,
    Diagnostic,
)
from azrelease.release.agent import Agent
from azrelease.release.examples import HEADLINE, forms_of, parsed, written
from azrelease.release.fields import HAS_TO_BE
from azrelease.release.problems import Route
from azrelease.release.release import Release
from azrelease.release.tasks import BaseTask, task_class
from azrelease.suggestions import suggestion
from azrelease.yaml_document import KEY, YamlDocument, YamlFloat, YamlInt, diagnostic_at

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

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

_ALSO_TRUE = ("Trigger.continuous_deployment", "PipelineSource.trigger")
"""Fields that take a mapping, or true and false where the release says the rest elsewhere."""

_LIMITS = {"greater_than_equal": "more", "less_than_equal": "less"}

_GIVE = "Give it a value, or remove the line."

_MEANS_TRUE = {"true": "true", "yes": "true", "on": "true", "y": "true", "1": "true"}
_MEANS_FALSE = {"false": "false", "no": "false", "off": "false", "n": "false", "0": "false"}


class _FieldContext(NamedTuple):
    """A value of the file, as a message calls it.

    Attributes:
        name: how it is called: "`agent`", "item 2 of `tags`", "the release".
        prefix: what comes before the value: `agent: `, or `- ` in a list.
        forms: examples of what belongs there; empty where the model does not say.
        headline: the model that belongs there, where a text can only mean one field of it.
        also_true: whether true and false belong there too.
        optional: whether the field can be left out.
    """

    name: str
    prefix: str
    forms: tuple[str, ...] = ()
    headline: type[BaseModel] | None = None
    also_true: bool = False
    optional: bool = False

    @property
    def is_secret(self) -> bool:
        """Whether a value written here by mistake may be a secret, which no message repeats."""
        return "`secrets`" in self.name


def diagnose(details: "ErrorDetails", document: YamlDocument) -> Diagnostic:
    """One error of a `ValidationError` about the content of a document."""
    route, kind = details["loc"], details["type"]
    if kind == "extra_forbidden":
        code, message, hint = _unknown_field(route, document.data)
        return diagnostic_at(document, (*_route_in_file(route, document.data), KEY), code, message, hint)
    # What is missing is reported where it is missed: at its parent.
    in_file = _route_in_file(route[:-1] if kind == "missing" else route, document.data)
    if kind == "union_tag_invalid":
        in_file = _route_in_file((*route, "type"), document.data)
    field = _field_context(in_file, document.data)
    if kind == "missing":
        code, message, hint = _missing_field(route, field.name, document.data)
    else:
        # A rule of a model about one of its fields is given the whole model.
        details = {**details, "input": _value_at(in_file, document.data)} if kind == "release" else details
        code, message, hint = _explain(details, document.node(in_file), field)
    is_key = route and route[-1] == KEY
    return diagnostic_at(document, (*in_file, KEY) if is_key else in_file, code, message, hint)


def empty_field(route: Route, document: YamlDocument) -> Diagnostic:
    """The finding about a field that is named and given nothing."""
    return diagnostic_at(document, (*route, KEY), *_empty(_field_context(route, document.data)))


def _field_context(route: Route, data: Any) -> _FieldContext:  # noqa: ANN401  (any YAML)
    if not route:
        return _FieldContext(THE_RELEASE, "")
    *above, last = route
    if isinstance(last, int):
        outer = _field_context(tuple(above), data)
        items = [parsed(form) for form in outer.forms]
        forms = tuple(written(item[0]) for item in items if isinstance(item, list) and item)
        return _FieldContext(f"item {last + 1} of {outer.name}", "- ", forms, outer.headline)
    model = _model_at(tuple(above), data)
    field = model.model_fields.get(last) if model else None
    if model is not None and field is not None:
        own = next(iter(_models(field.annotation)), None)
        also_true = f"{model.__name__}.{last}" in _ALSO_TRUE
        return _FieldContext(f"`{last}`", f"{last}: ", forms_of(model, last), own, also_true, not field.is_required())
    outer = _field_context(tuple(above), data)
    values = [value for form in outer.forms if isinstance(value := parsed(form), dict)]
    forms = tuple(written(next(iter(value.values()))) for value in values if value)
    return _FieldContext(f"`{last}`", f"{last}: ", forms, outer.headline)


def _explain(details: "ErrorDetails", node: yaml.Node, field: _FieldContext) -> Explained:
    """An error about a value that is there."""
    kind, value, context, what = details["type"], details["input"], details.get("ctx", {}), field.name
    text = str(node.value) if isinstance(node, yaml.ScalarNode) else None
    if kind == "union_tag_not_found" and not isinstance(value, dict):
        kind = "model_type"
    if value is None and kind in (*_EXPECTED, "literal_error"):
        return _empty(field)
    if kind == "release":
        return _validator_error(context, value, field)
    if kind in _EXPECTED:
        return _wrong_type(_EXPECTED[kind], value, text, field)
    if kind in ("literal_error", "union_tag_invalid"):
        if kind == "literal_error" and not isinstance(value, str):
            message = f"{what} has to be text, but is {_kind_of(value)}"
            return WRONG_TYPE, message, _literal_hint(context, text, field)
        return INVALID_VALUE, f"{what} cannot be `{text}`", _literal_hint(context, text, field)
    if kind == "union_tag_not_found":
        return MISSING_FIELD, f"{what} needs the field `type`", _example_hint(field)
    message = " is empty" if kind == "too_short" else f": {details['msg'][0].lower()}{details['msg'][1:]}"
    if kind in _LIMITS:
        least_or_most = context["ge" if "ge" in context else "le"]
        message = f" has to be {least_or_most} or {_LIMITS[kind]}, but is {text}"
    return INVALID_VALUE, f"{what}{message}", _example_hint(field) if kind == "too_short" else None


def _validator_error(context: dict[str, Any], value: object, field: _FieldContext) -> Explained:
    """An error that a validator of a field has raised."""
    code, message, hint = context["code"], context["message"], context["hint"]
    if field.is_secret:
        message = message.replace(f"`{value}`", field.name)
    if message.startswith(HAS_TO_BE):
        message = f"{field.name} {message}, but is {_kind_of(value)}"
    return code, message, hint or (_example_hint(field) if code is WRONG_TYPE else None)


def _empty(field: _FieldContext) -> Explained:
    right = _example_hint(field)
    if right is None or not field.optional:
        return INVALID_VALUE, f"{field.name} is empty", right or _GIVE
    return INVALID_VALUE, f"{field.name} is empty", f"{right.removesuffix('.')}, or remove the line."


def _wrong_type(expected: str, value: object, text: str | None, field: _FieldContext) -> Explained:
    """A value of another type than the field takes."""
    what, kind = field.name, _kind_of(value)
    if expected == "text" and isinstance(value, YamlInt | YamlFloat) and not field.is_secret:
        return (
            UNQUOTED_NUMBER,
            f"{what} is text, but {text} without quotes is a number",
            f'Write "{text}", with quotes.',
        )
    if what == THE_RELEASE:
        hint = "A release file begins with `name:`; `azrelease schema` prints its fields."
        return WRONG_TYPE, f"{what} has to be {expected}, but is {kind}", hint
    plain = [form for form in field.forms if isinstance(parsed(form), str)]
    if plain and expected == "a mapping":
        if isinstance(value, str):
            near = suggestion(value, plain)
            return INVALID_VALUE, f"{what} cannot be `{value}`", near or _example_hint(field)
        expected = "text or a mapping"
    elif expected == "a mapping" and any(isinstance(parsed(form), list) for form in field.forms):
        expected = "a list or a mapping"
    elif expected == "a mapping" and field.also_true:
        expected = "a mapping, or true or false"
    return WRONG_TYPE, f"{what} has to be {expected}, but is {kind}", _correction(expected, value, text, field)


def _correction(expected: str, value: object, text: str | None, field: _FieldContext) -> str | None:
    """What to write instead: what the user most likely means, else an example."""
    if expected == "text" and isinstance(value, bool):
        return f'Write "{text}", with quotes.'
    if expected == "true or false" and isinstance(value, str):
        said = _MEANS_TRUE.get(value.casefold()) or _MEANS_FALSE.get(value.casefold())
        if said is not None:
            return _example_hint(field, said)
    if expected == "a whole number" and isinstance(value, str) and value.isascii() and value.isdigit():
        return _example_hint(field, value)
    return _example_hint(field, *_headline(value, field))


def _headline(value: object, field: _FieldContext) -> Iterator[str]:
    """The mapping that a text, or a list, is most likely meant to be."""
    name = HEADLINE.get(field.headline.__name__) if field.headline is not None else None
    whole = parsed(field.forms[0]) if field.forms else None
    if name is None or not isinstance(whole, dict):
        return
    listed = isinstance(whole.get(name), list)
    if isinstance(value, str) and value.strip() and len(value) < _LONGEST_SHOWN and "\n" not in value:
        if field.headline is Agent and not _is_image(value):
            yield field.forms[0]
            yield written({"pool": value})
        else:
            yield written({**whole, name: [value] if listed else value})
    elif listed and isinstance(value, list) and value and all(isinstance(item, str) for item in value):
        yield written({**whole, name: value})


_LONGEST_SHOWN = 100


def _is_image(label: str) -> bool:
    """Whether a text looks like the label of a hosted image."""
    return image(label) is not None or label.casefold().startswith(("ubuntu", "windows", "macos"))


def _literal_hint(context: dict[str, Any], text: str | None, field: _FieldContext) -> str | None:
    options = [option.strip(" '") for option in _options(context).split(",")]
    if text is not None and text in options:
        return f'Write "{text}", with quotes.'
    if len(options) == 1:
        return f"Write `{field.prefix}{options[0]}`."
    every = f"One of: {', '.join(options)}."
    return every if text is None else suggestion(text, options, every)


def _example_hint(field: _FieldContext, *forms: str) -> str | None:
    """A hint that shows how a value is written; None where there is no example."""
    shown = [f"`{field.prefix}{form}`" for form in (forms or field.forms)]
    return f"Write {', or '.join(shown)}." if shown else None


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
        return "empty"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, YamlInt | YamlFloat):
        return "a number"
    return "a mapping" if isinstance(value, dict) else "a list" if isinstance(value, list) else "text"


def _value_at(route: Route, data: Any) -> Any:  # noqa: ANN401  (any YAML)
    """What a file gives at a route."""
    for step in route:
        data = data[step]
    return data


def _route_in_file(route: Route, data: Any) -> Route:  # noqa: ANN401  (any YAML)
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
    candidates: list[type[BaseModel]] = [Release]
    for step in route:
        if not _has(data, step):
            continue
        data = data[step]
        field = model.model_fields.get(step) if isinstance(step, str) else None
        if field is not None:
            # Items of a list, and values of a mapping, are of the models of its field.
            candidates = list(_models(field.annotation))
        if not candidates:
            return None
        kind = data.get("type") if isinstance(data, dict) else None
        model = next((candidate for candidate in candidates if kind in _types(candidate)), candidates[0])
        if issubclass(model, BaseTask) and isinstance(data, dict):
            model = task_class(str(data.get("task"))) or model
    return model


def _types(model: type[BaseModel]) -> tuple[object, ...]:
    """The values of `type` that belong to a model."""
    field = model.model_fields.get("type")
    return get_args(field.annotation) if field is not None else ()


def _models(annotation: Any) -> Iterator[type[BaseModel]]:  # noqa: ANN401  (any annotation)
    """The models inside an annotation: optional, a union, a tuple, annotated."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    elif get_origin(annotation) in (Union, UnionType, tuple, dict, Annotated):
        for argument in get_args(annotation):
            yield from _models(argument)
