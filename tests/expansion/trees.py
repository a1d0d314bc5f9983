"""Trees of expanded nodes from YAML text, as the engine makes them of a file in which nothing is left to expand."""

import yaml

from azrelease.expansion.origins import Origin, SourceFile
from azrelease.expansion.tree import ExpandedEntry, ExpandedMapping, ExpandedNode, ExpandedScalar, ExpandedSequence
from azrelease.syntax.expressions import UNKNOWN
from azrelease.yaml_document import YamlDocument


def tree(text: str) -> ExpandedNode:
    """The tree of a text. A text with `${{` is unknown."""
    document = YamlDocument.parse(text, "azure-pipelines.yml")
    return tree_of(document.root, SourceFile(document.path, "self", document.path, document))


def mapping(text: str) -> ExpandedMapping:
    found = tree(text)
    assert isinstance(found, ExpandedMapping)
    return found


def sequence(text: str) -> ExpandedSequence:
    found = tree(text)
    assert isinstance(found, ExpandedSequence)
    return found


def tree_of(node: yaml.Node, file: SourceFile) -> ExpandedNode:
    origin = Origin(file, node, None)
    if isinstance(node, yaml.MappingNode):
        entries = []
        for key, value in node.value:
            at = tree_of(key, file)
            if isinstance(at, ExpandedScalar):  # a token of another template language is none
                entries.append(ExpandedEntry(at, tree_of(value, file)))
        return ExpandedMapping(tuple(entries), origin)
    if isinstance(node, yaml.SequenceNode):
        return ExpandedSequence(tuple(tree_of(item, file) for item in node.value), origin)
    assert isinstance(node, yaml.ScalarNode)
    if not node.value and not node.style:
        return ExpandedScalar("", None, origin)
    return ExpandedScalar(node.value, UNKNOWN if "${{" in node.value else node.value, origin, node.style or "")


def texts(node: ExpandedNode) -> object:
    """The content of a tree, for comparisons: keys in their order, directives as often as they are there."""
    if isinstance(node, ExpandedScalar):
        return node.text
    if isinstance(node, ExpandedSequence):
        return [texts(item) for item in node.items]
    return tuple((entry.key.text, texts(entry.value)) for entry in node.entries)
