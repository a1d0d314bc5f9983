"""The number of findings, and their summary."""

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from azrelease.diagnostics import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from azrelease.lint import FileReport
    from azrelease.lint.engine.baseline import BaselineCounts


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
        for diagnostic, *_ in report.findings:
            severities[diagnostic.severity] += 1
            fixable += diagnostic.fix is not None and diagnostic.fix.safe
    return Counts(files, severities[Severity.ERROR], severities[Severity.WARNING], severities[Severity.INFO], fixable)


def summary(total: Counts, baseline: "BaselineCounts | None" = None) -> str:
    """The number of findings, and of those that a baseline hides, in one line."""
    files = f"{total.files} file{'' if total.files == 1 else 's'}"
    hidden = f"; {baseline.hidden} hidden by the baseline" if baseline is not None and baseline.hidden else ""
    if not total.total:
        return f"{files} checked, nothing {'new' if hidden else 'found'}{hidden}"
    parts = [
        f"{count} {word}{'' if count == 1 or word == 'info' else 's'}" for word, count in total.by_severity if count
    ]
    fixable = f"; --fix can fix {total.fixable}" if total.fixable else ""
    return f"{files} checked: {', '.join(parts)}{fixable}{hidden}"
