"""The text of a file as it may be shown: what may be a secret is replaced by stars.

More is redacted than `check` reports: here, a value that only may be a secret costs a reader a look into the file.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NewType

from yaml import Node

from azrelease.diagnostics import PLAIN_SECRET, UNKNOWN_FIELD, Diagnostic, Span
from azrelease.redaction.known_secrets import MASK
from azrelease.redaction.recognition import secret_texts
from azrelease.redaction.secret_places import Place, may_have_names, places_in_commands, secret_places
from azrelease.yaml_document import line_starts, split_lines

SourceLine = NewType("SourceLine", str)
"""A line of a file without secrets. Only this module makes one, so a line that was not redacted cannot be shown."""

_LEAST_PART = 6
_MISSPELT = re.compile(r"key|secret|password|passwd|token|credential", re.IGNORECASE)
_KEY_END = re.compile(r"\s*:")
_NOT_BLANK = re.compile(r"\S(?:[^\n\r\x85\u2028\u2029]*\S)?")


class RedactedText:
    """The lines of a text, and what is a secret in it.

    Args:
        text: the text of a file.
        diagnostics: what was found in it; where they are about a secret, it is redacted.
        root: the tree of the text, where it was parsed already.
    """

    def __init__(self, text: str, diagnostics: Iterable[Diagnostic] = (), root: Node | None = None) -> None:
        mark, text = ("\ufeff", text[1:]) if text.startswith("\ufeff") else ("", text)
        places = sorted(_places(text, root, diagnostics), key=lambda place: place[:2])
        starred = _starred(text, places)
        self.text = f"{mark}{starred}"
        """The text, of the same length as the file's."""
        self._lines = tuple(map(SourceLine, split_lines(starred)))
        self._values = _values(text, places)

    def line(self, number: int) -> SourceLine | None:
        """A line by its number, which starts at 1; None where the text has fewer."""
        return self._lines[number - 1] if 0 < number <= len(self._lines) else None

    def message(self, text: str) -> str:
        """A sentence about the text, without the secrets that it repeats."""
        for value in self._values:
            if value in text:
                text = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", MASK, text)
        return mask_tokens(text)

    def redact(self, diagnostic: Diagnostic) -> Diagnostic:
        """A diagnostic whose message and hint repeat no secret."""
        hint = diagnostic.hint
        return diagnostic._replace(message=self.message(diagnostic.message), hint=hint and self.message(hint))


def redacted_text(text: str) -> str:
    """A script or another text, redacted."""
    return RedactedText(text).text


def redacted(diagnostics: Sequence[Diagnostic], texts: Mapping[str, str]) -> list[tuple[Diagnostic, SourceLine | None]]:
    """Diagnostics to show, each with its line; None where the text of its file is not among `texts`."""
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
    """A text without the secrets that their form gives away."""
    for start, end in reversed(secret_texts(text)):
        text = f"{text[:start]}{MASK}{text[end:]}"
    return text


def _places(text: str, root: Node | None, diagnostics: Iterable[Diagnostic]) -> Iterator[Place]:
    """Where secrets are: by their form, by their names, and by what diagnostics say of values and of keys."""
    yield from (Place(start, end) for start, end in secret_texts(text))
    folded = text.casefold()
    yield from places_in_commands(text, folded)
    suspects: set[int] = set()
    about = [d for d in diagnostics if d.code in (PLAIN_SECRET, UNKNOWN_FIELD)]
    starts = line_starts(text) if about else []
    for diagnostic in about:
        start, end = _offsets(diagnostic.span, starts, len(text))
        if _KEY_END.match(text, end):
            if diagnostic.code is PLAIN_SECRET or _MISSPELT.search(text[start:end]):
                suspects.add(start)
        elif diagnostic.code is PLAIN_SECRET:
            yield Place(start, end)
    if suspects or may_have_names(folded):
        yield from secret_places(text, root, suspects)


def _offsets(span: Span, starts: Sequence[int], length: int) -> tuple[int, int]:
    """Where in the text a span begins and ends; the length of the text for what is behind it."""
    ends = ((span.line, span.column), (span.end_line, span.end_column))
    first, last = (starts[line - 1] + column - 1 if line <= len(starts) else length for line, column in ends)
    return min(first, length), min(last, length)


def _starred(text: str, places: Sequence[Place]) -> str:
    """The text with stars; indentation and line ends stay, so that lines and columns are those of the file."""
    parts: list[str] = []
    done = 0
    for place in places:
        start = max(place.start, done)
        if place.end <= start:
            continue
        parts += [text[done:start], _NOT_BLANK.sub(lambda found: "*" * len(found[0]), text[start : place.end])]
        done = place.end
    return "".join([*parts, text[done:]])


def _values(text: str, places: Iterable[Place]) -> tuple[str, ...]:
    """What messages must not repeat: each secret as it is written, as YAML reads it, and its lines; longest first."""
    values: set[str] = set()
    for place in places:
        written = text[place.start : place.end]
        for value in (written, place.value or ""):
            parts = (value, *value.splitlines())
            values.update(bare for part in parts if len(bare := part.strip().strip("\"'")) >= _LEAST_PART)
    return tuple(sorted(values, key=lambda value: (-len(value), value)))
