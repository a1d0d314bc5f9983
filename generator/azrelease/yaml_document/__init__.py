"""YAML files with the position of every value: read, decoded, parsed, and addressed by route."""

from azrelease.yaml_document.decoding import LARGEST_FILE, read_file, readable_text
from azrelease.yaml_document.document import KEY, YamlDocument, diagnostic_at
from azrelease.yaml_document.positions import line_starts, node_offsets, node_span, nodes_below, split_lines
from azrelease.yaml_document.scalars import YamlFloat, YamlInt, scalar_value

__all__ = [
    "KEY",
    "LARGEST_FILE",
    "YamlDocument",
    "YamlFloat",
    "YamlInt",
    "diagnostic_at",
    "line_starts",
    "node_offsets",
    "node_span",
    "nodes_below",
    "read_file",
    "readable_text",
    "scalar_value",
    "split_lines",
]
