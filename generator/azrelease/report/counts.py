"""How many findings there are."""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from azrelease.diagnostics import Severity
from azrelease.lint import FileReport


class Counts(NamedTuple):
    """Numbers of files checked and of findings; `fixable` counts those that `--fix` mends."""

    files: int
    error: int
    warning: int
    info: int
    fixable: int

    @property
    def total(self) -> int:
        """All findings."""
        return self.error + self.warning + self.info

    @property
    def by_severity(self) -> tuple[tuple[str, int], ...]:
        """The findings of each severity, the worst first."""
        return (("error", self.error), ("warning", self.warning), ("info", self.info))


def counts(reports: Iterable[FileReport]) -> Counts:
    """Count the findings of reports."""
    files = fixable = 0
    found: Counter[Severity] = Counter()
    for report in reports:
        files += report.checked
        for diagnostic, _ in report.findings:
            found[diagnostic.severity] += 1
            fixable += diagnostic.fix is not None and diagnostic.fix.safe
    return Counts(files, found[Severity.ERROR], found[Severity.WARNING], found[Severity.INFO], fixable)
