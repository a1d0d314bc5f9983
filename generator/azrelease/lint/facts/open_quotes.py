"""Which quote is open at a place of a script."""

import re

_HERE_DOCUMENT = re.compile(r"(?<!<)<<(?!<)")


def open_quote(text: str, position: int, language: str) -> str | None:
    """The quote that is open at a position: `"`, `'`, or empty; None in or behind a here-document or here-string.

    Args:
        text: the script; of PowerShell, without its comments.
        position: the offset.
        language: bash, powershell or cmd.
    """
    start = text.rfind("\n", 0, position) + 1
    before = text[:position] if language == "bash" else text[start:position]
    here = _HERE_DOCUMENT.search(before) if language == "bash" else re.search(r"@[\"'][ \t]*\r?\n", text[:position])
    return None if here else _quote_after(before, language)


def _quote_after(before: str, language: str) -> str | None:
    escape = {"powershell": "`", "bash": "\\"}.get(language, "")
    quote, index = "", 0
    while index < len(before):
        character = before[index]
        if character == escape and quote != "'":
            index += 1
        elif quote:
            quote = "" if character == quote else quote
        elif character == '"' or (character == "'" and language != "cmd"):
            quote = character
        elif character == "#" and language == "bash" and (index == 0 or before[index - 1] in " \t\n;"):
            end = before.find("\n", index)
            if end < 0:
                return None
            index = end
        index += 1
    return quote
