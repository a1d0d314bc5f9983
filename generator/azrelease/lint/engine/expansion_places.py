"""Where parts of an expansion come from: conditions around them, and their text."""

from yaml import MappingNode, SequenceNode

from azrelease.diagnostics import Diagnostic
from azrelease.expansion import ConditionBranch, ExpandedDocument, Expansion, Frame, chain_of
from azrelease.yaml_document import node_span, split_lines


def is_certain(frame: Frame) -> bool:
    """Whether the run cannot leave out what is in a call, loop or condition."""
    return not any(isinstance(around, ConditionBranch) and not around.is_known for around in chain_of(frame))


def is_in_branch(frame: Frame) -> bool:
    """Whether a condition is around a call, a loop or a condition, or is it."""
    return any(isinstance(around, ConditionBranch) for around in chain_of(frame))


def places_in_branches(document: ExpandedDocument) -> frozenset[tuple[int, int]]:
    """The lines and columns at which the nodes in branches of conditions begin."""
    found: set[tuple[int, int]] = set()
    pending = [document.root]
    while pending:
        node = pending.pop()
        origin = document.origins.get(id(node))
        if origin is not None and origin.frame is not None and is_in_branch(origin.frame):
            found.add(node_span(node)[:2])
        if isinstance(node, MappingNode):
            for pair in node.value:
                pending += pair
        elif isinstance(node, SequenceNode):
            pending += node.value
    return frozenset(found)


def text_at(found: Diagnostic, expansion: Expansion) -> str:
    """The line of a finding from where it begins."""
    text = next((file.document.text for file in expansion.files if file.path == found.file), "")
    lines = split_lines(text)[found.span.line - 1 : found.span.line]
    return lines[0][found.span.column - 1 :] if lines else ""
