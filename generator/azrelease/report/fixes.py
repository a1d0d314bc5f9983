"""The fixes of `check --fix`: as a difference, and counted."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from azrelease.lint.engine.fixing import Fixed
from azrelease.redaction import redacted_difference
from azrelease.report.log_sanitizer import sanitized_line, sanitized_lines


def fixes_difference(fixed: Sequence[Fixed]) -> str:
    """The changes of fixes as unified diffs, redacted and without commands of an agent."""
    names = (sanitized_line(Path(each.path).as_posix()) for each in fixed)
    differences = (redacted_difference(f.before, f.after, n, n) for f, n in zip(fixed, names, strict=True))
    return "".join(map(sanitized_lines, differences))


def fixes_summary(fixed: Sequence[Fixed], *, written: bool) -> Iterator[str]:
    """The number of fixed findings, if written, and of fixes that were left out."""
    count = sum(each.fixes for each in fixed) if written else 0
    left_out = sum(each.left_out for each in fixed)
    if count:
        yield f"{count} finding{'' if count == 1 else 's'} fixed"
    if left_out:
        yield f"{left_out} fix{'' if left_out == 1 else 'es'} left out: they would lead to other findings"
