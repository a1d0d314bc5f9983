"""Nodes of a file as they are, without expansion."""

import yaml
from yaml import MappingNode, ScalarNode, SequenceNode

from azrelease.expansion.origins import Frame, Origin, SourceFile
from azrelease.expansion.tree import ExpandedEntry, ExpandedMapping, ExpandedNode, ExpandedScalar, ExpandedSequence
from azrelease.syntax.expressions import ExpressionError, Literal, parsed, to_text
from azrelease.yaml_document import scalar_value


def literal(node: yaml.Node, file: SourceFile, frame: Frame | None = None) -> ExpandedNode:
    """A node as it is written, such as the default of a parameter: `${{ 'text' }}` is its text."""
    origin = Origin(file, node, frame)
    if isinstance(node, MappingNode):
        entries = (
            ExpandedEntry(_scalar(key, file, frame), literal(value, file, frame))
            for key, value in node.value
            if isinstance(key, ScalarNode)
        )
        return ExpandedMapping(tuple(entries), origin)
    if isinstance(node, SequenceNode):
        return ExpandedSequence(tuple(literal(item, file, frame) for item in node.value), origin)
    assert isinstance(node, ScalarNode)
    return _scalar(node, file, frame)


def _scalar(node: ScalarNode, file: SourceFile, frame: Frame | None) -> ExpandedScalar:
    text = node.value
    if text.startswith("${{") and text.endswith("}}"):
        quoted = _quoted_text(text[3:-2])
        text = text if quoted is None else quoted
    return ExpandedScalar(text, text, Origin(file, node, frame), node.style or "")


def _quoted_text(expression: str) -> str | None:
    """The text of an expression that is one; None for any other, which is reported with its file."""
    try:
        tree = parsed(expression, is_template=True)
    except ExpressionError:
        return None
    return str(tree.value) if isinstance(tree, Literal) else None


def typed(node: ExpandedNode) -> ExpandedNode:
    """A node whose plain numbers and booleans are such values: the value of an `object` parameter.

    Measured: its leaves keep their YAML type at any depth, null is empty text, and what passes on is the text of the
    value: `3.10` becomes `3.1`, `true` becomes `True`. `~`, `yes` and dates stay text.
    """
    if isinstance(node, ExpandedMapping):
        entries = tuple(ExpandedEntry(entry.key, typed(entry.value)) for entry in node.entries)
        return ExpandedMapping(entries, node.origin, node.written)
    if isinstance(node, ExpandedSequence):
        return ExpandedSequence(tuple(map(typed, node.items)), node.origin)
    source = node.origin.node
    if not isinstance(source, ScalarNode) or node.style or source.style or source.value != node.text:
        return node  # quoted, a block, or the result of an expression
    value = scalar_value(source)
    if value is None:
        return node if node.text == "~" else ExpandedScalar("", "", node.origin)
    if isinstance(value, bool):
        return ExpandedScalar(to_text(value), value, node.origin)
    if isinstance(value, int | float):
        number = float(value)
        return ExpandedScalar(to_text(number), number, node.origin)
    return node
