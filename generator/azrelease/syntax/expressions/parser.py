"""The parser of expressions: tokens in, a tree out."""

import re

from azrelease.syntax.expressions.lexer import ExpressionError, Token, tokens
from azrelease.syntax.expressions.nodes import Call, Index, Literal, Name, Node, Opaque, Version, Wildcard

MAX_DEPTH = 100
"""Maximum nesting of calls and brackets, far above any real expression and far below the limit of the stack."""

_KEYWORDS = {"true": True, "false": False, "null": None}
_VERSION_PARTS = (3, 4)
_NUMBER = re.compile(r"[-+]?(?:[0-9]{1,300}(?:\.[0-9]*)?|\.[0-9]+)")


def parse(text: str) -> Node:
    """Parse an expression: the content of `${{ }}` or `$[ ]`, or a condition.

    Raises:
        ExpressionError: it is empty, not an expression, or nests deeper than `MAX_DEPTH`.
    """
    parser = _Parser(text)
    node = parser.expression(0)
    rest = parser.token
    if rest.kind != "end":
        raise ExpressionError(f"unexpected `{rest.text}` after the expression", rest.start, rest.end, parser.hint(rest))
    return node


class _Parser:
    """Reads one token ahead."""

    def __init__(self, text: str) -> None:
        self._tokens = tokens(text)
        self.token = next(self._tokens)

    def expression(self, depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise ExpressionError(f"nested more than {MAX_DEPTH} levels deep", self.token.start, self.token.end)
        node = self._primary(depth)
        length = 0
        while self.token.text in (".", "[") and self.token.kind == "sign":
            length += 1
            if depth + length > MAX_DEPTH:
                raise ExpressionError(f"more than {MAX_DEPTH} names in a row", self.token.start, self.token.end)
            node = self._dereference(node, depth)
        return node

    @staticmethod
    def hint(token: Token) -> str | None:
        """The probable intent, where a value follows another."""
        if token.kind == "name" and token.text.casefold() in ("and", "or", "eq", "ne"):
            return f"Expressions have no operators: write `{token.text}(a, b)`."
        return None

    def _primary(self, depth: int) -> Node:
        token = self._take()
        match token.kind:
            case "opaque":
                return Opaque(token.start, token.end)
            case "string" if "${{" in token.text:
                return Opaque(token.start, token.end)
            case "string":
                return Literal(token.text[1:-1].replace("''", "'"), token.start, token.end)
            case "number":
                return _number(token)
            case "name" if self.token.text == "(" and self.token.kind == "sign":
                return self._call(token, depth)
            case "name" if token.text.casefold() in _KEYWORDS:
                return Literal(_KEYWORDS[token.text.casefold()], token.start, token.end)
            case "name":
                return Name(token.text, token.start, token.end)
            case "end":
                raise ExpressionError("incomplete expression", max(token.start - 1, 0), max(token.end, 1))
            case _:
                raise ExpressionError(f"unexpected `{token.text}`", token.start, token.end)

    def _call(self, name: Token, depth: int) -> Call:
        self._take()
        arguments: list[Node] = []
        if self.token.text != ")":
            arguments.append(self.expression(depth + 1))
            while self.token.kind == "sign" and self.token.text == ",":
                self._take()
                arguments.append(self.expression(depth + 1))
        close = self._expect(")", f"`{name.text}(` is not closed", name)
        return Call(name.text, tuple(arguments), name.start, name.end, close.end)

    def _dereference(self, target: Node, depth: int) -> Node:
        sign = self._take()
        if sign.text == "[":
            if self.token.text == "*" and self.token.kind == "sign":
                self._take()
                close = self._expect("]", "`[` is not closed", sign)
                return Wildcard(target, target.start, close.end)
            key = self.expression(depth + 1)
            close = self._expect("]", "`[` is not closed", sign)
            return Index(target, key, target.start, close.end)
        name = self._take()
        if name.kind == "sign" and name.text == "*":
            return Wildcard(target, target.start, name.end)
        if name.kind == "opaque":
            return Index(target, Opaque(name.start, name.end), target.start, name.end)
        if name.kind != "name":
            hint = "Write a name that is not a word in brackets: `a['b c']`."
            raise ExpressionError("expected a name after `.`", sign.start, max(name.end, sign.end), hint)
        return Index(target, Literal(name.text, name.start, name.end), target.start, name.end)

    def _expect(self, text: str, message: str, opening: Token) -> Token:
        token = self.token
        if token.kind == "sign" and token.text == text:
            return self._take()
        if token.kind == "end":
            raise ExpressionError(message, opening.start, opening.end, f"Add the missing `{text}`.")
        raise ExpressionError(f"unexpected `{token.text}`, expected `{text}`", token.start, token.end, self.hint(token))

    def _take(self) -> Token:
        token = self.token
        if token.kind != "end":
            self.token = next(self._tokens)
        return token


def _number(token: Token) -> Literal:
    parts = token.text.split(".")
    if len(parts) in _VERSION_PARTS and all(part.isdecimal() for part in parts):
        return Literal(Version(int(part) for part in parts), token.start, token.end)
    if _NUMBER.fullmatch(token.text):
        return Literal(float(token.text), token.start, token.end)
    raise ExpressionError(f"invalid number `{token.text}`", token.start, token.end, "Put text in single quotes.")
