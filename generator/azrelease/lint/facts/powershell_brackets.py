"""Brackets and strings of a PowerShell script that are not closed."""

import re
from typing import NamedTuple

from azrelease.lint.facts.powershell_text import powershell_code

_CLOSERS = {")": "(", "}": "{", "]": "["}
_NESTED = re.compile(r"\"(?:`.|[^\"`\n])*\$\([^\"\n]*\"")
_UNCLEAR = re.compile(
    r"\$\{\{-?\s*(?:if|each|else|insert)\b|`[\"'(){}\[\]#]|@[\"']|\$\{[^}\n]*[\"'(){]|<#|[\w\])]#|--%"
)


class Unclosed(NamedTuple):
    """A bracket without its partner."""

    position: int
    bracket: str


def unclosed(text: str) -> Unclosed | None:
    """The first bracket that does not match; None when all do, or when the text is not certain to be read right.

    Not certain are strings with expressions that have strings of their own, here-strings, and escaped brackets.
    """
    if _NESTED.search(text) or _UNCLEAR.search(text):
        return None
    code = powershell_code(text)
    if any(code.count(quote) % 2 for quote in "\"'"):
        return None
    opened: list[int] = []
    for match in re.finditer(r"[(){}\[\]]", code):
        bracket = match[0]
        if bracket not in _CLOSERS:
            opened.append(match.start())
        elif not opened or code[opened[-1]] != _CLOSERS[bracket]:
            return Unclosed(match.start(), bracket) if not opened else Unclosed(opened[-1], code[opened[-1]])
        else:
            opened.pop()
    return Unclosed(opened[-1], code[opened[-1]]) if opened else None
