"""Mends what can be mended, and nothing else: comments, layout and line endings stay as they are."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

from azrelease.diagnostics import Edit, Fix
from azrelease.lint.engine.linter import FileToCheck, Linter
from azrelease.lint.engine.reports import FileReport

_MOST_ROUNDS = 10
_BOM = "\ufeff"


class Fixed(NamedTuple):
    """A file that was mended.

    Attributes:
        path: the path as the user gave it.
        before: its text.
        after: its text with the fixes; the same when there was nothing to fix.
        fixes: how many findings were mended.
        report: what is left.
        left_out: how many findings have a fix that would lead to others.
    """

    path: str
    before: str
    after: str
    fixes: int
    report: FileReport
    left_out: int = 0


def fix(raw: bytes, target: FileToCheck, linter: Linter, *, unsafe: bool) -> Fixed:
    """Mend the text of a file until nothing more can be mended.

    A fix that leads to findings which were not there before is left out.

    Args:
        raw: the bytes of the file.
        target: the file.
        linter: checks it after each round.
        unsafe: whether fixes that may change what the pipeline does are made too.
    """
    report = linter.check_bytes(raw, target)
    try:
        before = raw.decode("utf-8")
    except UnicodeDecodeError:
        return Fixed(target.path, "", "", 0, report)
    text = before
    count = 0
    for _ in range(_MOST_ROUNDS):
        fixes = _fixes(report, unsafe=unsafe)
        chosen, mended = _without_new_findings(
            text, _compatible(fixes), report, lambda text: _checked(text, target, linter)
        )
        if not chosen:
            break
        text, report, count = mended.text, mended.report, count + len(chosen)
    return Fixed(target.path, before, text, count, report, len(_fixes(report, unsafe=unsafe)))


def _fixes(report: FileReport, *, unsafe: bool) -> list[Fix]:
    found = (finding.diagnostic.fix for finding in report.findings)
    return [fix for fix in found if fix is not None and (unsafe or fix.safe)]


class _Mended(NamedTuple):
    """A text, and what is found in it."""

    text: str
    report: FileReport


def _checked(text: str, target: FileToCheck, linter: Linter) -> _Mended:
    return _Mended(text, linter.check_bytes(text.encode("utf-8"), target))


def _without_new_findings(
    text: str, fixes: Sequence[Fix], report: FileReport, check: Callable[[str], _Mended]
) -> tuple[list[Fix], _Mended]:
    """The fixes after which nothing is found that was not found before, and the text with them.

    Args:
        text: the text.
        fixes: fixes that do not touch each other.
        report: what is found in the text.
        check: says what is found in another text.
    """
    if not fixes:
        return [], _Mended(text, report)
    mended = check(_apply(text, fixes))
    if not _is_worse(report, mended.report):
        return list(fixes), mended
    if len(fixes) == 1:
        return [], _Mended(text, report)
    chosen, result = list[Fix](), _Mended(text, report)
    for candidate in fixes:
        mended = check(_apply(text, [*chosen, candidate]))
        if not _is_worse(result.report, mended.report):
            chosen, result = [*chosen, candidate], mended
    return chosen, result


def _is_worse(before: FileReport, after: FileReport) -> bool:
    """Whether something is found now that was not found before: more findings of a kind."""
    kinds = [Counter(found.diagnostic.code.id for found in report.findings) for report in (before, after)]
    return bool(kinds[1] - kinds[0])


def _compatible(fixes: Sequence[Fix]) -> list[Fix]:
    """Fixes that do not touch each other, the first ones first."""
    chosen: list[Fix] = []
    taken: list[Edit] = []
    for candidate in fixes:
        if all(edit.end < other.start or other.end < edit.start for edit in candidate.edits for other in taken):
            chosen.append(candidate)
            taken.extend(candidate.edits)
    return chosen


def _apply(text: str, fixes: Sequence[Fix]) -> str:
    """Offsets are those of the text without a byte order mark."""
    mark, text = (_BOM, text[1:]) if text.startswith(_BOM) else ("", text)
    for edit in sorted((edit for found in fixes for edit in found.edits), reverse=True):
        text = f"{text[: edit.start]}{edit.text}{text[edit.end :]}"
    return mark + text
