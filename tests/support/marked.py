"""Texts with a mark at a place, and the place as the protocol counts it."""

from lsprotocol.types import Position

MARK = "▌"


def marked(text: str) -> tuple[str, Position]:
    """A text without its mark, and where that was."""
    before, _, after = text.partition(MARK)
    return before + after, position(before)


def position(before: str) -> Position:
    """The place behind a text, in UTF-16."""
    lines = before.replace("\r\n", "\n").split("\n")
    return Position(len(lines) - 1, len(lines[-1].encode("utf-16-le")) // 2)


def offset(text: str, place: Position) -> int:
    """The offset of a place, in UTF-16."""
    lines = text.split("\n")
    before = sum(len(line) + 1 for line in lines[: place.line])
    units = lines[place.line].encode("utf-16-le")[: place.character * 2]
    return before + len(units.decode("utf-16-le"))
