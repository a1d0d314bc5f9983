"""Checking the files of `check`, with what to say about them beside their findings."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from azrelease.cli.output import note, say, write_text
from azrelease.cli.progress import counted
from azrelease.diagnostics import Severity

if TYPE_CHECKING:
    from azrelease.application.checking import Checked, Fixing
    from azrelease.lint import FileReport, LintOptions
    from azrelease.lint.engine.baseline import BaselineCounts


def check_standard_input(name: str, options: "LintOptions", fixing: "Fixing | None") -> "Checked | None":
    """Check standard input; with fixing, print the fixed text or the difference instead of findings."""
    from azrelease.application.checking import check_text
    from azrelease.report.fixes import fixes_difference

    checked = check_text(sys.stdin.buffer.read(), name, options, fixing)
    if fixing is None:
        return checked
    write_text(checked.fixed[0].after if fixing.write else fixes_difference(checked.fixed))
    return None


def check_files(
    paths: Sequence[Path], options: "LintOptions", fixing: "Fixing | None", *, skip_others: bool
) -> "Checked":
    """Check files, and say what was fixed and where there was nothing to check."""
    from azrelease.application.checking import check_paths
    from azrelease.report.fixes import fixes_difference, fixes_summary
    from azrelease.report.log_sanitizer import sanitized_line

    checked = check_paths(
        paths,
        options,
        skip_others=skip_others,
        fixing=fixing,
        track=lambda reports, count: counted(reports, count, "files"),
    )
    if fixing is not None:
        if not fixing.write:
            write_text(fixes_difference(checked.fixed))
        for line in fixes_summary(checked.fixed, written=fixing.write):
            note(line, error=True)
    for folder in checked.unchecked:
        where = "this folder" if folder == Path() else sanitized_line(str(folder))
        say(f"warning: {where}: nothing to check; no pipeline, template or release, or git ignores them", error=True)
    return checked


def baseline_notes(path: Path, counts: "BaselineCounts", *, updated: bool) -> Iterator[str]:
    """What to say of a baseline beside the findings: that it was written, and that entries hide nothing any more."""
    entries = "1 entry" if counts.unused == 1 else f"{counts.unused} entries"
    if updated:
        yield f"wrote {path}" + (f"; dropped {entries} with nothing to hide" if counts.unused else "")
    elif counts.unused:
        yield f"{path}: {entries} with nothing to hide any more; --update-baseline drops what is not needed"


def fails(reports: "Sequence[FileReport]", fail_on: Severity) -> bool:
    """Whether a finding is of a severity, or worse."""
    order = list(Severity)
    return any(
        order.index(found.diagnostic.severity) <= order.index(fail_on)
        for report in reports
        for found in report.findings
    )
