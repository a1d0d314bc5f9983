"""Comments that hide a finding, as an editor inserts them."""

from collections.abc import Iterator
from typing import NamedTuple

from azrelease.diagnostics import Diagnostic, Edit
from azrelease.lint.engine.ignores import ignores
from azrelease.yaml_document import line_starts, split_lines

_REASON = "reason"


class IgnoreComment(NamedTuple):
    """A comment that hides a finding.

    Attributes:
        where: what it is for, in words.
        edit: the edit that adds it.
        reason: the word in it that the reason replaces; empty where it joins a comment that has one.
    """

    where: str
    edit: Edit
    reason: str


def ignore_comments(text: str, found: Diagnostic) -> Iterator[IgnoreComment]:
    """The comments that hide a finding: on its line, and at the top of the file for all of its kind.

    Args:
        text: the text of the file, without a byte order mark.
        found: the finding.
    """
    lines, starts = split_lines(text), line_starts(text)
    if not 0 < found.span.line <= len(lines):
        return
    code = found.code.id
    end = "\r\n" if "\r\n" in text else "\n"
    start = starts[found.span.line - 1]
    known = [comment for comment in ignores(text) if comment.line == found.span.line and comment.code]
    if known:
        last = known[-1].span
        at = starts[last.line - 1] + last.end_column - 1
        yield IgnoreComment("on this line", Edit(at, at, f", {code}"), "")
    else:
        line = lines[found.span.line - 1]
        indent = line[: len(line) - len(line.lstrip())]
        comment = f"{indent}# azrelease: ignore[{code}] {_REASON}{end}"
        yield IgnoreComment("on this line, with a reason", Edit(start, start, comment), _REASON)
    # A generated file is known by its first line.
    top = starts[next((number for number, line in enumerate(lines) if not line.startswith("#")), 0)]
    comment = f"# azrelease: ignore-file[{code}] {_REASON}{end}"
    yield IgnoreComment("in this file, with a reason", Edit(top, top, comment), _REASON)
