r"""Python values as YAML scalars that every YAML parser, 1.1 or 1.2, reads back as the same value.

Text is plain where nothing can misread it, a literal block (`|`) where it has several readable lines, else
quoted. A block is written with `BLOCK_LINE` before each line and moved to its place by `settle_blocks` when
the whole text is there, since only then its indentation is known. No value can hold the mark: text with
unprintable characters is written in double quotes with escapes.
"""

import json
import re
from functools import lru_cache

from markupsafe import Markup

from azrelease.templating.printable import is_printable

BLOCK_LINE = "\0"

# Letters, digits and the punctuation of paths, macros and expressions; `: ` and ` #` are looked for apart.
# A plain scalar may not begin with an indicator (yaml.org/spec/1.2.2, rule 123).
_PLAIN = re.compile(r"(?:[^\W_]|[/$_.(=+\\^<;~])(?:[^\n]*[^\s:])?")
_NOT_PLAIN = re.compile(r": | #")

# What some parser takes for null, a boolean, a number, a date, a merge key (YAML 1.1 types, yaml.org/type,
# and the core schema of YAML 1.2) or, at the margin, for the end of a document.
_OTHER_TYPE = re.compile(
    r"""
    ~ | null | true | false | yes | no | on | off | y | n
    | << | = | \.\.\. (?: [ ] .* )?
    | [-+]? [0-9][0-9_,]* (?: : [0-5]?[0-9] )* (?: \. [0-9_]* )? (?: e [-+]? [0-9]+ )?
    | [-+]? \. [0-9_]+ (?: e [-+]? [0-9]+ )?
    | [-+]? 0 [box] [0-9a-f_]+
    | [-+]? \. (?: inf | nan )
    | [0-9]{4} - [0-9]{1,2} - [0-9]{1,2} .*
    """,
    re.VERBOSE | re.IGNORECASE,
)


def scalar(value: object) -> Markup:
    """A value as a YAML scalar.

    Raises:
        TypeError: the value is not text, a boolean, a whole number or None. Templates write collections themselves.
    """
    if isinstance(value, str):
        return value if isinstance(value, Markup) else _text(value)
    if value is True:
        return Markup("true")
    if value is False:
        return Markup("false")
    if isinstance(value, int):
        return Markup(int(value))
    if value is None:
        return Markup("null")
    raise TypeError(f"a {type(value).__name__} is not a YAML scalar: {value!r}")


def key(text: str) -> Markup:
    """Text as a mapping key, which has to be on one line."""
    return Markup(_line(text))


def comment(text: str) -> Markup:
    """Text inside a comment: on one line, with everything unprintable escaped."""
    return Markup("".join(c if is_printable(c) else json.dumps(c)[1:-1] for c in text))


def settle_blocks(text: str) -> str:
    """Move each block two columns inside the key (or the dash) that it belongs to."""
    if BLOCK_LINE not in text:
        return text
    lines: list[str] = []
    owner, inside = "", ""
    for line in text.split("\n"):
        margin, mark, content = line.partition(BLOCK_LINE)
        if not mark:
            owner, inside = margin, ""
            lines.append(line)
        else:
            inside = inside or _block_margin(owner)
            lines.append(inside + content if content else inside.rstrip(" "))
    return "\n".join(lines)


def _block_margin(owner: str) -> str:
    """What a line of a block begins with, for the line that the block was opened on."""
    width = len(owner) - len(owner.lstrip(" "))
    while owner.startswith("- ", width):
        width += 2
    return " " * width + ("# " if owner.startswith("#", width) else "  ")


@lru_cache(maxsize=8192)
def _text(text: str) -> Markup:
    if "\n" in text and _fits_block(text):
        return Markup(_block(text))
    return Markup(_line(text))


def _line(text: str) -> str:
    if not is_printable(text):
        return _double_quoted(text)
    if _PLAIN.fullmatch(text) and not _NOT_PLAIN.search(text) and not _OTHER_TYPE.fullmatch(text):
        return text
    if "'" in text and '"' not in text and "\\" not in text:
        return f'"{text}"'
    return "'" + text.replace("'", "''") + "'"


def _fits_block(text: str) -> bool:
    """Whether text is readable, and sure to survive, as a literal block.

    Left out: text whose first line is blank or begins with white space, where the indentation of a block could
    not be seen by a reader, and lines of nothing but white space, which editors strip.
    """
    lines = text.split("\n")
    return (
        bool(lines[0].strip(" \t"))
        and lines[0][0] not in " \t"
        and all(is_printable(line.replace("\t", "")) and (not line or not line.isspace()) for line in lines)
    )


def _block(text: str) -> str:
    body = text.rstrip("\n")
    ending = len(text) - len(body)
    style = {0: "|-", 1: "|"}.get(ending, "|+")
    lines = body.split("\n") + [""] * max(ending - 1, 0)
    return style + "".join(f"\n{BLOCK_LINE}{line}" for line in lines)


_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r", "\0": "\\0"}


def _double_quoted(text: str) -> str:
    return '"' + "".join(_ESCAPES.get(c) or (c if is_printable(c) else _escape(c)) for c in text) + '"'


def _escape(character: str) -> str:
    point = ord(character)
    if point <= 0xFF:  # noqa: PLR2004  (the widths of YAML's three escapes)
        return f"\\x{point:02x}"
    return f"\\u{point:04x}" if point <= 0xFFFF else f"\\U{point:08x}"  # noqa: PLR2004
