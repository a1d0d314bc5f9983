"""The text of a PowerShell script without its strings and comments."""

import re

_TOKEN = re.compile(
    r"""
    (?P<comment><\#.*?(?:\#>|\Z)|(?<![\w`$-])\#[^\n]*)
    |(?P<here>@(?P<quote>["'])[ \t]*\r?\n.*?(?:^(?P=quote)@|\Z))
    |(?P<string>"(?:`.|""|[^"`])*"?|'(?:''|[^'])*'?)
    |`.
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)


def powershell_code(text: str) -> str:
    """A script of the same length and lines, in which comments are blank and strings are quotes around blanks."""
    return _TOKEN.sub(_blank, text)


def without_comments(text: str) -> str:
    """A script of the same length and lines, in which comments are blank, and strings are not."""
    return _TOKEN.sub(lambda match: _spaces(match[0]) if match["comment"] else match[0], text)


def _blank(match: re.Match[str]) -> str:
    if match["comment"]:
        return _spaces(match[0])
    if match["here"] or match["string"]:
        whole = match[0]
        return whole[0] + _spaces(whole[1:-1]) + whole[-1] if len(whole) > 1 else whole
    return match[0]


def _spaces(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)
