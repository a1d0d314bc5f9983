"""What the expressions of a file name."""

from collections.abc import Iterable
from typing import NamedTuple

from azrelease.lint.facts.expressions import TEMPLATE, Expression
from azrelease.syntax.expressions import Index, Literal, Name

_PARAMETERS = "parameters"


class ParameterReferences(NamedTuple):
    """The parameters that expressions name.

    Attributes:
        named: each name in lower case, with the expression and where it stands in it.
        all_used: whether an expression goes through all parameters, or computes a name.
    """

    named: tuple[tuple[str, Expression, int, int], ...]
    all_used: bool


def parameter_references(expressions: Iterable[Expression]) -> ParameterReferences:
    """The parameters that template expressions name."""
    named: list[tuple[str, Expression, int, int]] = []
    all_used = False
    for expression in expressions:
        if expression.usage != TEMPLATE or _PARAMETERS not in expression.text.casefold():
            continue
        if expression.node is None:
            all_used = True
            continue
        direct: set[int] = set()
        for node in expression.parts:
            if isinstance(node, Index) and isinstance(node.target, Name) and _is_parameters(node.target):
                key = node.key
                if isinstance(key, Literal) and isinstance(key.value, str):
                    direct.add(id(node.target))
                    named.append((key.value.casefold(), expression, node.start, node.end))
            elif isinstance(node, Name) and _is_parameters(node) and id(node) not in direct:
                all_used = True
    return ParameterReferences(tuple(named), all_used)


def _is_parameters(node: Name) -> bool:
    return node.name.casefold() == _PARAMETERS
