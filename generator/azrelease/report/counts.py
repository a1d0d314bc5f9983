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


def summary(found: Counts) -> str:
    """How much was found, in one line."""
    files = f"{found.files} file{'' if found.files == 1 else 's'}"
    if not found.total:
        return f"{files} checked, nothing found"
    parts = [
        f"{count} {word}{'' if count == 1 or word == 'info' else 's'}" for word, count in found.by_severity if count
    ]
    fixable = f"; {found.fixable} can be fixed with --fix" if found.fixable else ""
    return f"{files} checked: {', '.join(parts)}{fixable}"
