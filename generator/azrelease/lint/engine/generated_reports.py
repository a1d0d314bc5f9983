"""Findings in generated pipelines, reported once, at the release to correct."""

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from azrelease.diagnostics import Diagnostic, Span
from azrelease.errors import UserError
from azrelease.lint.engine.ignores import ignores
from azrelease.lint.engine.linter import Linter
from azrelease.lint.engine.moved_findings import with_moved
from azrelease.lint.engine.reports import FileReport, Finding
from azrelease.lint.facts.generated_pipeline import source_of
from azrelease.yaml_document import read_file, split_lines

_LEAST = 6
"""The least length of a text that is searched for in the release."""


def at_releases(reports: Sequence[FileReport], linter: Linter, is_untouched: Callable[[str], bool]) -> list[FileReport]:
    """The reports, with the findings of a generated pipeline at its release, where both were checked.

    A finding in text of the release, such as a script, is reported at that text. Other findings stay at the pipeline,
    unless the release has a finding with the same code.

    Args:
        reports: the reports on all files of a run.
        linter: reports findings in a release.
        is_untouched: whether a generated text is unchanged since; findings of an edited one stay there.
    """
    result = list(reports)
    places = {
        Path(os.path.normpath(Path(report.path).absolute())): index
        for index, report in enumerate(reports)
        if report.checked
    }
    for index, report in enumerate(reports):
        source = source_of(report.path) if report.findings else None
        at = places.get(source) if source is not None else None
        texts = _read(report.path), _read(reports[at].path) if at is not None else None
        if at is None or texts[0] is None or texts[1] is None or not is_untouched(texts[0]):
            continue
        moved = _moved(report, texts[0], result[at], texts[1])
        result[index] = report._replace(findings=moved.left)
        result[at] = with_moved(result[at], moved.diagnostics, texts[1], linter)
    return result


class _Moved(NamedTuple):
    """The findings that stay at the pipeline, and those that move to the release."""

    left: tuple[Finding, ...]
    diagnostics: tuple[Diagnostic, ...]


def _moved(report: FileReport, text: str, release: FileReport, release_text: str) -> _Moved:
    left: list[Finding] = []
    moved: dict[Diagnostic, None] = {}
    reported = {(found.diagnostic.code.id, found.diagnostic.span.line) for found in release.findings}
    # A comment in the release hides the findings of its code in the pipeline too.
    hidden = {comment.code for comment in ignores(release_text) if not comment.is_misplaced}
    kinds = {code for code, _ in reported}
    lines, release_lines = split_lines(text), split_lines(release_text)
    for finding in report.findings:
        diagnostic = finding.diagnostic
        is_known = bool({diagnostic.code.id, diagnostic.code.name} & (kinds | hidden))
        place = _same_text(lines, diagnostic.span, release_lines, by_words=not is_known)
        if place is not None:
            if (diagnostic.code.id, place.line) not in reported:
                moved[diagnostic._replace(file=release.path, span=place, fix=None)] = None
        elif not is_known:
            hint = f"{diagnostic.hint} " if diagnostic.hint else ""
            hint = f"{hint}The file is generated: change `{Path(release.path).name}`, and run `azrelease render`."
            left.append(finding._replace(diagnostic=diagnostic._replace(hint=hint)))
    return _Moved(tuple(left), tuple(moved))


def _same_text(lines: Sequence[str], span: Span, others: Sequence[str], *, by_words: bool) -> Span | None:
    """The place of the text of a finding in another file; None when that has no such text, or it is too short.

    Args:
        lines: the lines of the file with the finding.
        span: where the finding is.
        others: the lines of the other file.
        by_words: whether a single common word is enough.
    """
    if not 0 < span.line <= len(lines):
        return None
    line = lines[span.line - 1]
    start = span.column - 1
    end = span.end_column - 1 if span.end_line == span.line else len(line)
    for text, before in _recognisable(line, start, end, by_words=by_words):
        for number, other in enumerate(others, 1):
            index = -1 if other.lstrip().startswith("#") else other.find(text)
            if index >= 0:
                column = index + before + 1
                return Span(number, column, number, column + max(end - start, 1))
    return None


def _recognisable(line: str, start: int, end: int, *, by_words: bool) -> Iterator[tuple[str, int]]:
    """The texts to search for, the longest first, each with where the finding begins in it."""
    whole = line.strip().removeprefix("- ").lstrip()
    first = line.find(whole)
    if len(whole) >= _LEAST and first <= start:
        yield whole, start - first
    for text in (line[start:].rstrip(), line[start:end]):
        if len(text) >= _LEAST and (by_words or " " in text):
            yield text, 0


def _read(path: str) -> str | None:
    try:
        return read_file(path).decode("utf-8-sig")
    except (UserError, ValueError):
        return None
