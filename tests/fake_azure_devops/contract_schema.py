"""Checks JSON against the definitions of one specification."""

import functools
from collections.abc import Iterator
from typing import Any

from fake_azure_devops import contract_holes

_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
}


def _name(reference: str) -> str:
    return reference.rpartition("/")[2]


class Schemas:
    """The definitions by name. A value may always be null, and a base type may have what its subtypes have."""

    def __init__(self, definitions: dict[str, dict[str, Any]]) -> None:
        self._definitions = definitions
        self._subtypes: dict[str, list[str]] = {}
        for name, definition in definitions.items():
            for base in definition.get("allOf", []):
                self._subtypes.setdefault(_name(base.get("$ref", "")), []).append(name)
        self._properties = functools.cache(self._find_properties)

    def check(self, value: Any, schema: dict[str, Any], *, strict: bool, where: str = "", owner: str = "") -> list[str]:
        """What does not fit; strict refuses properties that are not known."""
        return list(self._check(value, schema, strict, where, owner))

    def _check(self, value: Any, schema: dict[str, Any], strict: bool, where: str, owner: str) -> Iterator[str]:
        if value is None:
            return
        if "$ref" in schema:
            yield from self._named(value, _name(schema["$ref"]), strict, where)
            return
        if "enum" in schema:
            yield from _enumerated(value, schema, where, owner)
            return
        kind = schema.get("type")
        if kind is None or schema == {"type": "object"}:
            return  # the second is how "anything" is published
        content: Any = value
        wrong_number = isinstance(value, bool) and kind in {"integer", "number"}
        if not isinstance(value, _TYPES[kind]) or wrong_number:
            yield f"{where or 'it'} is not of type {kind}: {value!r:.60}"
        elif kind == "array":
            for number, each in enumerate(content):
                yield from self._check(each, schema.get("items", {}), strict, f"{where}[{number}]", owner)
        elif kind == "object" and isinstance(schema.get("additionalProperties"), dict):
            for key, each in content.items():
                yield from self._check(each, schema["additionalProperties"], strict, f"{where}.{key}", owner)

    def _named(self, value: Any, name: str, strict: bool, where: str) -> Iterator[str]:
        definition = self._definitions[name]
        free = contract_holes.PROPERTIES.get(name, set())
        if "*" in free and "properties" not in definition:
            return
        if definition.get("type", "object") != "object" or "enum" in definition:
            yield from self._check(value, definition, strict, where, name)
            return
        if "*" in free and name == "JObject":
            return
        if not isinstance(value, dict):
            yield f"{where or 'it'} is not a {name}: {value!r:.60}"
            return
        known = self._properties(name)
        for key, each in value.items():
            place = f"{where}.{key}" if where else key
            if (name, key) in contract_holes.TYPES:
                continue
            if key in known:
                results = [self.check(each, schema, strict=strict, where=place, owner=name) for schema in known[key]]
                yield from min(results, key=len)
            elif isinstance(definition.get("additionalProperties"), dict):
                yield from self._check(each, definition["additionalProperties"], strict, place, name)
            elif strict and not free & {key, "*"}:
                yield f"{place} is not a property of {name}"

    def _find_properties(self, name: str) -> dict[str, list[dict[str, Any]]]:
        """The schemas of each property: its own, those of its bases, those of its subtypes."""
        found: dict[str, list[dict[str, Any]]] = {}
        for each in [*self._bases(name), *self._below(name)]:
            for key, schema in self._definitions[each].get("properties", {}).items():
                found.setdefault(key, []).append(schema)
        return found

    def _bases(self, name: str) -> Iterator[str]:
        yield name
        for base in self._definitions[name].get("allOf", []):
            yield from self._bases(_name(base["$ref"]))

    def _below(self, name: str) -> Iterator[str]:
        for each in self._subtypes.get(name, []):
            yield each
            yield from self._below(each)


def _enumerated(value: Any, schema: dict[str, Any], where: str, owner: str) -> Iterator[str]:
    if isinstance(value, int) and not isinstance(value, bool):
        return  # the service takes and gives numbers for names
    extra = contract_holes.VALUES.get((owner, where.rpartition(".")[2]), set())
    known = {str(each) for each in schema["enum"]} | extra
    parts = [part.strip() for part in value.split(",")] if isinstance(value, str) else [value]
    for part in parts:
        if part not in known:
            yield f"{where} has an unknown value: {part!r}"
