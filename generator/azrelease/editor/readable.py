"""A text that is being written, made readable: what is not YAML yet is left out, and every offset stays."""

import re

import yaml

from azrelease.diagnostics import TOO_DEEP
from azrelease.errors import InvalidFileError
from azrelease.yaml_document import LARGEST_FILE, YamlDocument, line_starts

_MOST_ROUNDS = 40
_MOST_READ = 4_000_000
"""Characters that all rounds read together: a person waits for the answer."""
_BREAKS = "\r\n\x85\u2028\u2029"
_UNCLOSED = ("flow", "quoted")
"""Words of the parser's context for a bracket or a quote that is not closed."""
_VALUE = re.compile(r"[ ]*(?:-[ ]+)*[^\s:#][^:#]*:[ ]+(?=\S)")
"""A key up to its value."""


def readable(text: str, path: str, kept: int | None = None) -> YamlDocument | None:
    """The document of a text without the parts that cannot be read; None where too little is left.

    Args:
        text: the text, without a byte order mark.
        path: its path, for messages.
        kept: an offset whose line is not left out, for something is being written there.
    """
    starts = line_starts(text)
    own = None if kept is None else max(number for number, start in enumerate(starts) if start <= kept)
    if len(text) > LARGEST_FILE:
        return None
    for _ in range(min(_MOST_ROUNDS, _MOST_READ // (len(text) + 1) + 1)):
        try:
            return YamlDocument.parse(text, path)
        except InvalidFileError as error:
            if any(each.code is TOO_DEEP for each in error.diagnostics):
                return None
            part = _unreadable(text, error, starts, own)
            if part is None:
                return None
            start, end = part
            blank = "".join(character if character in _BREAKS else " " for character in text[start:end])
            text = f"{text[:start]}{blank}{text[end:]}"
    return None


def _unreadable(text: str, error: InvalidFileError, starts: list[int], own: int | None) -> tuple[int, int] | None:
    """The part of a text to leave out: an open bracket or quote, the value of a key, or a line."""
    cause = error.__cause__
    if isinstance(cause, yaml.MarkedYAMLError) and cause.context_mark is not None:
        number = cause.context_mark.line
        if number != own and number < len(starts) and any(word in str(cause.context) for word in _UNCLOSED):
            start, end = starts[number] + cause.context_mark.column, _end(text, starts, number)
            if text[start:end].strip():
                return start, end
    number = min(each.span.line for each in error.diagnostics) - 1
    for index in range(min(number, len(starts) - 1), -1, -1):
        start, end = starts[index], _end(text, starts, index)
        if index == own or not text[start:end].strip():
            continue
        value = _VALUE.match(text, start, end)
        return (value.end() if value is not None else start), end
    return None


def _end(text: str, starts: list[int], number: int) -> int:
    return starts[number + 1] if number + 1 < len(starts) else len(text)
