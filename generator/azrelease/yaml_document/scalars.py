"""Values of YAML nodes, by the core schema of YAML 1.2 (yaml.org/spec/1.2.2, chapter 10.3.2)."""

import re
from typing import Any

import yaml

_NULL = frozenset(("", "~", "null", "Null", "NULL"))
_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(
    r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
)
_LONGEST_NUMBER = 100  # far below the length at which Python refuses to convert


class YamlInt(int):
    """An integer from a file, with its source text (`010`, `0x1F`)."""

    text: str


class YamlFloat(float):
    """A floating-point number from a file, with its source text (`3.10`)."""

    text: str


def scalar_value(node: yaml.ScalarNode) -> str | bool | int | float | None:
    """The value of a scalar."""
    # The style of a plain scalar is "" in libyaml and None in the parser in Python.
    return str(node.value) if node.style else _plain_value(node.value)


def node_value(node: yaml.Node) -> Any:  # noqa: ANN401  (any YAML)
    """The content of a node as plain Python values; keys that are not text are left out."""
    if isinstance(node, yaml.MappingNode):
        return {key.value: node_value(value) for key, value in node.value if isinstance(key, yaml.ScalarNode)}
    if isinstance(node, yaml.SequenceNode):
        return [node_value(item) for item in node.value]
    assert isinstance(node, yaml.ScalarNode)
    return scalar_value(node)


def _plain_value(text: str) -> str | bool | int | float | None:
    if text in _NULL:
        return None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    if len(text) > _LONGEST_NUMBER:
        return text
    if _INTEGER.fullmatch(text):
        whole = YamlInt(text, 0) if text.startswith(("0o", "0x")) else YamlInt(text)
        whole.text = text
        return whole
    if _FLOAT.fullmatch(text):
        named = text.lower().endswith(("inf", "nan"))
        number = YamlFloat(text.replace(".", "") if named else text)
        number.text = text
        return number
    return text
