"""What is being written at a place of a text, and the text with a word in place of it, so that it can be read."""

import re
from enum import StrEnum
from typing import NamedTuple

from azrelease.yaml_document import line_starts

PLACEHOLDER = "azrelease0cursor"

_LONGEST = 4000
"""Characters of a line before a place: what is behind more of them was not written by hand."""

_KEY = re.compile(r"(?P<lead>[ ]*(?:-[ ]+)*)(?P<word>[\w.$-]*)")
_VALUE = re.compile(
    r"(?P<lead>[ ]*(?:-[ ]+)*(?:[^\s#'\"{\[-][^#]*?|\"[^\"]*\"|'[^']*'|\$\{\{.*\}\})[ ]*:[ ]+)(?P<value>.*)"
)
_ITEM = re.compile(r"(?P<lead>[ ]*(?:-[ ]+)+)(?P<value>[^\s:].*)")
_BLOCK = re.compile(r"(?:^|[:\-][ ]+)[|>][-+0-9]*[ \t]*(?:#.*)?$")
_ITEM_MARKS = re.compile(r"[ ]*(?:-[ ]+)+")
_WORD_START = re.compile(r"[\w.@/-]*")
_WORD_END = re.compile(r"[\w.@/-]*$")
_LAST_NAME = re.compile(r"\W")
_NAME_START = re.compile(r"\w*")
_CLOSING = {"{": "}", "[": "]"}
_COMMENT = re.compile(r"(?:^|[ \t])#")


class Writing(StrEnum):
    """What is being written."""

    KEY = "a key, or an item of a list"
    VALUE = "the value of a key"
    TEMPLATE = "an expression in ${{ }}"
    RUNTIME = "an expression in $[ ]"
    MACRO = "a macro"
    SCRIPT = "a line of a text with several"
    COMMENT = "a comment"


class Cursor(NamedTuple):
    """What is being written at a place.

    Attributes:
        what: what it is.
        before: of an expression or macro, its part before the place; else the word before it.
        start: where the word begins that a completion replaces.
        end: where it ends.
        text: the text with the placeholder in place of that word, closed where it was open.
        at: an offset in the placeholder.
        added: what is behind the placeholder that the user has not written.
    """

    what: Writing
    before: str
    start: int
    end: int
    text: str
    at: int
    added: str = ""


def cursor(text: str, offset: int) -> Cursor:
    """What is being written at an offset of a text.

    Args:
        text: the text, without a byte order mark.
        offset: from 0 to the length of the text.
    """
    starts = line_starts(text)
    number = max(index for index, start in enumerate(starts) if start <= offset)
    begin = starts[number]
    end = starts[number + 1] if number + 1 < len(starts) else len(text)
    line = text[begin:end].rstrip("\r\n\x85\u2028\u2029")
    prefix, suffix = line[: offset - begin], line[offset - begin :]
    if len(prefix) > _LONGEST:
        return Cursor(Writing.SCRIPT, "", offset, offset, text, offset)
    at = prefix.rfind("${{")
    if at >= 0 and "}}" not in prefix[at:]:
        return _expression(text, offset, prefix[at + 3 :], suffix, ("}}", Writing.TEMPLATE))
    at = prefix.rfind("$[")
    inside = prefix[at + 2 :]
    if at >= 0 and inside.count("]") <= inside.count("["):
        return _expression(text, offset, inside, suffix, ("]", Writing.RUNTIME))
    at = prefix.rfind("$(")
    if at >= 0 and re.fullmatch(r"[\w. -]*", prefix[at + 2 :]):
        return _macro(text, offset, prefix[at + 2 :], suffix)
    if _is_in_block(text, starts, number, offset - begin):
        word = re.search(r"[\w.-]*$", prefix)
        start = offset - len(word[0]) if word else offset
        return Cursor(Writing.SCRIPT, prefix, start, offset, text, offset)
    if _COMMENT.search(prefix):
        return Cursor(Writing.COMMENT, prefix, offset, offset, text, offset)
    return _plain(text, begin, prefix, suffix)


def _expression(text: str, offset: int, inside: str, suffix: str, form: tuple[str, Writing]) -> Cursor:
    closing, what = form
    start = offset - len(_LAST_NAME.split(inside)[-1])
    rest = _NAME_START.match(suffix)
    end = offset + len(rest[0] if rest else "")
    left = suffix[end - offset :]
    closed = "" if closing in left else _closing(inside, closing)
    return _placed(text, (start, end), Cursor(what, inside, start, end, "", start, added=closed))


