"""Functions that may have a value although a part is unknown, whose rest is another call, or that make a list."""

from collections.abc import Callable, Mapping, Sequence

from azrelease.syntax.expressions.access import items_of
from azrelease.syntax.expressions.casting import equal, text_of, to_boolean, to_text
from azrelease.syntax.expressions.library import Hole, NotKnownError, doubled, format_parts, json_text
from azrelease.syntax.expressions.nodes import Call, Literal
from azrelease.syntax.expressions.residuals import left_to_run, residual_call
from azrelease.syntax.expressions.values import (
    UNKNOWN,
    EvaluationError,
    MadeList,
    Unknown,
    Value,
    is_collection,
    is_list,
    is_open,
)


def _iif(call: Call, values: Sequence[Value]) -> Value:
    test = to_boolean(values[0])
    return left_to_run(call, values) if isinstance(test, Unknown) else values[1 if test else 2]


def _format(call: Call, values: Sequence[Value]) -> Value:
    pattern, *arguments = values
    if isinstance(pattern, Unknown):
        return left_to_run(call, values)
    text = text_of(pattern)
    parts = format_parts(text)
    unknown = False
    made: list[str] = []
    for part in parts:
        if not isinstance(part, Hole):
            made.append(part)
            continue
        if part.argument >= len(arguments):
            raise EvaluationError(f"the format `{text}` lacks the argument {{{part.argument}}}")
        value = arguments[part.argument]
        # A form for dates and numbers, which the run applies.
        if isinstance(value, Unknown) or part.specifier is not None:
            unknown = True
        else:
            made.append(text_of(value))
    return left_to_run(call, values) if unknown else "".join(made)


def _join(call: Call, values: Sequence[Value]) -> Value:
    """Evaluate `join`: mappings and lists in the list are the empty text. With unknown items, a `format` is left."""
    separator, items = values
    if isinstance(items, Unknown):
        return left_to_run(call, values)
    if not is_list(items):
        return UNKNOWN if is_open(items) else to_text(items)
    if is_open(items):
        return UNKNOWN
    unknown = [item for item in items if isinstance(item, Unknown)]
    if not unknown:
        if isinstance(separator, Unknown) and len(items) > 1:
            return left_to_run(call, values)
        return to_text(separator).join(map(to_text, items))
    if isinstance(separator, Unknown) or any(item.expression is None for item in unknown):
        return UNKNOWN
    numbers = iter(range(len(unknown)))
    holes = [f"{{{next(numbers)}}}" if isinstance(item, Unknown) else doubled(to_text(item)) for item in items]
    pattern = Literal(doubled(to_text(separator)).join(holes), 0, 0)
    arguments = (pattern, *(item.expression for item in unknown if item.expression is not None))
    return Unknown(call._replace(name="format", arguments=arguments), "text")


def _split(call: Call, values: Sequence[Value]) -> Value:
    """Evaluate `split`: the separator is one text; an empty one does not split."""
    if any(isinstance(value, Unknown) for value in values):
        return left_to_run(call, values)
    text, separator = map(text_of, values)
    return MadeList(text.split(separator) if separator else [text], lambda: residual_call(call, values))


def _contains_value(call: Call, values: Sequence[Value]) -> Value:
    """Evaluate `containsValue`. With unknown items and none that is equal, an `in` is left."""
    collection, wanted = values
    if isinstance(collection, Unknown) or isinstance(wanted, Unknown):
        if not isinstance(collection, Unknown) and not is_open(collection) and items_of(collection) == ():
            return False
        return left_to_run(call, values)
    if not is_collection(collection):
        return False
    if not isinstance(collection, Mapping) and not is_list(collection):
        return UNKNOWN
    items = list(collection.values() if isinstance(collection, Mapping) else collection)
    if any(equal(wanted, item) for item in items if not isinstance(item, Unknown)):
        return True
    unknown = [item for item in items if isinstance(item, Unknown)]
    if is_open(collection) or any(item.expression is None for item in unknown):
        return UNKNOWN
    if not unknown:
        return False
    arguments = (Literal(wanted, 0, 0), *(item.expression for item in unknown if item.expression is not None))
    return Unknown(call._replace(name="in", arguments=arguments), "boolean")


def _converted_to_json(call: Call, values: Sequence[Value]) -> Value:
    if isinstance(values[0], Unknown):
        return left_to_run(call, values)
    try:
        return json_text(values[0])
    except NotKnownError:
        return UNKNOWN


LENIENT: Mapping[str, Callable[[Call, Sequence[Value]], Value]] = {
    "containsvalue": _contains_value,
    "converttojson": _converted_to_json,
    "format": _format,
    "iif": _iif,
    "join": _join,
    "split": _split,
}
"""The functions that decide themselves what an unknown argument leaves of them, and those that make a list."""
