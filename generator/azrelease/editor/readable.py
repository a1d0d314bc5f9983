"""A text that is being written, made readable: what is not YAML yet is left out, and every offset stays."""

from azrelease.errors import InvalidFileError
from azrelease.yaml_document import YamlDocument, line_starts

_MOST_ROUNDS = 40
_BREAKS = "\r\n\x85\u2028\u2029"


def readable(text: str, path: str) -> YamlDocument | None:
    """The document of a text without the lines that cannot be read; None where too little is left.

    Args:
        text: the text, without a byte order mark.
        path: its path, for messages.
    """
    kept = text
    for _ in range(_MOST_ROUNDS):
        try:
            return YamlDocument.parse(kept, path)
        except InvalidFileError as error:
            line = min(each.span.line for each in error.diagnostics)
            shorter = _without_line(kept, line)
            if shorter is None:
                return None
            kept = shorter
    return None


def _without_line(text: str, number: int) -> str | None:
    """A text with blanks in place of a line, or of the last one with content before it; None where there is none."""
    starts = [*line_starts(text), len(text)]
    for index in range(min(number, len(starts) - 1) - 1, -1, -1):
        start, end = starts[index], starts[index + 1]
        line = text[start:end]
        if line.strip():
            blank = "".join(character if character in _BREAKS else " " for character in line)
            return text[:start] + blank + text[end:]
    return None
