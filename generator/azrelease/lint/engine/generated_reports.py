"""Findings in generated pipelines, reported once, at the release that they are mended in."""

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from azrelease.diagnostics import Diagnostic, Span
from azrelease.lint.engine.ignores import ignores
from azrelease.lint.engine.linter import Linter
from azrelease.lint.engine.reports import FileReport, Finding
from azrelease.lint.facts.generated_pipeline import source_of
from azrelease.lint.rules.structure.unused_ignore import RULE as UNUSED_IGNORE
from azrelease.yaml_document import split_lines

_LEAST = 6
"""How long a text has to be to be recognised in the release."""


def at_releases(reports: Sequence[FileReport], linter: Linter, is_untouched: Callable[[str], bool]) -> list[FileReport]:
    """The reports, with what is found in a generated pipeline reported at its release, where both were checked.

    What a person wrote in the release, such as a script, is reported where it stands there. Of what azrelease wrote,
    only that is left which the release has no finding of the same kind for.

    Args:
        reports: the reports on all files of a run.
        linter: reports findings in a release.
        is_untouched: whether a generated text is as it was generated; one that was edited stands for itself.
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
        result[at] = _with(result[at], moved.diagnostics, texts[1], linter)
    return result


class _Moved(NamedTuple):
    """What is left at the pipeline, and what is to be reported at the release."""

    left: tuple[Finding, ...]
    diagnostics: tuple[Diagnostic, ...]


def _moved(report: FileReport, text: str, release: FileReport, release_text: str) -> _Moved:
    left: list[Finding] = []
    moved: dict[Diagnostic, None] = {}
    reported = {(found.diagnostic.code.id, found.diagnostic.span.line) for found in release.findings}
    # What a comment hides in the release is not to come back through the pipeline.
    hidden = {comment.code for comment in ignores(release_text)}
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


def _with(release: FileReport, moved: Sequence[Diagnostic], text: str, linter: Linter) -> FileReport:
    """The report on a release with what was found in its pipeline."""
    if not moved:
        return release
    found = {(diagnostic.code.id, diagnostic.span.line) for diagnostic in moved}
    names = {diagnostic.code.name: diagnostic.code.id for diagnostic in moved}
    used = {comment.span for comment in ignores(text) if (names.get(comment.code, comment.code), comment.line) in found}
    own = [f for f in release.findings if f.diagnostic.code is not UNUSED_IGNORE.code or f.diagnostic.span not in used]
    more = linter.report_moved(release.path, text, moved).findings
    return release._replace(findings=tuple(sorted((*own, *more), key=lambda f: (f.diagnostic.file, f.diagnostic.span))))


def _same_text(lines: Sequence[str], span: Span, others: Sequence[str], *, by_words: bool) -> Span | None:
    """Where the text of a finding stands in another file; None when it does not, or is too short to tell.

    Args:
        lines: the lines of the file with the finding.
        span: where the finding is.
        others: the lines of the other file.
        by_words: whether a single word of the line that both have is enough.
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
    """The texts to look for, the longest first, each with where the finding begins in it."""
    whole = line.strip().removeprefix("- ").lstrip()
    first = line.find(whole)
    if len(whole) >= _LEAST and first <= start:
        yield whole, start - first
    for text in (line[start:].rstrip(), line[start:end]):
        if len(text) >= _LEAST and (by_words or " " in text):
            yield text, 0


def _read(path: str) -> str | None:
    try:
        return Path(path).read_bytes().decode("utf-8-sig")
    except (OSError, ValueError):
        return None
