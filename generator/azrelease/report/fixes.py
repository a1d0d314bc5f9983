"""What `check --fix` does, and `--diff` would do."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from azrelease.lint.engine.fixing import Fixed
from azrelease.redaction import redacted_difference
from azrelease.report.log_sanitizer import sanitized_line, sanitized_lines


def fixes_difference(fixed: Sequence[Fixed]) -> str:
    """What fixes change, as unified diffs without secrets and without commands that an agent would act on."""
    names = (sanitized_line(Path(each.path).as_posix()) for each in fixed)
    differences = (redacted_difference(f.before, f.after, n, n) for f, n in zip(fixed, names, strict=True))
    return "".join(map(sanitized_lines, differences))


def fixes_summary(fixed: Sequence[Fixed], *, written: bool) -> Iterator[str]:
    """How many findings were fixed, where that was written, and how many fixes were left out."""
    count = sum(each.fixes for each in fixed) if written else 0
    left_out = sum(each.left_out for each in fixed)
    if count:
        yield f"{count} finding{'' if count == 1 else 's'} fixed"
    if left_out:
        yield f"{left_out} fix{'' if left_out == 1 else 'es'} left out: they would lead to other findings"
