"""A value in the JSON of a classic definition, with its path."""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from azrelease.catalog import classic

JsonPath = tuple[str | int, ...]
JsonObject = dict[str, Any]

GUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"


_NUMBER = r"\d{1,15}"
_TRUE, _FALSE = ("true", "1", "yes"), ("false", "0", "no")


def path_text(path: JsonPath) -> str:
    """A path in its usual notation: `environments[0].name`."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif step.replace("_", "a").isalnum():
            text += f".{step}" if text else step
        else:
            text += f"[{step!r}]"
    return text or "(the whole definition)"


class JsonNode:
    """A value in a definition. A missing value is a node as well; its value is None."""

    def __init__(self, value: Any, path: JsonPath = ()) -> None:  # noqa: ANN401  (any JSON)
        self.value = value
        self.path = path

    def __getitem__(self, key: str | int) -> "JsonNode":
        value = self.value
        if isinstance(key, str):
            return JsonNode(value.get(key) if isinstance(value, dict) else None, (*self.path, key))
        return JsonNode(value[key] if isinstance(value, list) and key < len(value) else None, (*self.path, key))

    def __bool__(self) -> bool:
        """Whether there is a value, and it is not empty."""
        return self.value not in (None, "", [], {})

    def items(self) -> Iterator["JsonNode"]:
        """The items of a list; a single mapping where a list belongs counts as one."""
        if isinstance(self.value, list):
            yield from (self[index] for index in range(len(self.value)))
        elif isinstance(self.value, dict) and self.value:
            yield self  # PowerShell writes a list of one item so

    def entries(self) -> Iterator[tuple[str, "JsonNode"]]:
        """Keys and values of a mapping."""
        for key in self.value if isinstance(self.value, dict) else ():
            yield key, self[key]

    def text(self) -> str:
        """The value as text; empty for lists, mappings and missing values."""
        value = self.value
        if isinstance(value, bool):
            return "true" if value else "false"
        return "" if value is None or isinstance(value, dict | list) else str(value)

    def number(self) -> int:
        """The value as a whole number; 0 for anything else."""
        value = self.value
        if isinstance(value, str) and re.fullmatch(_NUMBER, value.strip()):
            return int(value)
        return int(value) if isinstance(value, int | float) and math.isfinite(value) else 0

    def flag(self, *, default: bool = False) -> bool:
        """The value as true or false."""
        if isinstance(self.value, str):
            return self.value.strip().casefold() in _TRUE
        return default if self.value is None else bool(self.value)

    @property
    def is_plain(self) -> bool:
        """Whether `number` and `flag` are certain: the value is a number, true or false, or empty."""
        value = self.value
        if isinstance(value, str):
            text = value.strip().casefold()
            return not text or text in (*_TRUE, *_FALSE) or re.fullmatch(rf"-?{_NUMBER}", text) is not None
        return not isinstance(value, float) or math.isfinite(value)

    def choice(self, enumeration: str) -> str | None:
        """The value of an enumeration as REST writes it; None for an unknown value."""
        return classic.to_text(enumeration, self.value)

    def leaves(self) -> Iterator["JsonNode"]:
        """All values below that contain no others, empty lists and mappings included."""
        if isinstance(self.value, dict) and self.value:
            for _, node in self.entries():
                yield from node.leaves()
        elif isinstance(self.value, list) and self.value:
            for node in self.items():
                yield from node.leaves()
        elif self.value is not None or self.path:
            yield self


def map_texts(value: Any, function: Callable[[str], str]) -> Any:  # noqa: ANN401  (any JSON)
    """JSON with a function applied to each of its texts."""
    if isinstance(value, str):
        return function(value)
    if isinstance(value, list):
        return [map_texts(item, function) for item in value]
    return {key: map_texts(item, function) for key, item in value.items()} if isinstance(value, Mapping) else value
