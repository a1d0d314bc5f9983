"""The texts of an expanded pipeline as a picture shows them."""

import re

import yaml
from yaml import MappingNode, ScalarNode, SequenceNode

from azrelease.expansion import ExpandedDocument
from azrelease.yaml_document import YamlDocument

_ADDED = re.compile(r"\bparameters\.unknown_\d+")


def with_source_texts(document: ExpandedDocument) -> YamlDocument:
    """The document with the text of the file in the place of each that reads parameters which the expansion added.

    An expression of a template may not have a form in the pipeline. The expansion then gives it a parameter, whose name
    means nothing to a reader.
    """

    def changed(node: yaml.Node) -> yaml.Node:
        if isinstance(node, MappingNode):
            pairs = [(changed(key), changed(value)) for key, value in node.value]
            return MappingNode(node.tag, pairs, node.start_mark, node.end_mark, node.flow_style)
        if isinstance(node, SequenceNode):
            items = [changed(item) for item in node.value]
            return SequenceNode(node.tag, items, node.start_mark, node.end_mark, node.flow_style)
        origin = document.origins.get(id(node))
        source = None if origin is None else origin.node
        if not isinstance(node, ScalarNode) or not isinstance(source, ScalarNode) or not _ADDED.search(node.value):
            return node
        return ScalarNode(node.tag, source.value, node.start_mark, node.end_mark, node.style)

    return YamlDocument(document.path, document.text, changed(document.root))
