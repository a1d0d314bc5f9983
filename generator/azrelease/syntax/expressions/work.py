"""How much a call reads and writes, so that an evaluation can end before it takes the memory of the machine."""

from collections.abc import Mapping, Sequence

from azrelease.syntax.expressions.casting import to_text
from azrelease.syntax.expressions.values import Value, is_list

_OF_ENTRY = 8
"""What an entry of a collection counts for, in characters."""

_JSON = 4
"""What a character counts for that is written as JSON, one by one."""


def work_of(name: str, values: Sequence[Value]) -> int:
    """The size of the arguments and of the result of a call, in characters.

    Args:
        name: the function in lower case.
        values: its arguments.
    """
    sizes = [size_of(value) for value in values]
    if name == "replace" and len(values) > 2:  # noqa: PLR2004  (text, old and new)
        text, old, new = (value if isinstance(value, str) else "" for value in values[:3])
        return sum(sizes) + (text.count(old) * len(new) if old else 0)
    if name == "format" and isinstance(values[0], str):
        return sum(sizes) + sum(values[0].count(f"{{{n}") * size for n, size in enumerate(sizes[1:]))
    if name == "join" and is_list(values[-1]):
        return sum(sizes) + sum(sizes[0] + size_of(item) for item in values[-1])
    if name == "converttojson":
        return _JSON * _depth_size(values[0])
    return sum(sizes)


def size_of(value: Value) -> int:
    """What it takes to read a value, in characters."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, Mapping) or is_list(value):
        return _OF_ENTRY * len(value)
    return len(to_text(value)) if isinstance(value, bool | float | int) else 1


def _depth_size(value: Value) -> int:
    size, pending = 0, [value]
    while pending:
        item = pending.pop()
        size += size_of(item) + 1
        if isinstance(item, Mapping):
            pending += item.values()
        elif is_list(item):
            pending += item
    return size
