"""A YAML document whose values have routes (`("stages", 1, "name")`), lines and columns."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import yaml

from azrelease.diagnostics import Code, Diagnostic, Span
from azrelease.yaml_document.decoding import decode, read_file
from azrelease.yaml_document.parsing import parse_tree
from azrelease.yaml_document.positions import character_offsets, first_node, line_starts, node_span
from azrelease.yaml_document.scalars import node_value

KEY = "[key]"
"""At the end of a route: the key itself, not its value. (pydantic marks errors about keys so.)"""


@dataclass(frozen=True)
class YamlDocument:
    """A parsed YAML file.

    Attributes:
        path: the path as the user gave it.
        text: the text, without a byte order mark.
        root: the node tree; every node has its marks.
        problems: problems that do not prevent reading the tree: duplicate keys, anchors, tags.
        node_documents: the file of each node that comes from another file, by the `id` of the node.
        removed_keys: keys that remove values of another file: path, name and span of each.
    """

    path: str
    text: str
    root: yaml.Node
    problems: tuple[Diagnostic, ...] = ()
    node_documents: Mapping[int, "YamlDocument"] = field(default_factory=dict)
    removed_keys: tuple[tuple[str, str, Span], ...] = ()

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read and parse a file.

        Raises:
            UserError: the file does not exist or is not readable.
            InvalidFileError: it is too large, not UTF-8, not YAML, or uses YAML that is not supported.
        """
        return cls.decode(read_file(str(path)), str(path))

    @classmethod
    def decode(cls, raw: bytes, path: str) -> Self:
        """Parse the bytes of a file; `path` is only for diagnostics.

        Raises:
            InvalidFileError: it is too large, not UTF-8, not YAML, or uses YAML that is not supported.
        """
        return cls.parse(decode(raw, path), path)

    @classmethod
    def parse(cls, text: str, path: str) -> Self:
        """Parse text; `path` is only for diagnostics.

        Raises:
            InvalidFileError: the text is not YAML, or uses YAML that is not supported.
        """
        text = text.removeprefix("\ufeff")
        return cls(path, text, *parse_tree(text, path))

    @cached_property
    def data(self) -> Any:  # noqa: ANN401  (any YAML)
        """The content as plain Python values; numbers are `YamlInt` and `YamlFloat`, keys are text."""
        return node_value(self.root)

    @property
    def texts(self) -> dict[str, str]:
        """The texts of all files in the tree, by path."""
        return {document.path: document.text for document in (self, *self.node_documents.values())}

    def node(self, route: Sequence[str | int]) -> yaml.Node:
        """The node at a route, or the last existing one on the way to it."""
        node = self.root
        for step in route:
            node = _child(node, step) or node
        return node

    def existing_route(self, route: Sequence[str | int]) -> tuple[str | int, ...]:
        """The beginning of a route, as far as it exists."""
        node = self.root
        for index, step in enumerate(route):
            child = _child(node, step)
            if child is None:
                return tuple(route[:index])
            node = child
        return tuple(route)

    def span(self, route: Sequence[str | int]) -> Span:
        """The span of the value at a route, or of its last existing parent.

        A route that ends in `KEY` means the key before it.
        """
        return node_span(self._located_node(route))

    def document_at(self, route: Sequence[str | int]) -> "YamlDocument":
        """The file that `span` refers to: this one, or one that part of the tree comes from."""
        return self.node_documents.get(id(first_node(self._located_node(route))), self)

    def _located_node(self, route: Sequence[str | int]) -> yaml.Node:
        if not route or route[-1] != KEY:
            return self.node(route)
        *parents, name = route[:-1]
        parent = self.node(parents)
        pairs = parent.value if isinstance(parent, yaml.MappingNode) else ()
        return next((key for key, _ in pairs if key.value == name), parent)

    def text_span(self, node: yaml.ScalarNode, start: int, end: int) -> Span:
        """The span of `node.value[start:end]`."""
        offsets = self._offsets(node)
        if not offsets:
            return node_span(node)
        line, column = self._line_and_column(offsets[min(start, len(offsets) - 1)])
        end_line, end_column = self._line_and_column(offsets[max(min(end, len(offsets)) - 1, 0)])
        return Span(line, column, end_line, (max(end_column, column) if end_line == line else end_column) + 1)

    def index(self, line: int, column: int) -> int:
        """The offset in the text of a line and column, which count from 1."""
        return self._line_starts[line - 1] + column - 1

    def offset(self, node: yaml.ScalarNode, position: int) -> int:
        """The offset in the text of a character of a scalar; both count from 0."""
        offsets = self._offsets(node)
        return offsets[min(position, len(offsets) - 1)] if offsets else int(node.start_mark.index)

    def offsets(self, node: yaml.ScalarNode, start: int, end: int) -> tuple[int, int]:
        """Where `node.value[start:end]`, which is not empty, begins and ends in the text, in characters from 0."""
        return self.offset(node, start), self.offset(node, end - 1) + 1

    def _offsets(self, node: yaml.ScalarNode) -> list[int]:
        """The offsets of a scalar's characters; the last scalar stays cached, since requests come in series."""
        if id(node) not in self._last_offsets:
            self._last_offsets.clear()
            self._last_offsets[id(node)] = character_offsets(self.text, node)
        return self._last_offsets[id(node)]

    @cached_property
    def _last_offsets(self) -> dict[int, list[int]]:
        return {}

    @cached_property
    def _line_starts(self) -> list[int]:
        return line_starts(self.text)

    def _line_and_column(self, index: int) -> tuple[int, int]:
        line = bisect_right(self._line_starts, index)
        return line, index - self._line_starts[line - 1] + 1


def diagnostic_at(
    document: YamlDocument, route: Sequence[str | int], code: Code, message: str, hint: str | None = None
) -> Diagnostic:
    """A diagnostic about the value at a route, in the file of that value."""
    return Diagnostic(code, message, document.document_at(route).path, document.span(route), hint)


def _child(node: yaml.Node, step: str | int) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == step), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        item: yaml.Node = node.value[step]
        return item
    return None
