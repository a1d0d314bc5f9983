"""The evaluator of expressions.

Source of the rules: learn.microsoft.com/azure/devops/pipelines/process/expressions, chapters Functions and Type
casting. A comparison converts its right side to the type of the left; letter case of texts does not count. An unknown
part makes the result `UNKNOWN`, unless the rest decides it.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias

from azrelease.syntax.expressions.functions import FUNCTIONS
from azrelease.syntax.expressions.nodes import Call, Index, Literal, Name, Node, Opaque, Version, Wildcard


class Unknown:
    """A value that is known only later, or elsewhere.

    Attributes:
        expression: what it is in terms of what is known only later; None where no expression says it.
    """

    __slots__ = ("expression",)

    def __init__(self, expression: Node | None = None) -> None:
        self.expression = expression


UNKNOWN: Final = Unknown()
"""The unknown value without an expression."""

Value: TypeAlias = Any
"""None, a bool, float, str or `Version`, a mapping, a list, or `UNKNOWN`."""

Contexts: TypeAlias = Mapping[str, Value]
"""Values by name in lower case: contexts such as `variables`, and the variables of `each`."""

Functions: TypeAlias = Mapping[str, Callable[[Sequence[Value]], Value]]

_NUMBER = re.compile(r"\s*[-+]?(?:[0-9][0-9,]*(?:\.[0-9]*)?|\.[0-9]+)\s*")
_PLACEHOLDER = re.compile(r"\{\{|\}\}|\{(\d+)(?::([^}]*))?\}")


class EvaluationError(Exception):
    """An expression without a value: operands that do not compare, a format without its argument."""


def evaluate(node: Node, contexts: Contexts, functions: Functions | None = None) -> Value:
    """Evaluate an expression.

    A name that is not in `contexts` is unknown; `functions` depend on the run, by name in lower case: `succeeded`.

    Raises:
        EvaluationError: the service would refuse it, or fail the run.
    """
    match node:
        case Literal(value=value):
            return value
        case Name(name=name):
            return contexts.get(name.casefold(), UNKNOWN)
        case Opaque():
            return UNKNOWN
        case Index(target=target, key=key):
            return _index(evaluate(target, contexts, functions), evaluate(key, contexts, functions), target)
        case Wildcard(target=target):
            return _filtered(evaluate(target, contexts, functions))
        case Call(name=name, arguments=arguments):
            return _call(name.casefold(), arguments, contexts, functions or {})


class Filtered(list[Any]):
    """The result of `.*`: a dereference applies to each item."""


def _index(target: Value, key: Value, node: Node) -> Value:
    if target is UNKNOWN or key is UNKNOWN:
        return UNKNOWN
    if isinstance(target, Filtered) and isinstance(node, Wildcard):
        items = (_index(item, key, key) for item in target if isinstance(item, Mapping | list))
        return Filtered(item for item in items if item is not None)
    if isinstance(target, Mapping):
        folded = to_text(key).casefold()
        return next((value for name, value in target.items() if str(name).casefold() == folded), None)
    if isinstance(target, list):
        position = to_number(key)
        inside = position is not None and position == int(position) and 0 <= position < len(target)
        return target[int(position)] if inside and position is not None else None
    return None


def _filtered(target: Value) -> Value:
    if target is UNKNOWN:
        return UNKNOWN
    if isinstance(target, Mapping):
        return Filtered(target.values())
    return Filtered(target) if isinstance(target, list) else Filtered()


def _call(name: str, arguments: tuple[Node, ...], contexts: Contexts, functions: Functions) -> Value:
    known = FUNCTIONS.get(name)
    if known is None or not known.takes(len(arguments)):
        return UNKNOWN
    if name in ("and", "or"):
        return _connect(name == "and", arguments, contexts, functions)
    if name == "iif":
        test = to_boolean(evaluate(arguments[0], contexts, functions))
        return UNKNOWN if test is UNKNOWN else evaluate(arguments[1 if test else 2], contexts, functions)
    values = [evaluate(argument, contexts, functions) for argument in arguments]
    if name in functions:
        return functions[name](values)
    if name == "always":
        return True
    if name == "coalesce":
        return _coalesce(values)
    function = _PLAIN.get(name)
    if function is None or any(value is UNKNOWN for value in values):
        return UNKNOWN
    return function(*values)


def _connect(every: bool, arguments: tuple[Node, ...], contexts: Contexts, functions: Functions) -> Value:
    """Evaluate `and` and `or`: the first deciding argument ends it, even behind unknown ones."""
    unknown = False
    for argument in arguments:
        value = to_boolean(evaluate(argument, contexts, functions))
        if value is UNKNOWN:
            unknown = True
        elif value is not every:
            return not every
    return UNKNOWN if unknown else every


def _coalesce(values: Sequence[Value]) -> Value:
    for value in values:
        if value is UNKNOWN or (value is not None and value != ""):
            return value
    return None


def to_boolean(value: Value) -> Value:
    """A value as a boolean; unknown stays unknown."""
    if value is UNKNOWN or isinstance(value, bool):
        return value
    if value is None:
        return False
    return value not in (0, "")


def to_text(value: Value) -> str:
    """A value as text; empty for a mapping or list."""
    if isinstance(value, bool):
        return "True" if value else "False"
    if isinstance(value, float | int):
        return f"{value:.15g}" if value != int(value) else str(int(value))
    return value if isinstance(value, str) else str(value) if isinstance(value, Version) else ""


def to_number(value: Value) -> float | None:
    """A value as a number; None when it does not convert."""
    if value is None:
        return 0.0
    if isinstance(value, bool | int | float):
        return float(value)
    if not isinstance(value, str):
        return None
    if not value:
        return 0.0
    return float(value.replace(",", "")) if _NUMBER.fullmatch(value) else None


def to_version(value: Value) -> Version | None:
    """A value as a version; None when it does not convert."""
    if isinstance(value, Version):
        return value
    parts = to_text(value).split(".") if isinstance(value, str | float) else []
    if len(parts) in (2, 3, 4) and all(part.isdecimal() for part in parts):
        return Version(map(int, parts))
    return None


def _converted(left: Value, right: Value) -> tuple[Value, bool]:
    """The right value in the type of the left, and whether it converts."""
    if isinstance(left, bool):
        return to_boolean(right), not isinstance(right, Mapping | list)
    if left is None:
        return None, right is None or right == ""
    if isinstance(left, float | int):
        number = to_number(right)
        return number, number is not None
    if isinstance(left, Version):
        version = to_version(right)
        return version, version is not None
    if isinstance(left, str):
        return to_text(right).casefold(), not isinstance(right, Mapping | list)
    return right, right is left


def equal(left: Value, right: Value) -> bool:
    """The function `eq`: converts the right value to the type of the left; letter case does not count."""
    converted, possible = _converted(left, right)
    return possible and (left.casefold() if isinstance(left, str) else left) == converted


def _order(left: Value, right: Value) -> int:
    converted, possible = _converted(left, right)
    if not possible or not isinstance(left, bool | float | int | str | Version):
        raise EvaluationError(f"cannot compare `{to_text(left)}` with `{to_text(right)}`")
    mine = left.casefold() if isinstance(left, str) else left
    return int(mine > converted) - int(mine < converted)


def _contains_value(collection: Value, wanted: Value) -> bool:
    items = collection.values() if isinstance(collection, Mapping) else collection
    return isinstance(collection, Mapping | list) and any(equal(wanted, item) for item in items)


def _format(pattern: Value, *values: Value) -> str:
    def fill(match: re.Match[str]) -> str:
        if match[1] is None:
            return match[0][0]
        if int(match[1]) >= len(values):
            raise EvaluationError(f"the format `{to_text(pattern)}` lacks the argument {{{match[1]}}}")
        return to_text(values[int(match[1])])

    return _PLACEHOLDER.sub(fill, to_text(pattern))


def _join(separator: Value, items: Value) -> str:
    return to_text(separator).join(map(to_text, items)) if isinstance(items, list) else to_text(items)


def _split(text: Value, separators: Value) -> list[str]:
    characters = "".join(map(re.escape, to_text(separators)))
    return re.split(f"[{characters}]", to_text(text)) if characters else [to_text(text)]


def _substring(text: Value, start: Value, length: Value = None) -> Value:
    """A part of a text; the result for a position outside of it is not documented."""
    whole, begin = to_text(text), to_number(start)
    size = to_number(length) if length is not None else None if begin is None else len(whole) - begin
    if begin is None or size is None or min(begin, size) < 0 or begin + size > len(whole):
        return UNKNOWN
    return whole[int(begin) : int(begin) + int(size)]


def _length(value: Value) -> float:
    return float(len(value) if isinstance(value, Mapping | list | str) else len(to_text(value)))


def _json(value: Value) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False, default=str)


_PLAIN: Mapping[str, Callable[..., Value]] = {
    "contains": lambda text, part: to_text(part).casefold() in to_text(text).casefold(),
    "containsvalue": _contains_value,
    "converttojson": _json,
    "endswith": lambda text, part: to_text(text).casefold().endswith(to_text(part).casefold()),
    "eq": equal,
    "format": _format,
    "ge": lambda left, right: _order(left, right) >= 0,
    "gt": lambda left, right: _order(left, right) > 0,
    "in": lambda left, *rights: any(equal(left, right) for right in rights),
    "join": _join,
    "le": lambda left, right: _order(left, right) <= 0,
    "length": _length,
    "lower": lambda value: to_text(value).lower(),
    "lt": lambda left, right: _order(left, right) < 0,
    "ne": lambda left, right: not equal(left, right),
    "not": lambda value: not to_boolean(value),
    "notin": lambda left, *rights: not any(equal(left, right) for right in rights),
    "replace": lambda text, old, new: (
        to_text(text).replace(to_text(old), to_text(new)) if to_text(old) else to_text(text)
    ),
    "split": _split,
    "startswith": lambda text, part: to_text(text).casefold().startswith(to_text(part).casefold()),
    "substring": _substring,
    "trim": lambda value: to_text(value).strip(),
    "upper": lambda value: to_text(value).upper(),
    "xor": lambda left, right: to_boolean(left) != to_boolean(right),
}
