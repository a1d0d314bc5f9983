"""Patterns of files, as tasks of Azure Pipelines match them (minimatch)."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path


def matching_files(folder: Path, patterns: Sequence[str], candidates: Iterable[Path]) -> list[Path]:
    """The files below a folder that match patterns; a pattern with `!` in front excludes files."""
    files = list(candidates)
    matches: dict[Path, None] = {}
    for pattern in patterns:
        expression = _expression(pattern.removeprefix("!"))
        for path in files:
            if expression.fullmatch(path.relative_to(folder).as_posix()) or expression.fullmatch(path.as_posix()):
                if pattern.startswith("!"):
                    matches.pop(path, None)
                else:
                    matches[path] = None
    return list(matches)


_WILDCARDS = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}


def _expression(pattern: str) -> "re.Pattern[str]":
    """A pattern as an expression: `**` for any folders, `*` and `?` within a name, `{a,b}`; letter case counts."""
    parts: list[str] = []
    at = 0
    for match in re.finditer(r"\*\*/|\*\*|\*|\?|\{([^{}]*)\}", pattern):
        parts.append(re.escape(pattern[at : match.start()]))
        choices = (match[1] or "").split(",")
        parts.append(_WILDCARDS.get(match[0]) or f"(?:{'|'.join(map(re.escape, choices))})")
        at = match.end()
    return re.compile("".join(parts) + re.escape(pattern[at:]))
