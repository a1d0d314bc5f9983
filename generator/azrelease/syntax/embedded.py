"""Expressions and macros inside other text."""

import re
from collections.abc import Iterator
from typing import NamedTuple

_INSIDE = r"(?:[^'}]|'(?:[^']|'')*+'|\}(?!\}))*+"
_TEMPLATE = re.compile(rf"\$\{{\{{({_INSIDE})\}}\}}")
_OPENING = "${{"
_MACRO = re.compile(r"\$\(([A-Za-z_][\w.\- ]*)\)")
_DIRECTIVE = re.compile(r"\$\{\{\s*(if|elseif|else|each|insert)(?![\w.])(.*)\}\}\s*", re.DOTALL)
_EACH = re.compile(r"\s*([A-Za-z_]\w*)\s+in\s+(.*)", re.DOTALL)


class Embedded(NamedTuple):
    """An expression in a text.

    Attributes:
        text: the expression, without its delimiters; None when it has no end.
        start: offset of the opening delimiter.
        end: offset behind the closing delimiter.
        inner: offset of the expression.
    """

    text: str | None
    start: int
    end: int
    inner: int


class Directive(NamedTuple):
    """A key such as `${{ if eq(a, b) }}`.

    Attributes:
        name: if, elseif, else, each or insert.
        text: the expression: a condition, or the list of an `each`.
        inner: offset of the expression in the key.
    """

    name: str
    text: str
    inner: int
    variable: str | None


def template_expressions(text: str) -> Iterator[Embedded]:
    """Every `${{ … }}`; one without an end extends to the end of the text."""
    position = text.find(_OPENING)
    while position >= 0:
        match = _TEMPLATE.match(text, position)
        if match is None:
            yield Embedded(None, position, len(text), position + len(_OPENING))
            return
        yield Embedded(match[1], position, match.end(), match.start(1))
        position = text.find(_OPENING, match.end())


def runtime_expression(text: str) -> Embedded | None:
    """The runtime expression `$[ … ]`, which must be the whole text; None for any other text."""
    stripped = text.strip()
    if not stripped.startswith("$["):
        return None
    start = text.index("$[")
    if not stripped.endswith("]"):
        return Embedded(None, start, len(text), start + 2)
    end = text.rindex("]")
    return Embedded(text[start + 2 : end], start, end + 1, start + 2)


def macros(text: str) -> Iterator[re.Match[str]]:
    """Every `$(name)`; group 1 is the name."""
    return _MACRO.finditer(text)


def directive(text: str) -> Directive | None:
    """A key as a directive; None for any other key."""
    match = _DIRECTIVE.fullmatch(text) if text.startswith(_OPENING) else None
    if match is None:
        return None
    if match[1] == "each":
        loop = _EACH.fullmatch(match[2])
        if loop:
            return Directive("each", loop[2], match.start(2) + loop.start(2), loop[1])
        return Directive("each", "", match.end(2), None)
    return Directive(match[1], match[2], match.start(2), None)


def is_computed(text: str) -> bool:
    """Whether a text contains an expression or a macro, which gets its value later."""
    return "${{" in text or "$(" in text or "$[" in text
