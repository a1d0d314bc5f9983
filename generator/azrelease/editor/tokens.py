"""The parts of expressions, and macros, wherever they are: also inside scripts."""

from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from azrelease.editor.view import FileView
from azrelease.lint.facts.expressions import Expression
from azrelease.lint.linted_file import LintedFile
from azrelease.syntax.embedded import directive, macros
from azrelease.syntax.expressions import Call, Index, Literal, Name


class TokenKind(StrEnum):
    """What a part of an expression is, as the protocol calls it."""

    FUNCTION = "function"
    NAMESPACE = "namespace"
    PROPERTY = "property"
    STRING = "string"
    NUMBER = "number"
    KEYWORD = "keyword"
    MACRO = "macro"


class ColouredPart(NamedTuple):
    """A part of an expression, or a macro."""

    start: int
    end: int
    kind: TokenKind


def tokens(view: FileView) -> tuple[ColouredPart, ...]:
    """The parts of all expressions of a file, and its macros, in the order of the text; none overlap."""
    file = view.pipeline
    if file is None or not view.is_ours:
        return ()
    found = sorted({*_expressions(file), *_directives(file), *_macros(file)})
    result: list[ColouredPart] = []
    for token in found:
        if token.start < token.end and (not result or result[-1].end <= token.start):
            result.append(token)
    return tuple(result)


def _expressions(file: LintedFile) -> Iterator[ColouredPart]:
    for expression in file.all_expressions:
        keys = {id(part.key) for part in expression.parts if isinstance(part, Index)}
        for part in expression.parts:
            if isinstance(part, Call):
                yield _token(file, expression, part.start, part.end, TokenKind.FUNCTION)
            elif isinstance(part, Name):
                yield _token(file, expression, part.start, part.end, TokenKind.NAMESPACE)
            elif isinstance(part, Literal):
                yield _token(file, expression, part.start, part.end, _literal(part, is_key=id(part) in keys))


def _literal(part: Literal, *, is_key: bool) -> TokenKind:
    if is_key:
        return TokenKind.PROPERTY
    if isinstance(part.value, bool):
        return TokenKind.KEYWORD
    return TokenKind.STRING if isinstance(part.value, str) else TokenKind.NUMBER


def _token(file: LintedFile, expression: Expression, start: int, end: int, kind: TokenKind) -> ColouredPart:
    node, offset = expression.place.node, expression.offset
    return ColouredPart(*file.document.offsets(node, offset + start, offset + max(end, start + 1)), kind)


def _directives(file: LintedFile) -> Iterator[ColouredPart]:
    for place in file.all_places:
        found = directive(place.node.value) if place.is_key else None
        if found is not None:
            at = place.node.value.index(found.name)
            first = file.document.offset(place.node, at)
            yield ColouredPart(first, first + len(found.name), TokenKind.KEYWORD)


def _macros(file: LintedFile) -> Iterator[ColouredPart]:
    for place in file.all_places:
        for match in macros(place.node.value):
            yield ColouredPart(*file.document.offsets(place.node, *match.span()), TokenKind.MACRO)
