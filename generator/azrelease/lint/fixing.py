"""Mends what can be mended, and nothing else: comments, layout and line endings stay as they are."""

from collections.abc import Sequence
from typing import NamedTuple

from azrelease.diagnostics import Edit, Fix
from azrelease.lint.linter import FileReport, Linter, Target

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
    """

    path: str
    before: str
    after: str
    fixes: int
    report: FileReport


def fix(raw: bytes, target: Target, linter: Linter, *, unsafe: bool) -> Fixed:
    """Mend the text of a file until nothing more can be mended.

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
        fixes = [f.diagnostic.fix for f in report.findings if f.diagnostic.fix and (unsafe or f.diagnostic.fix.safe)]
        chosen = _compatible(fixes)
        if not chosen:
            break
        mended = _apply(text, chosen)
        checked = linter.check_bytes(mended.encode("utf-8"), target)
        if any(f.diagnostic.code.id.startswith("AZR0") for f in checked.findings if f not in report.findings):
            break  # a fix must not break the file
        text, report, count = mended, checked, count + len(chosen)
    return Fixed(target.path, before, text, count, report)


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
