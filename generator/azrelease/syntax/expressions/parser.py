"""The parser of expressions: tokens in, a tree out."""

import re
from functools import lru_cache

from azrelease.syntax.expressions.lexer import ExpressionError, Token, tokens
from azrelease.syntax.expressions.nodes import Call, Index, Literal, Name, Node, Opaque, Version, Wildcard

MAX_DEPTH = 50
"""Maximum nesting of calls, as measured against the service; brackets and names in a row do not count there."""

_MAX_NESTING = 100
"""Maximum nesting of calls and brackets, far above any real expression and far below the limit of the stack."""
_MAX_NAMES = 500
"""Maximum of names in a row, far above any real expression: comparing and printing trees has a limit."""

_KEYWORDS = {"true": True, "false": False}
"""`null` is a name, and unknown: measured against the service, although the documentation lists it as a literal."""
_VERSION = re.compile(r"[0-9]+(?:\.[0-9]+){2,3}")
_NUMBER = re.compile(r"[-+]?(?:[0-9]{1,300}(?:\.[0-9]*)?|\.[0-9]+)")
_HEXADECIMAL = re.compile(r"0x[0-9A-Fa-f]{1,8}")


def parse(text: str, is_template: bool = False) -> Node:
    """Parse an expression: the content of `${{ }}` or `$[ ]`, or a condition.

    Args:
        text: the expression.
        is_template: whether it is the content of a `${{ }}`: a `${{` in a string is text there. In any other
            expression it is `Opaque`: the service expands it before it reads the expression.

    Raises:
        ExpressionError: it is empty, not an expression, or nests deeper than `MAX_DEPTH`.
    """
    parser = _Parser(text, is_template)
    node = parser.expression(0, 0)
    rest = parser.token
    if rest.kind != "end":
        raise ExpressionError(f"unexpected `{rest.text}` after the expression", rest.start, rest.end, parser.hint(rest))
    return node


@lru_cache(maxsize=4096)
def parsed(text: str, is_template: bool = False) -> Node:
    """`parse` with a memory: trees do not change.

    Raises:
        ExpressionError: as `parse`.
    """
    return parse(text, is_template)


class _Parser:
    """Reads one token ahead. `calls` counts the calls around an expression, `brackets` the brackets."""

    def __init__(self, text: str, is_template: bool) -> None:
        self._tokens = tokens(text, is_template)
        self._is_template = is_template
        self.token = next(self._tokens)

    def expression(self, calls: int, brackets: int) -> Node:
        if calls + brackets > _MAX_NESTING:
            raise ExpressionError(f"nested more than {_MAX_NESTING} levels deep", self.token.start, self.token.end)
        node = self._primary(calls, brackets)
        length = 0
        while self.token.text in (".", "[") and self.token.kind == "sign":
            length += 1
            if length > _MAX_NAMES:
                raise ExpressionError(f"more than {_MAX_NAMES} names in a row", self.token.start, self.token.end)
            node = self._dereference(node, calls, brackets)
        return node

    @staticmethod
    def hint(token: Token) -> str | None:
        """The probable intent, where a value follows another."""
        if token.kind == "name" and token.text.casefold() in ("and", "or", "eq", "ne"):
            return f"Expressions have no operators: write `{token.text}(a, b)`."
        return None

    def _primary(self, calls: int, brackets: int) -> Node:
        token = self._take()
        match token.kind:
            case "opaque":
                return Opaque(token.start, token.end)
            case "string" if "${{" in token.text and not self._is_template:
                return Opaque(token.start, token.end)
            case "string":
                return Literal(token.text[1:-1].replace("''", "'"), token.start, token.end)
            case "number":
                return _number(token)
            case "name" if self.token.text == "(" and self.token.kind == "sign":
                return self._call(token, calls, brackets)
            case "name" if token.text.casefold() in _KEYWORDS:
                return Literal(_KEYWORDS[token.text.casefold()], token.start, token.end)
            case "name":
                return Name(token.text, token.start, token.end)
            case "end":
                raise ExpressionError("incomplete expression", max(token.start - 1, 0), max(token.end, 1))
            case _:
                raise ExpressionError(f"unexpected `{token.text}`", token.start, token.end)

    def _call(self, name: Token, calls: int, brackets: int) -> Call:
        if calls == MAX_DEPTH:
            raise ExpressionError(f"calls nested more than {MAX_DEPTH} levels deep", name.start, name.end)
        self._take()
        arguments: list[Node] = []
        if self.token.text != ")":
            arguments.append(self.expression(calls + 1, brackets))
            while self.token.kind == "sign" and self.token.text == ",":
                self._take()
                arguments.append(self.expression(calls + 1, brackets))
        close = self._expect(")", f"`{name.text}(` is not closed", name)
        return Call(name.text, tuple(arguments), name.start, name.end, close.end)

    def _dereference(self, target: Node, calls: int, brackets: int) -> Node:
        sign = self._take()
        if sign.text == "[":
            if self.token.text == "*" and self.token.kind == "sign":
                self._take()
                close = self._expect("]", "`[` is not closed", sign)
                return Wildcard(target, target.start, close.end)
            key = self.expression(calls, brackets + 1)
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
    if _VERSION.fullmatch(token.text):
        return Literal(Version(map(int, token.text.split("."))), token.start, token.end)
    if _NUMBER.fullmatch(token.text):
        return Literal(float(token.text), token.start, token.end)
    if _HEXADECIMAL.fullmatch(token.text):
        return Literal(float(int(token.text, 16)), token.start, token.end)
    raise ExpressionError(f"invalid number `{token.text}`", token.start, token.end, "Put text in single quotes.")
