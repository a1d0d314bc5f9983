"""The text of an expression, and of a scalar whose value it is."""

import re
from collections.abc import Callable, Iterator
from typing import TypeAlias

from azrelease.syntax.expressions.casting import to_text
from azrelease.syntax.expressions.library import Hole, format_parts
from azrelease.syntax.expressions.nodes import Call, Index, Literal, Name, Node, Version, Wildcard
from azrelease.syntax.expressions.values import EvaluationError, Value, is_collection

Spelling: TypeAlias = Callable[[Value], str]

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_OPENING = "${{"


def expression_text(node: Node, spell: Spelling | None = None) -> str:
    """The text of a tree, which parses to that tree as the content of a `${{ }}`; null is the empty text.

    Args:
        node: the tree.
        spell: gives the expression of a mapping or list, which has no literal.

    Raises:
        ValueError: the tree has a mapping or list and there is no `spell`, or it has a part that is not an expression.
    """
    links: list[str] = []
    while isinstance(node, Index | Wildcard):
        is_number = isinstance(node.target, Literal) and isinstance(node.target.value, float | int | Version)
        links.append(_link(node, is_number, spell))
        node = node.target
    return _primary(node, spell) + "".join(reversed(links))


def _link(node: Index | Wildcard, in_brackets: bool, spell: Spelling | None) -> str:
    """What follows a target; behind a number, a dot would be a part of it."""
    if isinstance(node, Wildcard):
        return "[*]" if in_brackets else ".*"
    key = node.key.value if isinstance(node.key, Literal) else None
    if not in_brackets and isinstance(key, str) and _IDENTIFIER.fullmatch(key):
        return f".{key}"
    return f"[{expression_text(node.key, spell)}]"


def _primary(node: Node, spell: Spelling | None) -> str:
    match node:
        case Name(name=name):
            return name
        case Call(name=name, arguments=arguments):
            return f"{name}({', '.join(expression_text(argument, spell) for argument in arguments)})"
        case Literal(value=value):
            return _literal(value, spell)
        case _:
            raise ValueError("a part that a template expression fills in has no text of its own")


def _literal(value: Value, spell: Spelling | None) -> str:
    if is_collection(value):
        if spell is None:
            raise ValueError("a mapping or list has no literal")
        return spell(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float | int | Version):
        return to_text(value)
    return "'" + to_text(value).replace("'", "''") + "'"


def embedded_text(node: Node, spell: Spelling | None = None) -> str:
    """The text of a scalar whose value is an expression: `${{ … }}`.

    A `format` with a literal pattern is written out, which means the same: `format('a{0}', variables.x)` is
    `a${{ variables.x }}`. A literal is its text.

    Raises:
        ValueError: as `expression_text`.
    """
    parts = list(_joined(_parts(node)))
    if len(parts) == 1 and not isinstance(parts[0], str):
        # An expression alone keeps its type; `format('{0}', x)` is text.
        parts = [node]
    return "".join(part if isinstance(part, str) else _embedded(part, spell) for part in parts)


def _embedded(node: Node, spell: Spelling | None) -> str:
    return f"{_OPENING} {expression_text(node, spell)} }}}}"


def _parts(node: Node) -> Iterator[str | Node]:
    """The literal texts and the expressions that make a text."""
    if isinstance(node, Literal) and not is_collection(node.value):
        yield to_text(node.value)
        return
    holes = _pattern(node)
    if holes is None or not isinstance(node, Call):
        yield node
        return
    for part in holes:
        if isinstance(part, Hole):
            yield from _parts(node.arguments[part.argument + 1])
        else:
            yield part


def _pattern(node: Node) -> list[str | Hole] | None:
    """The pattern of a `format` that can be written out; None for another node."""
    if not isinstance(node, Call) or node.name.casefold() != "format" or not node.arguments:
        return None
    pattern = node.arguments[0]
    if not isinstance(pattern, Literal) or not isinstance(pattern.value, str):
        return None
    try:
        parts = format_parts(pattern.value)
    except EvaluationError:
        return None
    holes = [part for part in parts if isinstance(part, Hole)]
    can_be_written = all(hole.specifier is None and hole.argument + 1 < len(node.arguments) for hole in holes)
    return parts if can_be_written else None


def _joined(parts: Iterator[str | Node]) -> Iterator[str | Node]:
    """Texts side by side as one; a text that would read as an expression as a literal."""
    text = ""
    for part in parts:
        if isinstance(part, str):
            text += part
            continue
        if text:
            yield _safe(text)
        text = ""
        yield part
    if text:
        yield _safe(text)


def _safe(text: str) -> str | Node:
    return Literal(text, 0, 0) if _OPENING in text else text
