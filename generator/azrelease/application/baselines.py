"""Known findings of `check`: left out, counted, and written."""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from azrelease.diagnostics import Severity
from azrelease.errors import UserError
from azrelease.files import write_atomically
from azrelease.lint import FileReport, LintOptions, LintSettings
from azrelease.lint.engine.baseline import (
    BaselineCounts,
    BaselineEntry,
    baseline_text,
    match_baseline,
    read_baseline,
)
from azrelease.lint.engine.linter import is_searched

_READING = "AZR0"
"""The codes of files that cannot be read begin so."""


def baseline_file(given: Path | None, settings: LintSettings, *, update: bool) -> Path | None:
    """The file of known findings: the given one, or that of the settings.

    Raises:
        UserError: it is to be updated, and neither names one.
    """
    known = given or (Path(settings.baseline) if settings.baseline else None)
    if update and known is None:
        raise UserError("--update-baseline needs a file: pass --baseline FILE, or set `baseline` in the settings")
    return known


def without_baseline(
    reports: Sequence[FileReport],
    baseline: Path,
    is_judged: Callable[[BaselineEntry], bool],
    *,
    update: bool,
) -> tuple[list[FileReport], BaselineCounts]:
    """Reports without the findings of a baseline file, and what it hides.

    Args:
        reports: the reports.
        baseline: the file.
        is_judged: whether an entry hides nothing any more if it hides nothing in the reports; see `judged_entries`.
        update: first write all findings to it, as known, without the entries that hide nothing any more.

    Raises:
        UserError: the file cannot be read or written.
    """
    match = match_baseline(reports, _known(baseline) if update else read_baseline(baseline), baseline)
    is_complete = not any(map(_is_unread, match.reports))
    unused = Counter({entry: n for entry, n in match.unused.items() if is_complete and is_judged(entry)})
    if not update:
        return match.reports, BaselineCounts(match.hidden, unused.total())
    write_atomically(baseline, baseline_text(reports, baseline, match.unused - unused))
    hidden = sum(len(report.findings) for report in reports)
    return [report._replace(findings=()) for report in reports], BaselineCounts(hidden, unused.total())


def judged_entries(
    paths: Iterable[Path], options: LintOptions, baseline: Path, *, is_online: bool
) -> Callable[[BaselineEntry], bool]:
    """Which entries of a baseline a check can say of that they hide nothing any more.

    Those of files in the checked folders, and of rules that were checked. Of a file that was named alone, the calls of
    other files may have led to findings.

    Args:
        paths: what was checked; the current folder where nothing is named.
        options: how it was checked.
        baseline: the file of the baseline.
        is_online: whether the service was asked, too.
    """
    folders = [_whole(path) for path in list(paths) or [Path()] if path.is_dir()]

    def is_judged(entry: BaselineEntry) -> bool:
        file = _whole(baseline.parent / entry.file)
        is_below = any(file.is_relative_to(folder) for folder in folders)
        return is_below and is_searched(entry.code, str(file), options, is_online=is_online)

    return is_judged


def _whole(path: Path) -> Path:
    return Path(os.path.normpath(path.absolute()))


def _known(baseline: Path) -> Counter[BaselineEntry]:
    """The entries of a file that is written again; none where it is not a baseline."""
    try:
        return read_baseline(baseline)
    except UserError:
        return Counter()


def _is_unread(report: FileReport) -> bool:
    """Whether a file has a new problem that hides others."""
    return not report.read or any(
        found.diagnostic.code.id.startswith(_READING) and found.diagnostic.severity is Severity.ERROR
        for found in report.findings
    )
