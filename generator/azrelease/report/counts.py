"""The number of findings, and their summary."""

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from azrelease.diagnostics import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from azrelease.lint import FileReport


class Counts(NamedTuple):
    """The number of checked files and of findings; `fixable` counts those that `--fix` fixes."""

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


def counts(reports: "Iterable[FileReport]") -> Counts:
    """Count the findings of reports."""
    files = fixable = 0
    severities: Counter[Severity] = Counter()
    for report in reports:
        files += report.checked
        for diagnostic, _ in report.findings:
            severities[diagnostic.severity] += 1
            fixable += diagnostic.fix is not None and diagnostic.fix.safe
    return Counts(files, severities[Severity.ERROR], severities[Severity.WARNING], severities[Severity.INFO], fixable)


def summary(total: Counts) -> str:
    """The number of findings, in one line."""
    files = f"{total.files} file{'' if total.files == 1 else 's'}"
    if not total.total:
        return f"{files} checked, nothing found"
    parts = [
        f"{count} {word}{'' if count == 1 or word == 'info' else 's'}" for word, count in total.by_severity if count
    ]
    fixable = f"; --fix can fix {total.fixable}" if total.fixable else ""
    return f"{files} checked: {', '.join(parts)}{fixable}"
