"""Markdown of the generated pages."""

import re
from collections.abc import Iterable, Sequence


def prose(text: str) -> str:
    """Text of the code's own as Markdown: code in backticks stays, what HTML would take for a tag does not."""
    parts = re.split(r"(`[^`]*`)", text)
    return "".join(part if part.startswith("`") else re.sub(r"<(?=\w)", "&lt;", part) for part in parts)


def cell(text: str) -> str:
    """Text for a cell of a table."""
    return prose(" ".join(text.split())).replace("|", "\\|")


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A table, and the empty line behind it."""
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    return [*lines, *(f"| {' | '.join(row)} |" for row in rows), ""]


def block(text: str, language: str) -> list[str]:
    """A fenced block, and the empty line behind it."""
    return [f"```{language}", *text.rstrip("\n").split("\n"), "```", ""]


def page(title: str, about: str, *parts: Iterable[str]) -> str:
    """A page that says where it comes from."""
    lines = [f"# {title}", "", about, "", *(line for part in parts for line in part)]
    return "\n".join(lines).rstrip("\n") + "\n"
