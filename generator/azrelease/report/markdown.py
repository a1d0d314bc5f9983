"""Markdown, for a comment on a pull request."""

from collections.abc import Sequence

from azrelease.diagnostics import Diagnostic, Severity
from azrelease.lint import FileReport
from azrelease.lint.engine.baseline import BaselineCounts
from azrelease.report.counts import counts, summary
from azrelease.report.log_sanitizer import sanitized
from azrelease.templating.markdown_text import code, escaped

_SIGNS = {Severity.ERROR: "❌ error", Severity.WARNING: "⚠️ warning", Severity.INFO: "ℹ️ info"}  # noqa: RUF001  (the sign is meant)


def format_markdown(reports: Sequence[FileReport], baseline: BaselineCounts | None = None) -> str:
    """A table of the findings of each file."""
    parts = ["## azrelease check", "", summary(counts(reports), baseline)]
    for report in reports:
        if report.findings:
            parts += ["", f"### {code(report.path)}", "", "| line | | finding | |", "|---:|---|---|---|"]
            parts += [_row(diagnostic) for diagnostic, *_ in report.findings]
    return sanitized("\n".join(parts)) + "\n"


def _row(diagnostic: Diagnostic) -> str:
    hint = f"<br>{escaped(diagnostic.hint)}" if diagnostic.hint else ""
    return (
        f"| {diagnostic.span.line} | {_SIGNS[diagnostic.severity]} | {escaped(diagnostic.message)}{hint} "
        f"| {diagnostic.code.id} {diagnostic.code.name} |"
    )
