"""Lines and columns of a script as offsets."""


def line_place(text: str, line: int) -> tuple[int, int]:
    """Where the text of a line begins and ends, without its indentation; lines count from 1."""
    lines = text.splitlines(keepends=True)
    index = min(line, len(lines)) - 1
    if index < 0:
        return 0, 0
    start = sum(map(len, lines[:index]))
    content = lines[index]
    return start + len(content) - len(content.lstrip()), start + len(content.rstrip())


def offset(text: str, line: int, column: int) -> int:
    """The offset of a line and column, both counted from 1; the end of the text for a place behind it."""
    lines = text.splitlines(keepends=True)
    if line > len(lines):
        return len(text)
    return min(sum(map(len, lines[: line - 1])) + column - 1, len(text))
