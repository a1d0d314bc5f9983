"""The type of the value of an expression, before it is evaluated.

Source: learn.microsoft.com/azure/devops/pipelines/process/expressions, chapters Literals, Functions and Type casting:
variables and outputs are text, parameters have their type, and each function has a type of its own.
"""

from collections.abc import Mapping
from enum import StrEnum

from azrelease.syntax import Parameter
from azrelease.syntax.expressions import RESULTS, STATUS_FUNCTIONS, Call, Index, Literal, Name, Node, Version, route


class ValueType(StrEnum):
    """The types that an expression can have."""

    TEXT = "text"
    BOOLEAN = "boolean"
    NUMBER = "number"
    VERSION = "version"
    OBJECT = "object"


_OF_PARAMETERS = {
    "string": ValueType.TEXT,
    "boolean": ValueType.BOOLEAN,
    "number": ValueType.NUMBER,
    "stringlist": ValueType.OBJECT,
}
_OF_RESULTS = {"boolean": ValueType.BOOLEAN, "number": ValueType.NUMBER, "text": ValueType.TEXT}
_LEAST_OUTPUT_PARTS = 3


def value_type(node: Node, parameters: Mapping[str, Parameter]) -> ValueType | None:
    """The type of an expression; None where it is not known.

    Args:
        node: the expression.
        parameters: those that the file declares, by name in lower case.
    """
    match node:
        case Literal(value=value):
            return _of_value(value)
        case Call(name=name, arguments=arguments):
            return _of_call(name.casefold(), arguments, parameters)
        case Index():
            return _of_reference(node, parameters)
        case _:
            return None


def variable_name(node: Node) -> str | None:
    """The name of a variable, as in `variables['name']`; None for another node."""
    if not isinstance(node, Index) or not isinstance(node.target, Name) or node.target.name.casefold() != "variables":
        return None
    return node.key.value if isinstance(node.key, Literal) and isinstance(node.key.value, str) else None


def parameter_name(node: Node) -> str | None:
    """The name of a parameter, as in `parameters.name`; None for another node."""
    if not isinstance(node, Index) or not isinstance(node.target, Name) or node.target.name.casefold() != "parameters":
        return None
    return node.key.value if isinstance(node.key, Literal) and isinstance(node.key.value, str) else None


def is_output(node: Node) -> bool:
    """Whether a node reads an output of another job: `dependencies.JOB.outputs['STEP.NAME']`."""
    parts = route(node)
    if parts is None or len(parts) <= _LEAST_OUTPUT_PARTS:
        return False
    return parts[0].casefold() in ("dependencies", "stagedependencies") and "outputs" in map(str.casefold, parts[2:4])


def _of_value(value: object) -> ValueType | None:
    if isinstance(value, bool):
        return ValueType.BOOLEAN
    if isinstance(value, str):
        return ValueType.TEXT
    if isinstance(value, Version):
        return ValueType.VERSION
    return ValueType.NUMBER if isinstance(value, int | float) else None


def _of_call(name: str, arguments: tuple[Node, ...], parameters: Mapping[str, Parameter]) -> ValueType | None:
    if name in STATUS_FUNCTIONS:
        return ValueType.BOOLEAN
    if name in ("iif", "coalesce"):
        types = {value_type(argument, parameters) for argument in arguments[1 if name == "iif" else 0 :]}
        return types.pop() if len(types) == 1 else None
    return _OF_RESULTS.get(RESULTS.get(name, ""))


def _of_reference(node: Index, parameters: Mapping[str, Parameter]) -> ValueType | None:
    if variable_name(node) is not None or is_output(node):
        return ValueType.TEXT
    name = parameter_name(node)
    parameter = parameters.get(name.casefold()) if name is not None else None
    return None if parameter is None else _OF_PARAMETERS.get(parameter.type)
