"""What is being written at a place of a text, and the text with a word in place of it, so that it can be read."""

import re
from enum import StrEnum
from typing import NamedTuple

from azrelease.yaml_document import line_starts

PLACEHOLDER = "azrelease0cursor"

_KEY = re.compile(r"(?P<lead>[ ]*(?:-[ ]+)*)(?P<word>[\w.$-]*)")
_VALUE = re.compile(
    r"(?P<lead>[ ]*(?:-[ ]+)*(?:[^\s#'\"{\[-][^#]*?|\"[^\"]*\"|'[^']*'|\$\{\{.*\}\})[ ]*:[ ]+)(?P<value>.*)"
)
_ITEM = re.compile(r"(?P<lead>[ ]*(?:-[ ]+)+)(?P<value>[^\s:].*)")
_BLOCK = re.compile(r"(?:^|[:\-][ ]+)[|>][-+0-9]*[ \t]*(?:#.*)?$")
_ITEM_MARKS = re.compile(r"[ ]*(?:-[ ]+)+")
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
        quote: the quote around the value; empty where there is none.
    """

    what: Writing
    before: str
    start: int
    end: int
    text: str
    at: int
    quote: str = ""


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
    word = re.search(r"\w*$", inside)
    start = offset - len(word[0] if word else "")
    rest = re.match(r"\w*", suffix)
    end = offset + len(rest[0] if rest else "")
    left = suffix[end - offset :]
    closed = "" if closing in left else _closing(inside, closing)
    return Cursor(what, inside, start, end, f"{text[:start]}{PLACEHOLDER}{closed}{text[end:]}", start)


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
    return Cursor(Writing.MACRO, inside, start, end, f"{text[:start]}{PLACEHOLDER}{closed}{text[end:]}", start)


def _plain(text: str, begin: int, prefix: str, suffix: str) -> Cursor:
    key = _KEY.fullmatch(prefix)
    if key is not None and not key["word"].startswith("$"):
        rest = re.match(r"[\w.-]*", suffix)
        after = suffix[len(rest[0] if rest else "") :]
        start, end = begin + len(key["lead"]), begin + len(prefix) + len(rest[0] if rest else "")
        is_key = re.match(r"[ ]*:(?:[ ]|$)", after)
        word = PLACEHOLDER if is_key else f"{PLACEHOLDER}:" if not after.strip() else PLACEHOLDER
        return Cursor(Writing.KEY, key["word"], start, end, f"{text[:start]}{word}{text[end:]}", start)
    value = _VALUE.fullmatch(prefix) or _ITEM.fullmatch(prefix)
    if value is None:
        return Cursor(Writing.COMMENT, prefix, begin + len(prefix), begin + len(prefix), text, begin + len(prefix))
    given = value["value"]
    start = begin + len(value["lead"])
    quote = given[0] if given[:1] in ("'", '"') else ""
    if given[:1] in ("{", "["):
        return _in_flow(text, begin, prefix, suffix)
    start += len(quote)
    rest = suffix.split(quote, maxsplit=1)[0] if quote else re.split(r"[ \t]+#", suffix)[0].rstrip()
    end = begin + len(prefix) + len(rest)
    closed = quote if quote and quote not in suffix else ""
    return Cursor(
        Writing.VALUE, given[len(quote) :], start, end, f"{text[:start]}{PLACEHOLDER}{closed}{text[end:]}", start, quote
    )


def _in_flow(text: str, begin: int, prefix: str, suffix: str) -> Cursor:
    """A word in `{…}` or `[…]` on one line."""
    word = re.search(r"[\w.@/-]*$", prefix)
    length = len(word[0]) if word else 0
    start = begin + len(prefix) - length
    before = prefix[: len(prefix) - length].rstrip()
    rest = re.match(r"[\w.@/-]*", suffix)
    end = begin + len(prefix) + len(rest[0] if rest else "")
    is_key = before.endswith(("{", ",")) and before.rfind("{") > before.rfind("[")
    left = suffix[end - begin - len(prefix) :]
    word_text = f"{PLACEHOLDER}: " if is_key and not left.lstrip().startswith(":") else PLACEHOLDER
    brackets = [c for c in before if c in "{["]
    closed = "" if left.strip() else "".join("}" if c == "{" else "]" for c in reversed(brackets))
    what = Writing.KEY if is_key else Writing.VALUE
    return Cursor(
        what, prefix[len(prefix) - length :], start, end, f"{text[:start]}{word_text}{closed}{text[end:]}", start
    )


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
