"""What was found in many files, as text."""

from collections.abc import Sequence

from azrelease.lint import FileReport
from azrelease.report.counts import counts, summary
from azrelease.report.text import format_text


def format_reports(reports: Sequence[FileReport], *, colour: bool = False, counted: bool = True) -> str:
    """All findings, and a line that counts them unless it is not wanted; in colour for a terminal."""
    blocks = [
        format_text(finding.diagnostic, finding.line or None, colour=colour)
        for report in reports
        for finding in report.findings
    ]
    lines = [*blocks, *([summary(counts(reports))] if counted else [])]
    return "\n".join(lines) + "\n" if lines else ""
