"""What can be written in a release file: everything that its model knows, and the names that fields take."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from yaml import MappingNode, SequenceNode

from azrelease.editor.completion.items import ItemKind, Suggestion, Written
from azrelease.editor.completion.release_names import release_names
from azrelease.editor.completion.tasks import TRUTH, input_items
from azrelease.editor.release_schema import (
    Schema,
    alternatives,
    release_schema,
    schemas_at,
    value_at,
)
from azrelease.editor.tree_path import Route, route_to

_COLLECTIONS = ("array", "object")
_TYPES = {"string": "text", "array": "a list", "object": "a mapping", "boolean": "true | false", "null": ""}


def release_items(here: Written) -> Iterator[Suggestion]:
    """What can be written at a place of a release file."""
    document = here.view.document
    if document is None:
        return
    route = route_to(here.path)
    if not here.path.is_key:
        yield from _at_value(here, document.data, route)
        return
    mapping, route = here.path.steps[-2].node, route[:-1]
    assert isinstance(mapping, MappingNode)
    schemas = schemas_at(release_schema(), document.data, route)
    if route[-1:] == ("inputs",):
        yield from _inputs(here, document.data, route)
    elif len(mapping.value) > 1:
        present = {str(key.value) for key, _ in mapping.value}
        yield from (key for schema in schemas for key in _keys(here, schema, present))
    else:
        yield from _items(here, schemas)
        yield from _first_keys(here, schemas)
        yield from _at_value(here, document.data, route)


def _at_value(here: Written, data: Any, route: Route) -> Iterator[Suggestion]:  # noqa: ANN401  (any YAML)
    for schema in schemas_at(release_schema(), data, route):
        yield from _values(schema)
    yield from release_names(here, route)


def _items(here: Written, schemas: Sequence[Schema]) -> Iterator[Suggestion]:
    """The first keys of the items of a list that has no dash yet."""
    *around, _, _ = here.path.steps
    if around and isinstance(around[-1].node, SequenceNode):
        return
    for schema in schemas:
        if "items" in schema:
            found = _first_keys(here, list(alternatives(release_schema(), schema["items"])))
            yield from (each._replace(text=f"- {each.text}") for each in found)


def _first_keys(here: Written, forms: Sequence[Schema]) -> Iterator[Suggestion]:
    """The keys that a mapping begins with: where a key selects the form, that with each of its values."""
    found = [each for form in forms for each in _keys(here, form, ())]
    selecting = [each for each in found if ": " in each.label]
    yield from selecting if len(selecting) > 1 else found


def _inputs(here: Written, data: Any, route: Route) -> Iterator[Suggestion]:  # noqa: ANN401  (any YAML)
    """The inputs of a task that the release names by `name@major`."""
    around = value_at(data, route[:-1])
    task = here.view.context.tasks.task(str(value_at(around, ("task",))))
    inputs = value_at(around, ("inputs",))
    given = {str(name): str(value) for name, value in inputs.items()} if isinstance(inputs, dict) else {}
    if task is not None:
        known = {found.name: value for name, value in given.items() if (found := task.input(name)) is not None}
        present = {name.casefold() for name in given}
        yield from input_items(task, known, present, ": " if here.cursor.added else "")


def _keys(here: Written, schema: Schema, present: Collection[str]) -> Iterator[Suggestion]:
    required = schema.get("required", ())
    for name, field in schema.get("properties", {}).items():
        if name in present:
            continue
        options = [each for each in alternatives(release_schema(), field) if each.get("type") != "null"]
        is_plain = any("properties" not in each and each.get("type") not in _COLLECTIONS for each in options)
        constant = next((str(each["const"]) for each in options if "const" in each), "")
        text = name if not here.cursor.added else f"{name}: {constant}" if is_plain else f"{name}:"
        order = 2 if name in required else 5
        if constant:
            about = str(schema.get("description", ""))
            yield Suggestion(f"{name}: {constant}", ItemKind.KEY, text, "", about, order)
        else:
            detail = ", ".join(dict.fromkeys(filter(None, map(_type, options))))
            yield Suggestion(name, ItemKind.KEY, text, detail, _description(field, options), order)


def _values(schema: Schema) -> Iterator[Suggestion]:
    values = [*schema.get("enum", ()), *([schema["const"]] if "const" in schema else ())]
    if schema.get("type") == "boolean":
        values += TRUTH
    for value in values:
        if value is not None:
            yield Suggestion(str(value), ItemKind.VALUE, None, "", str(schema.get("description", "")), 3)


def _type(schema: Schema) -> str:
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    kinds = schema.get("type", ())
    words = (_TYPES.get(kind, kind) for kind in ([kinds] if isinstance(kinds, str) else kinds))
    return " | ".join(filter(None, words))


def _description(field: Schema, options: Sequence[Schema]) -> str:
    texts = (str(each.get("description", "")) for each in (field, *options))
    own = next(filter(None, texts), "")
    default = field.get("default")
    return f"{own}\n\nDefault: `{default}`." if default not in (None, [], {}) else own
