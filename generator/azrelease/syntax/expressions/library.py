"""The functions of the language for known arguments.

Source: learn.microsoft.com/azure/devops/pipelines/process/expressions, chapter Functions, and what the service was
measured to answer: `split` takes its separator as one text, `length` counts the keys of a mapping, `format` refuses
single braces.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from azrelease.syntax.expressions.casting import equal, folded, order, text_of, to_boolean, to_number, to_text
from azrelease.syntax.expressions.values import (
    UNKNOWN,
    EvaluationError,
    OpenCollection,
    Unknown,
    Value,
    is_collection,
    is_list,
    is_open,
)

_PATTERN = re.compile(r"\{\{|\}\}|\{([0-9]{1,3})(:(?:[^{}]|\{\{|\}\})*)?\}|[^{}]+")
_JSON_ESCAPES = str.maketrans({"\x85": "\\u0085", "\u2028": "\\u2028", "\u2029": "\\u2029"})
"""Line separators, which the service's writer of JSON escapes besides those that Python's escapes."""


class Hole(NamedTuple):
    """A place of a format that an argument fills: `{0}`."""

    argument: int
    specifier: str | None


def format_parts(pattern: str) -> list[str | Hole]:
    """The literal texts and the holes of a pattern of `format`, in their order.

    Raises:
        EvaluationError: a brace is neither doubled nor part of a hole.
    """
    parts: list[str | Hole] = []
    position = 0
    while position < len(pattern):
        match = _PATTERN.match(pattern, position)
        if match is None:
            raise EvaluationError(f"the format `{pattern}` is invalid: double a brace that is text, `{{{{`")
        position = match.end()
        if match[1] is not None:
            parts.append(Hole(int(match[1]), match[2]))
            continue
        text = match[0][0] if match[0] in ("{{", "}}") else match[0]
        if parts and isinstance(parts[-1], str):
            parts[-1] += text
        else:
            parts.append(text)
    return parts


def doubled(text: str) -> str:
    """A text as part of a pattern of `format`."""
    return text.replace("{", "{{").replace("}", "}}")


class NotKnownError(Exception):
    """A collection has a part that only the run knows."""


def json_text(value: Value) -> str:
    """The function `convertToJson`: indented by two; null is the empty text, as the service was measured to give it.

    Raises:
        NotKnownError: a part of it is unknown.
    """
    return "".join(_json(value, "\n"))


def _json(value: Value, line: str) -> Iterator[str]:
    inner = line + "  "
    if isinstance(value, Unknown) or is_open(value):
        raise NotKnownError
    if isinstance(value, Mapping):
        separator = "{"
        for key, item in value.items():
            yield f"{separator}{inner}{_quoted(key)}: "
            yield from _json(item, inner)
            separator = ","
        yield f"{line}}}" if value else "{}"
    elif is_list(value):
        separator = "["
        for item in value:
            yield separator + inner
            yield from _json(item, inner)
            separator = ","
        yield f"{line}]" if value else "[]"
    elif is_collection(value):
        raise NotKnownError
    elif isinstance(value, bool):
        yield "true" if value else "false"
    elif isinstance(value, float | int):
        yield to_text(value)
    else:
        yield _quoted(to_text(value))


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).translate(_JSON_ESCAPES)


def _length(value: Value) -> Value:
    if isinstance(value, Mapping) or is_list(value):
        return value.size() if isinstance(value, OpenCollection) else float(len(value))
    if is_collection(value):
        return UNKNOWN
    # The service counts the units of UTF-16.
    return float(len(to_text(value).encode("utf-16-le", "surrogatepass")) // 2)


def _replace(text: Value, old: Value, new: Value) -> str:
    """Letter case counts: the documentation is silent, and implementations differ."""
    whole, part, other = text_of(text), text_of(old), text_of(new)
    return whole.replace(part, other) if part else whole


def _substring(text: Value, start: Value, length: Value = None) -> Value:
    """A part of a text; the result for a position outside of it is not documented."""
    whole, begin = text_of(text), to_number(start)
    size = to_number(length) if length is not None else None if begin is None else len(whole) - begin
    if begin is None or size is None or min(begin, size) < 0 or begin + size > len(whole):
        return UNKNOWN
    return whole[int(begin) : int(begin) + int(size)]


LIBRARY: Mapping[str, Callable[..., Value]] = {
    "contains": lambda text, part: folded(text_of(part)) in folded(text_of(text)),
    "endswith": lambda text, part: folded(text_of(text)).endswith(folded(text_of(part))),
    "eq": equal,
    "ge": lambda left, right: order(left, right) >= 0,
    "gt": lambda left, right: order(left, right) > 0,
    "le": lambda left, right: order(left, right) <= 0,
    "length": _length,
    "lower": lambda value: text_of(value).lower(),
    "lt": lambda left, right: order(left, right) < 0,
    "ne": lambda left, right: not equal(left, right),
    "not": lambda value: not to_boolean(value),
    "replace": _replace,
    "startswith": lambda text, part: folded(text_of(text)).startswith(folded(text_of(part))),
    "substring": _substring,
    "trim": lambda value: text_of(value).strip(),
    "upper": lambda value: text_of(value).upper(),
    "xor": lambda left, right: to_boolean(left) != to_boolean(right),
}
"""By name in lower case: those that need all of their arguments, and nothing else."""
