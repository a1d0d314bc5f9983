"""Dereferences: `a.b`, `a[0]` and `a.*`."""

from collections.abc import Mapping, Sequence

from azrelease.syntax.expressions.casting import to_number, to_text
from azrelease.syntax.expressions.nodes import Index, Node, Wildcard
from azrelease.syntax.expressions.residuals import residual, unknown_as
from azrelease.syntax.expressions.values import (
    UNKNOWN,
    Filtered,
    Members,
    OpenMapping,
    Unknown,
    Value,
    is_collection,
    is_list,
    is_open,
)


def dereferenced(target: Value, key: Value, node: Node, link: Index) -> Value:
    """`target[key]`, where `node` is the expression of the target."""
    if not isinstance(target, Unknown) and not is_collection(target):
        return None

    def rest() -> Node | None:
        mine, its = residual(target, node), residual(key, link.key)
        return None if mine is None or its is None else Index(mine, its, link.start, link.end)

    if isinstance(target, Unknown) or isinstance(key, Unknown):
        return unknown_as(rest())
    if is_collection(key):
        return None
    if not isinstance(target, Filtered):
        return next(iter(_member(target, key)), None)
    if any(isinstance(item, Unknown) for item in target):
        return UNKNOWN
    found = [value for item in target for value in _member(item, key)]
    return UNKNOWN if any(value is UNKNOWN for value in found) else Filtered(found, rest)


def _member(target: Value, key: Value) -> Sequence[Value]:
    """The value at a key or an index, alone; nothing where there is none."""
    if isinstance(target, Members):
        return (target.member(to_text(key)),)
    if isinstance(target, Mapping):
        text = to_text(key)
        if text in target:
            return (target[text],)
        return (target.later_member(text),) if isinstance(target, OpenMapping) and target.is_open else ()
    if is_list(target):
        if is_open(target):
            return (UNKNOWN,)
        number = to_number(key)
        if number is not None and 0 <= number < len(target):
            return (target[int(number)],)
    return ()


def filtered(target: Value, node: Node, link: Wildcard) -> Value:
    """`target.*`, where `node` is the expression of the target."""

    def rest() -> Node | None:
        mine = residual(target, node)
        return None if mine is None else Wildcard(mine, link.start, link.end)

    if isinstance(target, Unknown):
        return unknown_as(rest())
    if not isinstance(target, Filtered):
        items = items_of(target)
        return UNKNOWN if items is None else Filtered(items, rest)
    result = Filtered((), rest)
    for item in target:
        items = None if isinstance(item, Unknown) else items_of(item)
        if items is None:
            return UNKNOWN
        result.extend(items)
    return result


def items_of(value: Value) -> Sequence[Value] | None:
    """The values in a collection, nothing for another value; None where only the run knows them."""
    if is_open(value):
        return None
    if isinstance(value, Mapping):
        return tuple(value.values())
    if is_list(value):
        return value
    return None if is_collection(value) else ()
