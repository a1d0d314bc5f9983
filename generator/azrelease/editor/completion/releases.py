"""What can be written in a release file: everything that its model knows, and the names of the file."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from yaml import MappingNode

from azrelease.catalog.images import ImageStatus, image, labels
from azrelease.catalog.project_lock import project_names
from azrelease.editor.completion.items import ItemKind, Suggestion, Written
from azrelease.editor.cursor import PLACEHOLDER
from azrelease.editor.release_schema import Schema, alternatives, release_schema, schemas_at
from azrelease.yaml_document import YamlDocument

_COLLECTIONS = ("array", "object")
_TYPES = {"string": "text", "array": "a list", "object": "a mapping", "boolean": "true | false", "null": ""}


def release_items(here: Written) -> Iterator[Suggestion]:
    """What can stand in a place of a release file."""
    route, present = _route(here)
    document = here.view.document
    if document is None:
        return
    if here.path.is_key:
        mapping = here.path.steps[-2].node
        assert isinstance(mapping, MappingNode)
        schemas = schemas_at(release_schema(), document.data, route)
        is_alone = len(mapping.value) == 1
        for schema in schemas:
            if is_alone and "items" in schema and not _is_item(here):
                items = list(alternatives(release_schema(), schema["items"]))
                for each in _first_keys(here, items):
                    yield each._replace(text=f"- {each.text}")
        yield from _first_keys(here, schemas) if is_alone else (k for s in schemas for k in _keys(here, s, present))
        for schema in schemas:
            if is_alone:
                yield from _values(schema)
        if is_alone:
            yield from _names(here, document, route)
        return
    for schema in schemas_at(release_schema(), document.data, route):
        yield from _values(schema)
    yield from _names(here, document, route)


def _route(here: Written) -> tuple[tuple[str | int, ...], set[str]]:
    """The route to the value, or of a key to the mapping that it is in, and the keys of that."""
    steps = here.path.steps
    nodes = [step.node for step in steps]
    if here.path.is_key:
        nodes = nodes[:-1]
    route: list[str | int] = []
    for parent, child in pairwise(nodes):
        if isinstance(parent, MappingNode):
            route.append(next((str(key.value) for key, value in parent.value if value is child), ""))
        else:
            route.append(next((index for index, item in enumerate(parent.value) if item is child), 0))
    last = nodes[-1]
    present = {str(key.value) for key, _ in last.value} if isinstance(last, MappingNode) else set()
    return tuple(route), present


def _first_keys(here: Written, forms: Sequence[Schema]) -> Iterator[Suggestion]:
    """The keys that a mapping begins with: where a key selects the form, that with each of its values."""
    found = [each for form in forms for each in _keys(here, form, set())]
    selecting = [each for each in found if ": " in each.label]
    yield from selecting if len(selecting) > 1 else found


def _is_item(here: Written) -> bool:
    return len(here.path.steps) > 2 and not isinstance(here.path.steps[-3].node, MappingNode)  # noqa: PLR2004


def _keys(here: Written, schema: Schema, present: set[str]) -> Iterator[Suggestion]:
    required = schema.get("required", ())
    for name, field in schema.get("properties", {}).items():
        if name in present:
            continue
        options = [each for each in alternatives(release_schema(), field) if each.get("type") != "null"]
        is_plain = any("properties" not in each and each.get("type") not in _COLLECTIONS for each in options)
        constant = next((str(each["const"]) for each in options if "const" in each), "")
        text = name if not here.cursor.added else f"{name}: {constant}" if is_plain else f"{name}:"
        detail = ", ".join(dict.fromkeys(filter(None, map(_type, options))))
        order = 2 if name in required else 5
        if constant:
            about = str(schema.get("description", ""))
            yield Suggestion(f"{name}: {constant}", ItemKind.KEY, text, "", about, order)
        else:
            yield Suggestion(name, ItemKind.KEY, text, detail, _description(field, options), order)


def _values(schema: Schema) -> Iterator[Suggestion]:
    values: list[Any] = [*schema.get("enum", ())]
    if "const" in schema:
        values.append(schema["const"])
    if schema.get("type") == "boolean":
        values += ["true", "false"]
    for value in values:
        if value is not None:
            yield Suggestion(str(value), ItemKind.VALUE, None, "", str(schema.get("description", "")), 3)
    for value in schema.get("examples", ()):
        if isinstance(value, str):
            yield Suggestion(value, ItemKind.VALUE, None, "an example", order=6)


def _names(here: Written, document: YamlDocument, route: tuple[str | int, ...]) -> Iterator[Suggestion]:
    """The names of the file and of the project that a field takes."""
    fields = [part for part in route if isinstance(part, str)]
    project = project_names(Path(here.view.path).absolute().parent)
    match fields[-1] if fields else "":
        case "depends_on":
            stages = document.data.get("stages") if isinstance(document.data, dict) else None
            names = [str(each.get("name")) for each in stages or () if isinstance(each, dict)]
            own = next((part for part in route if isinstance(part, int)), -1)
            others = [name for index, name in enumerate(names) if index != own and PLACEHOLDER not in name]
            yield from (Suggestion(name, ItemKind.VALUE, None, "a stage of this release", "", 2) for name in others)
        case "environment":
            yield from (
                Suggestion(name, ItemKind.VALUE, None, "an environment", "", 2) for name in project.environments
            )
        case "service_connection":
            names = list(project.service_connections)
            yield from (Suggestion(name, ItemKind.VALUE, None, "a service connection", "", 2) for name in names)
        case "variable_groups":
            yield from (
                Suggestion(name, ItemKind.VALUE, None, "a variable group", "", 2) for name in project.variable_groups
            )
        case "pool":
            yield from (Suggestion(name, ItemKind.VALUE, None, "a pool", "", 2) for name in project.pools)
        case "image":
            for label in labels():
                known = image(label)
                if known is not None and known.status(here.view.context.today) is ImageStatus.AVAILABLE:
                    yield Suggestion(label, ItemKind.VALUE, None, known.system, "", 3)


def _type(schema: Schema) -> str:
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    kinds = schema.get("type", ())
    words = (_TYPES.get(kind, kind) for kind in ([kinds] if isinstance(kinds, str) else kinds))
    return " | ".join(filter(None, words))


def _description(field: Schema, options: list[Schema]) -> str:
    own = str(field.get("description", "")) or next(
        (str(each["description"]) for each in options if "description" in each), ""
    )
    default = field.get("default")
    return f"{own}\n\nDefault: `{default}`." if default not in (None, [], {}) else own
