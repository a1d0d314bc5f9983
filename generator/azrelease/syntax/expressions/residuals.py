"""What is left of an expression of which a part is unknown."""

from collections.abc import Sequence

from azrelease.syntax.expressions.functions import RESULTS
from azrelease.syntax.expressions.nodes import Call, Literal, Node
from azrelease.syntax.expressions.values import UNKNOWN, MadeList, Members, Unknown, Value, common_kind, is_known


def left_to_run(call: Call, values: Sequence[Value]) -> Unknown:
    """A call that is left to the run."""
    name = call.name.casefold()
    return unknown_as(residual_call(call, values), RESULTS.get(name) or _kind_of_choice(name, values))


def _kind_of_choice(name: str, values: Sequence[Value]) -> str:
    """The kind of the result of a function that gives one of its arguments."""
    return common_kind(values[1:] if name == "iif" else values) if name in ("iif", "coalesce") else ""


def residual_call(call: Call, values: Sequence[Value]) -> Call | None:
    """A call with the expressions of its values as arguments; None where one has none."""
    arguments: list[Node] = []
    for value, node in zip(values, call.arguments, strict=True):
        argument = residual(value, node)
        if argument is None:
            return None
        arguments.append(argument)
    return call._replace(arguments=tuple(arguments))


def unknown_as(expression: Node | None, kind: str = "") -> Unknown:
    """The unknown value with an expression; `UNKNOWN` without one."""
    return UNKNOWN if expression is None else Unknown(expression, kind)


def residual(value: Value, node: Node) -> Node | None:
    """The expression of a value; a context keeps its name."""
    if isinstance(value, Unknown):
        return value.expression
    if isinstance(value, Members):
        return node if value.is_kept else None
    if isinstance(value, MadeList):
        return value.rest()
    return Literal(value, 0, 0) if is_known(value) else None
