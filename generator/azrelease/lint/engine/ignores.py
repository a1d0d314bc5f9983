"""Comments that hide findings: `# azrelease: ignore[AZR204] reason`."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from azrelease.diagnostics import Diagnostic, Span
from azrelease.lint.rule import Rule
from azrelease.lint.rules.structure.unused_ignore import RULE as UNUSED_IGNORE
from azrelease.suggestions import suggestion
from azrelease.yaml_document import split_lines

_COMMENT = re.compile(r"#\s*azrelease:\s*ignore\b(?:\[(?P<codes>[^\]]*)\])?")
_CODE = re.compile(r"[^\s,]+")


class Ignore(NamedTuple):
    """A code in a comment.

    Attributes:
        code: the code or name, as written; empty when the comment names none.
        line: the line whose findings it hides.
        span: where the code is.
    """

    code: str
    line: int
    span: Span

    def hides(self, finding: Diagnostic) -> bool:
        """Whether the comment is for a finding."""
        return self.line == finding.span.line and self.code in (finding.code.id, finding.code.name)


def ignores(text: str) -> tuple[Ignore, ...]:
    """The comments of a file, one for each code. A comment alone on its line is for the next line with content."""
    if "azrelease" not in text:
        return ()
    lines = split_lines(text)
    return tuple(comment for index in range(len(lines)) for comment in _on_line(lines, index))


def _on_line(lines: Sequence[str], index: int) -> Iterator[Ignore]:
    line = lines[index]
    match = _COMMENT.search(line)
    if match is None or _is_quoted(line, match.start(), match.end()):
        return
    target = index
    if not line[: match.start()].strip():
        target += 1
        while target < len(lines) - 1 and (not lines[target].strip() or lines[target].lstrip().startswith("#")):
            target += 1
    if not (match["codes"] or "").strip():
        yield Ignore("", target + 1, Span(index + 1, match.start() + 1, index + 1, match.end() + 1))
        return
    for code in _CODE.finditer(match["codes"]):
        start = match.start("codes") + code.start()
        yield Ignore(code[0], target + 1, Span(index + 1, start + 1, index + 1, start + len(code[0]) + 1))


def _is_quoted(line: str, start: int, end: int) -> bool:
    """Whether a part of a line is inside quotes: a script that prints a comment has none."""
    return any(line[:start].count(quote) % 2 and quote in line[end:] for quote in ("'", '"'))


def unused_ignores(
    path: str,
    comments: Sequence[Ignore],
    hidden: Sequence[Diagnostic],
    rules: Mapping[str, Rule],
    searched: Collection[str],
) -> Iterator[Diagnostic]:
    """A finding for each comment that hides nothing.

    Args:
        path: the path of the file.
        comments: its comments.
        hidden: the findings that they hide.
        rules: the rules by code and by name.
        searched: the codes that the whole file was searched for: a comment for another code may hide something.
    """
    for comment in comments if UNUSED_IGNORE.code.id in searched else ():
        rule = rules.get(comment.code)
        if not comment.code:
            message = "this comment names no code, and hides nothing"
            hint: str | None = "Write `# azrelease: ignore[AZR204] reason`."
        elif rule is None:
            message, hint = f"unknown rule `{comment.code}`", suggestion(comment.code, rules)
        elif rule.code.id in searched and not any(map(comment.hides, hidden)):
            message, hint = f"`{comment.code}` hides nothing here", "Remove it."
        else:
            continue
        yield Diagnostic(UNUSED_IGNORE.code, message, path, comment.span, hint)
