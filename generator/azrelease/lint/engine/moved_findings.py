"""Findings that the check of another file has led to."""

from collections.abc import Sequence

from azrelease.diagnostics import Diagnostic
from azrelease.lint.engine.ignores import ignores
from azrelease.lint.engine.linter import Linter
from azrelease.lint.engine.reports import FileReport
from azrelease.lint.rules.structure.unused_ignore import RULE as UNUSED_IGNORE


def with_moved(report: FileReport, moved: Sequence[Diagnostic], text: str, linter: Linter) -> FileReport:
    """The report on a file with further findings in it. A comment that hides one of them is used.

    Args:
        report: the report.
        moved: the findings.
        text: the text of the file.
        linter: reports them as far as they are selected and no comment hides them.
    """
    if not moved:
        return report
    found = {(diagnostic.code.id, diagnostic.span.line) for diagnostic in moved}
    names = {diagnostic.code.name: diagnostic.code.id for diagnostic in moved}
    used = {
        comment.span
        for comment in ignores(text)
        if any(names.get(comment.code, comment.code) == code and comment.hides_in_line(line) for code, line in found)
    }
    own = [f for f in report.findings if f.diagnostic.code is not UNUSED_IGNORE.code or f.diagnostic.span not in used]
    more = linter.report_moved(report.path, text, moved).findings
    return report._replace(findings=tuple(sorted((*own, *more), key=lambda f: (f.diagnostic.file, f.diagnostic.span))))
