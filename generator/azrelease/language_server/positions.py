"""Places in a text as the protocol counts them: lines from 0, columns in the units of the client."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable
from functools import cached_property

from lsprotocol.types import (
    Position,
    PositionEncodingKind,
    Range,
    TextDocumentContentChangeEvent,
    TextDocumentContentChangePartial,
)

from azrelease.diagnostics import Span
from azrelease.yaml_document import line_starts

_LINE_BREAK = re.compile(r"\r\n|\r|\n")
"""What ends a line for the protocol (Language Server Protocol 3.17, Text Documents); YAML knows more line breaks."""
_BOM = "\ufeff"

_UNITS: dict[str, Callable[[str], int]] = {
    PositionEncodingKind.Utf8: lambda text: len(text.encode("utf-8", "surrogatepass")),
    PositionEncodingKind.Utf16: lambda text: len(text.encode("utf-16-le", "surrogatepass")) // 2,
    PositionEncodingKind.Utf32: len,
}


class EditorText:
    """A text with its places.

    Args:
        text: the text, as the editor has it.
        encoding: in what units the client counts columns: `utf-16` unless both sides agreed on others.
    """

    def __init__(self, text: str, encoding: str = PositionEncodingKind.Utf16) -> None:
        self.text = text
        self.encoding = encoding
        self._units = _UNITS[encoding]
        self._mark = len(_BOM) if text.startswith(_BOM) else 0

    @cached_property
    def _lines(self) -> list[int]:
        return [0, *(match.end() for match in _LINE_BREAK.finditer(self.text))]

    @cached_property
    def _yaml_lines(self) -> list[int]:
        return line_starts(self.content)

    @property
    def content(self) -> str:
        """The text without a byte order mark, which findings and fixes refer to."""
        return self.text[self._mark :]

    @property
    def raw(self) -> bytes:
        """The text as the bytes of a file."""
        return self.text.encode("utf-8", "surrogatepass")

    def index(self, position: Position) -> int:
        """The offset in the text of a place; one behind the end of its line is that end."""
        if position.line >= len(self._lines):
            return len(self.text)
        start, line = self._lines[position.line], self._line(position.line)
        # Every character has at least one unit.
        before = line[: position.character]
        if before.isascii():
            return start + len(before)
        left = position.character
        for index, character in enumerate(before):
            if left <= 0:
                return start + index
            left -= self._units(character)
        return start + len(before)

    def offset(self, position: Position) -> int:
        """The offset in `content` of a place."""
        return max(self.index(position) - self._mark, 0)

    def position(self, offset: int) -> Position:
        """The place of an offset in `content`."""
        index = min(max(offset + self._mark, 0), len(self.text))
        line = bisect_right(self._lines, index) - 1
        return Position(line, self._units(self.text[self._lines[line] : index]))

    def range(self, start: int, end: int) -> Range:
        """The range between two offsets in `content`."""
        return Range(self.position(start), self.position(max(start, end)))

    def of_span(self, span: Span) -> Range:
        """The range of a span, as far as the text has it."""
        start = self._of_column(span.line, span.column)
        end = self._of_column(span.end_line, span.end_column)
        return self.range(start, end)

    def after(self, changes: Iterable[TextDocumentContentChangeEvent]) -> "EditorText":
        """The text after changes, each of which refers to the text after the one before it."""
        result = self
        for change in changes:
            text = change.text
            if isinstance(change, TextDocumentContentChangePartial):
                start, end = result.index(change.range.start), result.index(change.range.end)
                text = f"{result.text[:start]}{change.text}{result.text[max(start, end) :]}"
            result = EditorText(text, self.encoding)
        return result

    def _line(self, number: int) -> str:
        start = self._lines[number]
        end = self._lines[number + 1] if number + 1 < len(self._lines) else len(self.text)
        return self.text[start:end].rstrip("\r\n")

    def _of_column(self, line: int, column: int) -> int:
        starts = self._yaml_lines
        if line > len(starts):
            return len(self.content)
        end = starts[line] if line < len(starts) else len(self.content)
        return min(starts[line - 1] + column - 1, end)
