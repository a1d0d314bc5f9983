"""`file:line:column: severity: message [code name]`, the line with a caret, the hint."""

import unicodedata

from azrelease.diagnostics import Diagnostic
from azrelease.source import split_lines

_LONGEST_LINE = 160


def format_text(diagnostic: Diagnostic, text: str) -> str:
    """A diagnostic as text.

    Args:
        diagnostic: what to say.
        text: the text of its file; empty when there is none to show.
    """
    span = diagnostic.span
    code = diagnostic.code
    head = (
        f"{diagnostic.file}:{span.line}:{span.column}: {diagnostic.severity}: "
        f"{_printable(diagnostic.message)} [{code.id} {code.name}]"
    )
    lines = split_lines(text)
    shown = _excerpt(lines[span.line - 1], diagnostic) if text and span.line <= len(lines) else []
    hint = [f"  hint: {_printable(diagnostic.hint)}"] if diagnostic.hint else []
    return "\n".join([head, *shown, *hint])


def _excerpt(line: str, diagnostic: Diagnostic) -> list[str]:
    """The line and the caret below it; of a very long line the part around the place."""
    span = diagnostic.span
    start = max(0, span.column - 1 - _LONGEST_LINE // 2) if len(line) > _LONGEST_LINE else 0
    line = _printable(line[start : start + _LONGEST_LINE])
    before = line[: span.column - 1 - start]
    width = span.end_column - span.column if span.end_line == span.line else 1
    marked = line[len(before) : len(before) + width] or " "
    number = str(span.line)
    return [
        f"  {number} | {line}",
        f"  {' ' * len(number)} | {' ' * _columns(before)}{'^' * max(_columns(marked), 1)}",
    ]


def _columns(text: str) -> int:
    """How many columns of a terminal a text takes."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 0 if unicodedata.combining(c) else 1 for c in text)


def _printable(text: str) -> str:
    """One character for one: tabs as blanks, whatever a terminal might act on as a dot."""
    return "".join(c if c.isprintable() else " " if c == "\t" else "·" for c in text)
