"""Fixes findings, and changes nothing else: comments, layout and line endings stay as they are."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from azrelease.diagnostics import Edit, Fix
from azrelease.lint.engine.linter import FileToCheck, Linter
from azrelease.lint.engine.reports import FileReport

_MOST_ROUNDS = 10
_BOM = "\ufeff"


class Fixed(NamedTuple):
    """A file with its fixes.

    Attributes:
        path: the path as the user gave it.
        before: its text.
        after: its text with the fixes; the same when there are none.
        fixes: the number of findings that are fixed.
        report: the remaining findings.
        left_out: the number of fixes that would lead to other findings.
    """

    path: str
    before: str
    after: str
    fixes: int
    report: FileReport
    left_out: int = 0


def fix(raw: bytes, target: FileToCheck, linter: Linter, *, unsafe: bool) -> Fixed:
    """Fix the text of a file until nothing is left to fix.

    A fix that leads to new findings is left out.

    Args:
        raw: the bytes of the file.
        target: the file.
        linter: checks it after each round.
        unsafe: whether to apply fixes that may change what the pipeline does.
    """
    report = linter.check_bytes(raw, target)
    try:
        before = raw.decode("utf-8")
    except UnicodeDecodeError:
        return Fixed(target.path, "", "", 0, report)
    state, count = _State(before, report), 0
    for _ in range(_MOST_ROUNDS):
        number, state = _round(state, _compatible(_fixes(state.report, unsafe=unsafe)), target, linter)
        if not number:
            break
        count += number
    left_out = len(_fixes(state.report, unsafe=unsafe))
    return Fixed(target.path, before, state.text, count, state.report, left_out)


class _State(NamedTuple):
    """A text, and the report on it."""

    text: str
    report: FileReport


def _with_fixes(
    text: str, fixes: Sequence[Fix], before: FileReport, target: FileToCheck, linter: Linter
) -> _State | None:
    """A text with fixes; None when it has new findings: more of a code than a report before."""
    text = _apply(text, fixes)
    report = linter.check_bytes(text.encode("utf-8"), target)
    return None if _codes(report) - _codes(before) else _State(text, report)


def _codes(report: FileReport) -> Counter[str]:
    return Counter(finding.diagnostic.code.id for finding in report.findings)


def _fixes(report: FileReport, *, unsafe: bool) -> list[Fix]:
    fixes = (finding.diagnostic.fix for finding in report.findings)
    return [fix for fix in fixes if fix is not None and (unsafe or fix.safe)]


def _round(state: _State, fixes: Sequence[Fix], target: FileToCheck, linter: Linter) -> tuple[int, _State]:
    """The number of the fixes that lead to no new findings, and the state with these."""
    together = _with_fixes(state.text, fixes, state.report, target, linter) if fixes else None
    if together is not None:
        return len(fixes), together
    chosen, result = list[Fix](), state
    for candidate in fixes if len(fixes) > 1 else ():
        # Offsets are those of the text before the round, so each attempt begins with that.
        attempt = _with_fixes(state.text, [*chosen, candidate], result.report, target, linter)
        if attempt is not None:
            chosen, result = [*chosen, candidate], attempt
    return len(chosen), result


def _compatible(fixes: Sequence[Fix]) -> list[Fix]:
    """The fixes without those that touch an earlier one."""
    chosen: list[Fix] = []
    edits: list[Edit] = []
    for candidate in fixes:
        if all(edit.end < other.start or other.end < edit.start for edit in candidate.edits for other in edits):
            chosen.append(candidate)
            edits.extend(candidate.edits)
    return chosen


def _apply(text: str, fixes: Sequence[Fix]) -> str:
    """The text with fixes, whose offsets are those of the text without a byte order mark."""
    mark, text = (_BOM, text[1:]) if text.startswith(_BOM) else ("", text)
    for edit in sorted((edit for fix in fixes for edit in fix.edits), reverse=True):
        text = f"{text[: edit.start]}{edit.text}{text[edit.end :]}"
    return mark + text
