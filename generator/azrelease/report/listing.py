"""What was found in many files, as text."""

from collections.abc import Sequence

from azrelease.lint import FileReport
from azrelease.report.counts import counts, summary
from azrelease.report.text import format_at


def format_reports(reports: Sequence[FileReport], *, colour: bool = False) -> str:
    """All findings, and a line that counts them; in colour for a terminal."""
    blocks = [
        format_at(finding.diagnostic, finding.line or None, colour=colour)
        for report in reports
        for finding in report.findings
    ]
    return "\n".join([*blocks, summary(counts(reports))]) + "\n"
