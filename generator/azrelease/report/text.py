"""Findings as text: `file:line:column: severity: message [code name]`, the line with a caret, the hint."""

import unicodedata
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from azrelease.diagnostics import Diagnostic, Severity
from azrelease.redaction import SourceLine, redacted
from azrelease.report.counts import counts, summary
from azrelease.report.log_sanitizer import sanitized_line

if TYPE_CHECKING:
    from azrelease.lint import FileReport
    from azrelease.lint.engine.baseline import BaselineCounts

_LONGEST_LINE = 160

_COLOURS = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.INFO: "36"}


def format_reports(
    reports: "Sequence[FileReport]",
    baseline: "BaselineCounts | None" = None,
    *,
    colour: bool = False,
    counted: bool = True,
) -> str:
    """All findings, and their number unless `counted` is off; in colour for a terminal."""
    blocks = [
        format_text(finding.diagnostic, finding.line or None, colour=colour)
        for report in reports
        for finding in report.findings
    ]
    lines = [*blocks, *([summary(counts(reports), baseline)] if counted else [])]
    return "\n".join(lines) + "\n" if lines else ""


def format_diagnostics(diagnostics: Sequence[Diagnostic], texts: Mapping[str, str]) -> list[str]:
    """Diagnostics as text, each with its redacted line from the texts by path."""
    return [format_text(diagnostic, line) for diagnostic, line in redacted(diagnostics, texts)]


def format_text(diagnostic: Diagnostic, line: SourceLine | None, *, colour: bool = False) -> str:
    """A diagnostic as text with its redacted line, in colour for a terminal."""
    span, code = diagnostic.span, diagnostic.code
    severity = _coloured(str(diagnostic.severity), f"1;{_COLOURS[diagnostic.severity]}", on=colour)
    place = _coloured(f"{sanitized_line(diagnostic.file)}:{span.line}:{span.column}:", "1", on=colour)
    name = _coloured(f"[{code.id} {code.name}]", "2", on=colour)
    head = f"{place} {severity}: {sanitized_line(diagnostic.message)} {name}"
    shown = _excerpt(line, diagnostic, colour=colour) if line is not None else []
    hint = [f"  hint: {sanitized_line(diagnostic.hint)}"] if diagnostic.hint else []
    return "\n".join([head, *shown, *hint])


def _excerpt(source: SourceLine, diagnostic: Diagnostic, *, colour: bool) -> list[str]:
    """The line and the caret below it; of a very long line the part around the caret."""
    span = diagnostic.span
    start = max(0, span.column - 1 - _LONGEST_LINE // 2) if len(source) > _LONGEST_LINE else 0
    line = sanitized_line(source[start : start + _LONGEST_LINE])
    before = line[: span.column - 1 - start]
    width = span.end_column - span.column if span.end_line == span.line else 1
    marked = line[len(before) : len(before) + width] or " "
    number = str(span.line)
    caret = _coloured("^" * max(_columns(marked), 1), f"1;{_COLOURS[diagnostic.severity]}", on=colour)
    return [
        f"  {number} | {line}",
        f"  {' ' * len(number)} | {' ' * _columns(before)}{caret}",
    ]


def _columns(text: str) -> int:
    """The width of a text in columns of a terminal."""
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 0 if unicodedata.combining(c) else 1 for c in text)


def _coloured(text: str, colour: str, *, on: bool) -> str:
    return f"\033[{colour}m{text}\033[0m" if on else text
