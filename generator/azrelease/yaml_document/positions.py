"""Positions in a text: lines as YAML counts them, spans of nodes, offsets of the characters of a scalar."""

import re
from collections.abc import Iterator
from functools import lru_cache

import yaml

from azrelease.diagnostics import Span

_LINE_BREAK = re.compile(r"\r\n|[\r\n\x85\u2028\u2029]")
_RARE_BREAK = re.compile(r"[\r\x85\u2028\u2029]")

_NO_BLANK = re.compile(r"\S")
_SINGLE_QUOTED = re.compile(r"''|\S")
_DOUBLE_QUOTED = re.compile(r"\\(?:x..|u.{4}|U.{8}|.)|\S", re.DOTALL)
_BLANK_ESCAPES = frozenset(f"\\{character}" for character in "tnrvf_NLP \t\r\n")


@lru_cache(maxsize=4)
def split_lines(text: str) -> tuple[str, ...]:
    """The lines of a text as YAML counts them (yaml.org/spec/1.1, chapter 5.4)."""
    return tuple(_LINE_BREAK.split(text) if _RARE_BREAK.search(text) else text.split("\n"))


def line_starts(text: str) -> list[int]:
    """The offset of each line that `split_lines` returns."""
    return [0, *(match.end() for match in _LINE_BREAK.finditer(text))]


def end_position(text: str) -> tuple[int, int]:
    """Line and column behind a text."""
    lines = split_lines(text)
    return len(lines), len(lines[-1]) + 1


def node_span(node: yaml.Node) -> Span:
    """The span of a node; of a collection, that of its first key or item, where an editor would point.

    A block (`|`, `>`) ends where the next line begins, as in the parser.
    """
    first = first_node(node)
    start, end = first.start_mark, first.end_mark
    if end.line != start.line:
        return Span(start.line + 1, start.column + 1, end.line + 1, end.column + 1)
    return Span(start.line + 1, start.column + 1, end.line + 1, max(end.column, start.column + 1) + 1)


def node_offsets(node: yaml.Node) -> tuple[int, int]:
    """Where a node begins and ends in the text, in characters from 0."""
    return int(node.start_mark.index), int(node.end_mark.index)


def nodes_below(node: yaml.Node) -> Iterator[yaml.Node]:
    """A node, and every key, value and item below it."""
    pending = [node]
    while pending:
        found = pending.pop()
        yield found
        if isinstance(found, yaml.MappingNode):
            pending += (part for pair in found.value for part in pair)
        elif isinstance(found, yaml.SequenceNode):
            pending += found.value


def first_node(node: yaml.Node) -> yaml.Node:
    """The first key or item in a block collection, at any depth; any other node itself."""
    while isinstance(node, yaml.CollectionNode) and node.value and not node.flow_style:
        node = node.value[0][0] if isinstance(node, yaml.MappingNode) else node.value[0]
    return node


def character_offsets(text: str, node: yaml.ScalarNode) -> list[int]:
    """The offset in the text of each character of a scalar.

    In every style, the characters that are not blank appear in the file in the order of the value, with only quotes and
    escapes between them. A blank gets the offset behind the character before it.
    """
    start, end = node.start_mark.index, node.end_mark.index
    if node.style in ("'", '"'):
        start, end = start + 1, end - 1
    elif node.style in ("|", ">"):
        start = text.find("\n", start) + 1
    pattern = _SINGLE_QUOTED if node.style == "'" else _DOUBLE_QUOTED if node.style == '"' else _NO_BLANK
    written = (match for match in pattern.finditer(text, start, end) if match[0] not in _BLANK_ESCAPES)
    offsets: list[int] = []
    offset = start - 1
    for character in node.value:
        match = None if character.isspace() else next(written, None)
        offset = match.start() if match else offset + 1
        offsets.append(offset)
    return offsets
