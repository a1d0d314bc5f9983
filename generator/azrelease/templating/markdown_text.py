"""Texts of others in Markdown: shown, never acted on."""

from azrelease.templating.printable import printable

_ESCAPED = str.maketrans({**{character: f"\\{character}" for character in "\\*_[]<>|#~"}, "@": "&#64;", "&": "&amp;"})


def escaped(text: str) -> str:
    """A text with its code spans kept, and nothing else in it that Markdown or HTML acts on."""
    parts = printable(" ".join(text.split())).split("`")
    if len(parts) % 2 == 0:
        return "".join(parts).translate(_ESCAPED)
    return "".join(code(part) if index % 2 else part.translate(_ESCAPED) for index, part in enumerate(parts))


def code(text: str) -> str:
    """A code span that may hold backticks; a bar in a table has to be escaped even there."""
    text = printable(text)
    fence = "`" * (max((len(run) for run in _runs(text)), default=0) + 1)
    blank = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{blank}{text}{blank}{fence}".replace("|", "\\|").replace("\n", " ") if text else ""


def _runs(text: str) -> list[str]:
    return [run for run in "".join(c if c == "`" else " " for c in text).split(" ") if run]
