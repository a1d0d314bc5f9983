"""An expanded pipeline as a document, so that it is read and checked as any file is.

The nodes of the document have positions of their own: each call of a template and each turn of a loop has its own range
of lines, so that a place says which file it is in, and which call made it.
"""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import yaml
from yaml import ScalarNode

from azrelease.diagnostics import Diagnostic, Span
from azrelease.expansion.origins import ConditionBranch, Frame, Origin, SourceFile
from azrelease.expansion.result import Expansion
from azrelease.expansion.tree import ExpandedMapping, ExpandedNode, ExpandedScalar
from azrelease.yaml_document import YamlDocument, node_span, split_lines


class LineRange(NamedTuple):
    """The lines of a file in one call or turn.

    Attributes:
        start: how many lines are before them.
        file: the file.
        frame: the innermost call or turn; None for the text of the pipeline itself.
    """

    start: int
    file: SourceFile
    frame: Frame | None


class Located(NamedTuple):
    """A finding of the expanded pipeline, at its place in a file.

    Attributes:
        diagnostic: the finding, with the file and span.
        frame: the call or turn that it is in; None for the text of the pipeline itself.
    """

    diagnostic: Diagnostic
    frame: Frame | None


@dataclass(frozen=True)
class ExpandedDocument(YamlDocument):
    """An expanded pipeline with the positions of its parts.

    Attributes:
        ranges: the lines of each file, call and turn, in their order.
        origins: the origin of each node, by its `id`.
    """

    ranges: tuple[LineRange, ...] = ()
    origins: Mapping[int, Origin] = field(default_factory=dict)

    def located(self, found: Diagnostic) -> Located:
        """A finding at its place in the file that it is in. Fixes are those of files, so it has none."""
        span = found.span
        part = self.ranges[bisect_right(self.ranges, span.line - 1, key=lambda each: each.start) - 1]
        place = Span(span.line - part.start, span.column, span.end_line - part.start, span.end_column)
        return Located(found._replace(file=part.file.path, span=place, fix=None), part.frame)

    def text_span(self, node: yaml.ScalarNode, start: int, end: int) -> Span:
        """The span of a part of a text: in its file where it is the same there, else that of the whole text."""
        origin = self.origins.get(id(node))
        source = None if origin is None else origin.node
        if origin is None or not isinstance(source, ScalarNode) or source.value != node.value:
            return node_span(node)
        span = origin.file.document.text_span(source, start, end)
        lines = node.start_mark.line - source.start_mark.line
        return Span(span.line + lines, span.column, span.end_line + lines, span.end_column)

    def offset(self, node: yaml.ScalarNode, position: int) -> int:
        """The offset of a character of a text in its own file."""
        return int(node.start_mark.index) + position


def expanded_document(expansion: Expansion) -> ExpandedDocument:
    """The pipeline of an expansion as a document. Its text is that of all its files."""
    builder = _DocumentBuilder()
    builder.range_of(expansion.pipeline.origin)
    root = builder.node(expansion.pipeline)
    text = "\n".join(file.document.text for file in expansion.files)
    return ExpandedDocument(expansion.file.path, text, root, ranges=tuple(builder.ranges), origins=builder.origins)


class _DocumentBuilder:
    def __init__(self) -> None:
        self.ranges: list[LineRange] = []
        self.origins: dict[int, Origin] = {}
        self._by_place: dict[tuple[int, int], LineRange] = {}
        self._end = 0

    def range_of(self, origin: Origin) -> LineRange:
        """The lines of the file of an origin, in its call or turn."""
        frame = origin.frame
        while isinstance(frame, ConditionBranch):
            frame = frame.at.frame
        key = (id(origin.file), id(frame))
        found = self._by_place.get(key)
        if found is None:
            found = LineRange(self._end, origin.file, frame)
            self._end += len(split_lines(origin.file.document.text)) + 2
            self._by_place[key] = found
            self.ranges.append(found)
        return found

    def node(self, node: ExpandedNode) -> yaml.Node:
        """A node as it is written, not in the normal form that the value of a typed parameter has."""
        while isinstance(node, ExpandedMapping) and node.written is not None:
            node = node.written
        lines = self.range_of(node.origin).start
        source = node.origin.node
        start, end = _moved(source.start_mark, lines), _moved(source.end_mark, lines)
        made: yaml.Node
        if isinstance(node, ExpandedScalar):
            made = ScalarNode("", node.text, start, end, style=node.style)
        elif isinstance(node, ExpandedMapping):
            pairs = [(self.node(entry.key), self.node(entry.value)) for entry in node.entries]
            made = yaml.MappingNode("", pairs, start, end, flow_style=not pairs)
        else:
            made = yaml.SequenceNode(
                "", [self.node(item) for item in node.items], start, end, flow_style=not node.items
            )
        self.origins[id(made)] = node.origin
        return made


def _moved(mark: yaml.Mark, lines: int) -> yaml.Mark:
    if not lines:
        return mark
    return yaml.Mark(mark.name, mark.index, mark.line + lines, mark.column, None, 0)
