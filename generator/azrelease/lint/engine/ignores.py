"""Comments that hide findings: `# azrelease: ignore[AZR204] reason`, and `ignore-file` for those of a whole file."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from azrelease.diagnostics import Diagnostic, Span
from azrelease.lint.rule import Rule
from azrelease.lint.rules.structure.unused_ignore import RULE as UNUSED_IGNORE
from azrelease.suggestions import suggestion
from azrelease.yaml_document import split_lines

_COMMENT = re.compile(r"#\s*azrelease:\s*ignore(?P<file>-file)?(?![\w-])(?:\[(?P<codes>[^\]]*)\])?")
_ABOVE_CONTENT = re.compile(r"\s*(?:#|%|---\s*(?:#|$)|$)")
"""A line above the content of a file: empty, a comment, a directive of YAML or the mark of its end."""
_CODE = re.compile(r"[^\s,]+")


class Ignore(NamedTuple):
    """A code in a comment.

    Attributes:
        code: the code or name, as written; empty when the comment names none.
        line: the line whose findings it hides; None for all lines.
        span: where the code is.
        is_misplaced: whether it is for all lines, and below the top of the file, where it hides nothing.
    """

    code: str
    line: int | None
    span: Span
    is_misplaced: bool = False

    def hides(self, finding: Diagnostic) -> bool:
        """Whether the comment is for a finding."""
        return self.hides_in_line(finding.span.line) and self.code in (finding.code.id, finding.code.name)

    def hides_in_line(self, line: int) -> bool:
        """Whether the comment is for findings in a line."""
        return self.line in (None, line) and not self.is_misplaced


def ignores(text: str) -> tuple[Ignore, ...]:
    """The comments of a file, one for each code. A comment alone on its line is for the next line with content."""
    if "azrelease" not in text:
        return ()
    lines = split_lines(text.removeprefix("\ufeff"))
    top = next((index for index, line in enumerate(lines) if not _ABOVE_CONTENT.match(line)), len(lines))
    return tuple(comment for index in range(len(lines)) for comment in _on_line(lines, index, top))


def _on_line(lines: Sequence[str], index: int, top: int) -> Iterator[Ignore]:
    line = lines[index]
    match = _COMMENT.search(line)
    if match is None or _is_quoted(line, match.start(), match.end()):
        return
    target = index
    is_for_file = match["file"] is not None
    if not is_for_file and not line[: match.start()].strip():
        target += 1
        while target < len(lines) - 1 and (not lines[target].strip() or lines[target].lstrip().startswith("#")):
            target += 1
    if not (match["codes"] or "").strip():
        yield Ignore("", target + 1, Span(index + 1, match.start() + 1, index + 1, match.end() + 1))
        return
    for_line = None if is_for_file else target + 1
    is_misplaced = is_for_file and index >= top
    for code in _CODE.finditer(match["codes"]):
        start = match.start("codes") + code.start()
        span = Span(index + 1, start + 1, index + 1, start + len(code[0]) + 1)
        yield Ignore(code[0], for_line, span, is_misplaced)


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
        elif comment.is_misplaced:
            message = f"`{comment.code}` is not ignored in the file: the comment is below its first key"
            hint = "Move it to the comments at the top of the file, or write `ignore` for one line."
        elif rule.code.id in searched and not any(map(comment.hides, hidden)):
            where = "in this file" if comment.line is None else "here"
            message, hint = f"`{comment.code}` hides nothing {where}", "Remove it."
        else:
            continue
        yield Diagnostic(UNUSED_IGNORE.code, message, path, comment.span, hint)
