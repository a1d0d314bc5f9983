"""Expression text as tokens.

The words of the language are those of the documentation
(learn.microsoft.com/azure/devops/pipelines/process/expressions): strings in single quotes with `''` for a quote,
numbers, versions, names, and the signs `( ) [ ] , . *`. There are no operators: what other languages write as `a ==
b` is `eq(a, b)` here.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

_OPERATORS = {
    "==": "eq(a, b)",
    "!=": "ne(a, b)",
    "&&": "and(a, b)",
    "||": "or(a, b)",
    ">=": "ge(a, b)",
    "<=": "le(a, b)",
    ">": "gt(a, b)",
    "<": "lt(a, b)",
    "!": "not(a)",
    "=": "eq(a, b)",
}

_OPAQUE = r"\$\{\{(?:[^'}]|'(?:[^']|'')*+'|\}(?!\}))*+\}\}"
_OTHER = r"""
    | (?P<name>[A-Za-z_][A-Za-z0-9_]*+)
    | (?P<number>[-+]?\.?[0-9][^\s,()\[\]]*+)
    | (?P<sign>[()\[\],.*])
"""
_TOKEN = re.compile(
    rf"(?P<blank>\s+) | (?P<opaque>{_OPAQUE}) | (?P<string>'(?:[^'$]|''|{_OPAQUE}|\$)*+') {_OTHER}", re.VERBOSE
)
_TEMPLATE_TOKEN = re.compile(rf"(?P<blank>\s+) | (?P<string>'(?:[^']|'')*+') {_OTHER}", re.VERBOSE)
"""In a template expression, `${{` is text in a string and an error elsewhere."""

_OPERATOR = re.compile(r"==|!=|&&|\|\||>=|<=|[<>!=]")


class ExpressionError(Exception):
    """An expression that the service refuses.

    Attributes:
        start: offset of the wrong part.
        end: offset behind it.
        hint: what to write instead, if known.
    """

    def __init__(self, message: str, start: int, end: int, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.start = start
        self.end = end
        self.hint = hint


class Token(NamedTuple):
    """A token: `kind` is opaque, string, name, number, sign or end."""

    kind: str
    text: str
    start: int
    end: int


def tokens(text: str, is_template: bool = False) -> Iterator[Token]:
    """The tokens of an expression, the last one of the kind `end`; see `parse` for `is_template`.

    Raises:
        ExpressionError: an unexpected character, or an unterminated string.
    """
    position = 0
    pattern = _TEMPLATE_TOKEN if is_template else _TOKEN
    while position < len(text):
        match = pattern.match(text, position)
        if match is None:
            raise _stray(text, position)
        kind = match.lastgroup or ""
        if kind != "blank":
            yield Token(kind, match[0], position, match.end())
        position = match.end()
    yield Token("end", "", len(text), len(text))


def _stray(text: str, position: int) -> ExpressionError:
    character = text[position]
    if character == "'":
        doubled = "Close the string; double a quote inside it: 'it''s'."
        return ExpressionError("unterminated string", position, len(text), doubled)
    if character == '"':
        return ExpressionError("strings take single quotes", position, position + 1, "Write 'text', not \"text\".")
    operator = _OPERATOR.match(text, position)
    if operator:
        instead = f"Expressions have no operators: write `{_OPERATORS[operator[0]]}`."
        return ExpressionError(f"unexpected symbol `{operator[0]}`", position, operator.end(), instead)
    hint: str | None = None
    if character == "-" and position and (text[position - 1].isalnum() or text[position - 1] == "_"):
        hint = "Write a name with a hyphen in brackets: `a['b-c']`."
    elif text.startswith("$(", position):
        hint = "Expressions do not expand macros: write `variables['name']`."
    return ExpressionError(f"unexpected symbol `{character}`", position, position + 1, hint)
