"""The schema of release files, followed along the values of a file."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, TypeAlias

from azrelease.editor.tree_path import Route

Schema: TypeAlias = Mapping[str, Any]


@cache
def release_schema() -> Schema:
    """The schema, with the tasks of installed packages."""
    from azrelease.release.schema import json_schema

    return json_schema()


def value_at(data: Any, route: Route) -> Any:  # noqa: ANN401  (any YAML)
    """The value at a route; None where there is none."""
    for step in route:
        data = _value(data, step)
    return data


def schemas_at(root: Schema, data: Any, route: Route) -> list[Schema]:  # noqa: ANN401  (any YAML)
    """The schemas of what is allowed at a route in a file.

    Args:
        root: the schema of the file.
        data: the content of the file: of several forms, those count that fit what is there.
        route: the way from the root.
    """
    found = _fitting(list(alternatives(root, root)), data)
    for step in route:
        inner = [child for schema in found for child in _children(schema, step)]
        data = _value(data, step)
        found = _fitting([option for child in inner for option in alternatives(root, child)], data)
    return found


def field_at(root: Schema, data: Any, route: Route) -> Schema | None:  # noqa: ANN401  (any YAML)
    """The schema of the field that a route ends with, as its mapping declares it; None where it declares none."""
    for schema in schemas_at(root, data, route[:-1]):
        field = schema.get("properties", {}).get(route[-1])
        if isinstance(field, Mapping):
            return field
    return None


def alternatives(root: Schema, schema: Schema) -> Iterator[Schema]:
    """The forms of a value, without references."""
    if "$ref" in schema:
        yield from alternatives(root, _definition(root, schema["$ref"]))
        return
    # The root has `anyOf` beside its own fields.
    forms = [] if "properties" in schema else [*schema.get("anyOf", ()), *schema.get("oneOf", ())]
    for form in forms:
        yield from alternatives(root, form)
    if not forms:
        yield schema


def _definition(root: Schema, reference: str) -> Schema:
    found: Any = root
    for name in reference.removeprefix("#/").split("/"):
        found = found[name]
    assert isinstance(found, Mapping)
    return found


def _children(schema: Schema, step: str | int) -> Iterator[Schema]:
    if isinstance(step, int):
        if isinstance(schema.get("items"), Mapping):
            yield schema["items"]
        return
    field = schema.get("properties", {}).get(step, schema.get("additionalProperties"))
    if isinstance(field, Mapping):
        yield field


def _value(data: Any, step: str | int) -> Any:  # noqa: ANN401  (any YAML)
    if isinstance(data, Mapping):
        return data.get(step)
    if isinstance(data, list) and isinstance(step, int) and step < len(data):
        return data[step]
    return None


def _fitting(forms: list[Schema], data: Any) -> list[Schema]:  # noqa: ANN401  (any YAML)
    """The forms whose constants the data has; all of them where none fits."""
    if not isinstance(data, Mapping):
        return forms
    chosen = [form for form in forms if _fits(form, data)]
    return chosen or forms


def _fits(form: Schema, data: Mapping[str, Any]) -> bool:
    constants = {
        name: field["const"]
        for name, field in form.get("properties", {}).items()
        if isinstance(field, Mapping) and "const" in field
    }
    return bool(constants) and all(data.get(name) == value for name, value in constants.items())
