"""Texts with a mark at a place, and places as the protocol counts them: in lines from 0 and UTF-16."""

import re

from lsprotocol.types import Position

MARK = "▌"
_LINE_BREAK = re.compile(r"\r\n|\r|\n")


def marked(text: str) -> tuple[str, Position]:
    """A text without its mark, and where that was."""
    before, _, after = text.partition(MARK)
    return before + after, position(before)


def position(before: str) -> Position:
    """The place behind a text."""
    lines = _LINE_BREAK.split(before)
    return Position(len(lines) - 1, len(lines[-1].encode("utf-16-le")) // 2)


def offset(text: str, place: Position) -> int:
    """The offset of a place."""
    starts = [0, *(match.end() for match in _LINE_BREAK.finditer(text))]
    units = text[starts[place.line] :].encode("utf-16-le")[: place.character * 2]
    return starts[place.line] + len(units.decode("utf-16-le"))
