"""The text of a file with stars in span of what may be a secret.

This redacts more than `check` reports: in doubt, a reader has to open the file.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NewType

from yaml import Node

from azrelease.diagnostics import PLAIN_SECRET, UNKNOWN_FIELD, Diagnostic, Span
from azrelease.redaction.known_secrets import MASK
from azrelease.redaction.recognition import secret_texts
from azrelease.redaction.secret_spans import SecretSpan, may_name_secrets, named_secrets, secrets_in_commands
from azrelease.yaml_document import line_starts, split_lines

SourceLine = NewType("SourceLine", str)
"""A line of a file without secrets. Only this module creates one, so that no other line can be shown."""

_LEAST_PART = 6
_MISSPELT = re.compile(r"key|secret|password|passwd|token|credential", re.IGNORECASE)
_KEY_END = re.compile(r"\s*:")
_NOT_BLANK = re.compile(r"\S(?:[^\n\r\x85\u2028\u2029]*\S)?")


class RedactedText:
    """A redacted text, and the secrets in it.

    Args:
        text: the text of a file.
        diagnostics: findings in it; the spans of those about secrets are redacted.
        root: the tree of the text, if it is already parsed.
    """

    def __init__(self, text: str, diagnostics: Iterable[Diagnostic] = (), root: Node | None = None) -> None:
        mark, text = ("\ufeff", text[1:]) if text.startswith("\ufeff") else ("", text)
        spans = sorted(_secret_spans(text, root, diagnostics), key=lambda span: span[:2])
        starred = _starred(text, spans)
        self.text = f"{mark}{starred}"
        """The text, as long as the original."""
        self._lines = tuple(map(SourceLine, split_lines(starred)))
        self._values = _values(text, spans)

    def line(self, number: int) -> SourceLine | None:
        """A line by its number, from 1; None behind the end."""
        return self._lines[number - 1] if 0 < number <= len(self._lines) else None

    def message(self, text: str) -> str:
        """A sentence about the text, without its secrets."""
        for value in self._values:
            if value in text:
                text = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", MASK, text)
        return mask_tokens(text)

    def redact(self, diagnostic: Diagnostic) -> Diagnostic:
        """A diagnostic with a redacted message and hint."""
        hint = diagnostic.hint
        return diagnostic._replace(message=self.message(diagnostic.message), hint=hint and self.message(hint))


def redacted_text(text: str) -> str:
    """A script or another text, redacted."""
    return RedactedText(text).text


def redacted(diagnostics: Sequence[Diagnostic], texts: Mapping[str, str]) -> list[tuple[Diagnostic, SourceLine | None]]:
    """Redacted diagnostics, each with its line; None where `texts` lacks its file."""
    files = {
        path: RedactedText(texts.get(path, ""), [d for d in diagnostics if d.file == path])
        for path in dict.fromkeys(d.file for d in diagnostics)
    }
    shown: list[tuple[Diagnostic, SourceLine | None]] = []
    for diagnostic in diagnostics:
        line = files[diagnostic.file].line(diagnostic.span.line) if texts.get(diagnostic.file) else None
        for file in files.values():
            diagnostic = file.redact(diagnostic)  # noqa: PLW2901  (a message may repeat what another file says)
        shown.append((diagnostic, line))
    return shown


def mask_tokens(text: str) -> str:
    """Mask the secrets of a known form."""
    for start, end in reversed(secret_texts(text)):
        text = f"{text[:start]}{MASK}{text[end:]}"
    return text


def _secret_spans(text: str, root: Node | None, diagnostics: Iterable[Diagnostic]) -> Iterator[SecretSpan]:
    """Secrets by their form, by their names, and by the diagnostics about values and keys."""
    yield from (SecretSpan(start, end) for start, end in secret_texts(text))
    folded = text.casefold()
    yield from secrets_in_commands(text, folded)
    suspects: set[int] = set()
    about = [d for d in diagnostics if d.code in (PLAIN_SECRET, UNKNOWN_FIELD)]
    starts = line_starts(text) if about else []
    for diagnostic in about:
        start, end = _offsets(diagnostic.span, starts, len(text))
        if _KEY_END.match(text, end):
            if diagnostic.code is PLAIN_SECRET or _MISSPELT.search(text[start:end]):
                suspects.add(start)
        elif diagnostic.code is PLAIN_SECRET:
            yield SecretSpan(start, end)
    if suspects or may_name_secrets(folded):
        yield from named_secrets(text, root, suspects)


def _offsets(span: Span, starts: Sequence[int], length: int) -> tuple[int, int]:
    """The offsets of a span, at most the length of the text."""
    ends = ((span.line, span.column), (span.end_line, span.end_column))
    first, last = (starts[line - 1] + column - 1 if line <= len(starts) else length for line, column in ends)
    return min(first, length), min(last, length)


def _starred(text: str, spans: Sequence[SecretSpan]) -> str:
    """The text with stars; indentation and line ends stay, so that lines and columns do."""
    parts: list[str] = []
    done = 0
    for span in spans:
        start = max(span.start, done)
        if span.end <= start:
            continue
        parts += [text[done:start], _NOT_BLANK.sub(lambda match: "*" * len(match[0]), text[start : span.end])]
        done = span.end
    return "".join([*parts, text[done:]])


def _values(text: str, spans: Iterable[SecretSpan]) -> tuple[str, ...]:
    """Texts that messages must not repeat: each secret as written, as parsed, and its lines; longest first."""
    values: set[str] = set()
    for span in spans:
        written = text[span.start : span.end]
        for value in (written, span.value or ""):
            parts = (value, *value.splitlines())
            values.update(bare for part in parts if len(bare := part.strip().strip("\"'")) >= _LEAST_PART)
    return tuple(sorted(values, key=lambda value: (-len(value), value)))
