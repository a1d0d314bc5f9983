"""A place in the JSON of a classic definition: its value, and the path to it."""

import math
import re
from collections.abc import Iterator
from typing import Any

from azrelease.catalog import classic

Path = tuple[str | int, ...]

GUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"


_NUMBER = r"\d{1,15}"
_TRUE, _FALSE = ("true", "1", "yes"), ("false", "0", "no")


def path_text(path: Path) -> str:
    """A path as a person reads it: `environments[0].name`."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif step.replace("_", "a").isalnum():
            text += f".{step}" if text else step
        else:
            text += f"[{step!r}]"
    return text or "(the whole definition)"


class Node:
    """A value in a definition. What is not there is a node too, whose value is None."""

    def __init__(self, value: Any, path: Path = ()) -> None:  # noqa: ANN401  (any JSON)
        self.value = value
        self.path = path

    def __getitem__(self, key: str | int) -> "Node":
        value = self.value
        if isinstance(key, str):
            return Node(value.get(key) if isinstance(value, dict) else None, (*self.path, key))
        return Node(value[key] if isinstance(value, list) and key < len(value) else None, (*self.path, key))

    def __bool__(self) -> bool:
        """Whether something is there that says something."""
        return self.value not in (None, "", [], {})

    def items(self) -> Iterator["Node"]:
        """The items of a list; a single mapping where a list belongs counts as one."""
        if isinstance(self.value, list):
            yield from (self[index] for index in range(len(self.value)))
        elif isinstance(self.value, dict) and self.value:
            yield self  # what some programs make of a list of one

    def entries(self) -> Iterator[tuple[str, "Node"]]:
        """Keys and values of a mapping."""
        for key in self.value if isinstance(self.value, dict) else ():
            yield key, self[key]

    def text(self) -> str:
        """The value as text; empty when there is none."""
        value = self.value
        if isinstance(value, bool):
            return "true" if value else "false"
        return "" if value is None or isinstance(value, dict | list) else str(value)

    def number(self) -> int:
        """The value as a whole number; 0 when it is none."""
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
        """Whether a value is a number, or true or false, so that there is no doubt about it."""
        value = self.value
        if isinstance(value, str):
            text = value.strip().casefold()
            return not text or text in (*_TRUE, *_FALSE) or re.fullmatch(rf"-?{_NUMBER}", text) is not None
        return not isinstance(value, float) or math.isfinite(value)

    def choice(self, enumeration: str) -> str | None:
        """The value of an enumeration as REST writes it; None when it is none of its values."""
        return classic.to_text(enumeration, self.value)

    def leaves(self) -> Iterator["Node"]:
        """All values below that hold no others, and what is empty."""
        if isinstance(self.value, dict) and self.value:
            for _, node in self.entries():
                yield from node.leaves()
        elif isinstance(self.value, list) and self.value:
            for node in self.items():
                yield from node.leaves()
        elif self.value is not None or self.path:
            yield self
