"""The types of the JSON Schema of a release file, as a reader of the reference wants them."""

import json
from collections.abc import Mapping
from typing import Any

from support.reference.markdown import cell, table

FILE = "release-file.md"

_PLAIN = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "`true` or `false`",
    "null": "nothing",
}


def fields(definition: Mapping[str, Any], page: str, leave_out: frozenset[str] = frozenset()) -> list[str]:
    """The table of the fields of a model; links go to where a page has its models."""
    required = definition.get("required", ())
    rows = [
        (
            f"`{name}`",
            cell(type_text(field, page)),
            "**required**" if name in required else _default(field),
            cell(field.get("description", "")),
        )
        for name, field in definition["properties"].items()
        if name not in leave_out
    ]
    return table(("field", "type", "default", "what it says"), rows) if rows else []


def type_text(field: Mapping[str, Any], page: str) -> str:
    """The type of a field."""
    match field:
        case {"$ref": str(reference)}:
            return _link(reference.rpartition("/")[2], page)
        case {"anyOf": options} | {"oneOf": options}:
            return ", ".join(dict.fromkeys(type_text(each, page) for each in options if each.get("type") != "null"))
        case {"const": value}:
            return f"`{value}`"
        case {"enum": values}:
            return ", ".join(f"`{_yaml(value)}`" for value in values)
        case {"type": "array"}:
            return f"list of {type_text(field.get('items', {}), page)}"
        case {"type": "object"}:
            return _mapping(field, page)
        case {"examples": [str(example), *_]}:
            return f"text such as `{example}`"
    kinds = field.get("type", ())
    return " or ".join(_PLAIN[kind] for kind in ([kinds] if isinstance(kinds, str) else kinds)) or "anything"


def _mapping(field: Mapping[str, Any], page: str) -> str:
    others = field.get("additionalProperties")
    kinds = [*field.get("patternProperties", {}).values(), *([others] if isinstance(others, dict) and others else [])]
    return f"names with {', '.join(type_text(kind, page) for kind in kinds)}" if kinds else "mapping"


def _link(name: str, page: str) -> str:
    if name == "AnyTask":
        return "[task](tasks.md)"
    return f"[{name}]({'' if page == FILE else FILE}#{name.lower()})"


def _default(field: Mapping[str, Any]) -> str:
    value = field.get("default")
    return "" if value in (None, [], {}) else f"`{_yaml(value)}`"


def _yaml(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)