def _placed(text: str, word: tuple[int, int], found: Cursor) -> Cursor:
    """A cursor with the placeholder, and what is added to it, in place of a word."""
    start, end = word
    return found._replace(text=f"{text[:start]}{PLACEHOLDER}{found.added}{text[end:]}")


def _closing(inside: str, closing: str) -> str:
    """What closes an expression that is being written."""
    quote = "'" if inside.count("'") % 2 else ""
    return (
        quote
        + "]" * max(inside.count("[") - inside.count("]"), 0)
        + ")" * max(inside.count("(") - inside.count(")"), 0)
        + f" {closing}"
    )


def _macro(text: str, offset: int, inside: str, suffix: str) -> Cursor:
    rest = re.match(r"[\w.-]*", suffix)
    end = offset + len(rest[0] if rest else "")
    start = offset - len(inside)
    closed = "" if suffix[end - offset :].startswith(")") else ")"
    return _placed(text, (start, end), Cursor(Writing.MACRO, inside, start, end, "", start, added=closed))


def _plain(text: str, begin: int, prefix: str, suffix: str) -> Cursor:
    key = _KEY.fullmatch(prefix)
    if key is not None and not key["word"].startswith("$"):
        rest = _beginning(suffix)
        after = suffix[len(rest) :]
        start, end = begin + len(key["lead"]), begin + len(prefix) + len(rest)
        added = "" if after.strip() else ":"
        return _placed(text, (start, end), Cursor(Writing.KEY, key["word"], start, end, "", start, added=added))
    value = _VALUE.fullmatch(prefix) or _ITEM.fullmatch(prefix)
    if value is None:
        return Cursor(Writing.COMMENT, prefix, begin + len(prefix), begin + len(prefix), text, begin + len(prefix))
    given = value["value"]
    start = begin + len(value["lead"])
    quote = given[0] if given[:1] in ("'", '"') else ""
    if given[:1] in ("{", "["):
        return _in_flow(text, begin, prefix, suffix)
    start += len(quote)
    rest = suffix.split(quote, maxsplit=1)[0] if quote else _COMMENT.split(suffix, maxsplit=1)[0].rstrip()
    end = begin + len(prefix) + len(rest)
    closed = quote if quote and quote not in suffix else ""
    found = Cursor(Writing.VALUE, given[len(quote) :], start, end, "", start, added=closed)
    return _placed(text, (start, end), found)


def _in_flow(text: str, begin: int, prefix: str, suffix: str) -> Cursor:
    """A word in `{…}` or `[…]` on one line."""
    word = _ending(prefix)
    before = prefix[: len(prefix) - len(word)].rstrip()
    rest = _beginning(suffix)
    start, end = begin + len(prefix) - len(word), begin + len(prefix) + len(rest)
    left = suffix[len(rest) :].lstrip()
    is_key = before.endswith(("{", ",")) and before.rfind("{") > before.rfind("[")
    colon = ": " if is_key and not left.startswith(":") else ""
    brackets = (character for character in reversed(before) if character in _CLOSING)
    closed = "" if left else "".join(_CLOSING[character] for character in brackets)
    what = Writing.KEY if is_key else Writing.VALUE
    return _placed(text, (start, end), Cursor(what, word, start, end, "", start, added=f"{colon}{closed}"))


def _beginning(text: str) -> str:
    """The word that a text begins with."""
    found = _WORD_START.match(text)
    return "" if found is None else found[0]


def _ending(text: str) -> str:
    """The word that a text ends with."""
    found = _WORD_END.search(text)
    return "" if found is None else found[0]


def _is_in_block(text: str, starts: list[int], number: int, column: int) -> bool:
    """Whether a line is in a text with several lines (`|` or `>`): below such a mark, and further in."""
    current = text[starts[number] : starts[number] + column]
    indent = len(current) - len(current.lstrip(" "))
    for index in range(number - 1, -1, -1):
        line = text[starts[index] : starts[index + 1]].rstrip()
        outer = len(line) - len(line.lstrip(" "))
        if not line or outer >= indent:
            continue
        if _BLOCK.search(line):
            item = _ITEM_MARKS.match(line)
            inner = item.end() if item is not None and line[item.end() :][:1] not in ("|", ">") else outer
            if indent > inner:
                return True
        indent = outer
    return False
