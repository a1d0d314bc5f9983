"""The findings of expansions, each once, in the report on the file that it is in."""

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from azrelease.diagnostics import Diagnostic
from azrelease.errors import UserError
from azrelease.lint.engine.call_chains import united, with_calls_in_hint
from azrelease.lint.engine.found_in_expansion import worst
from azrelease.lint.engine.linter import Linter
from azrelease.lint.engine.moved_findings import with_moved
from azrelease.lint.engine.reports import FileReport
from azrelease.yaml_document import read_file, split_lines


def with_expansions(
    reports: Sequence[FileReport], linter: Linter, texts: Mapping[str, str] | None = None
) -> tuple[FileReport, ...]:
    """The reports with what the expansions of the files show.

    A finding that several pipelines lead to is reported once, with the calls. A file with findings that was not among
    the checked ones gets a report of its own.

    Args:
        reports: the reports on all files of a run.
        linter: reports findings in a file.
        texts: the texts of files that are not on disk as they were checked, by path.
    """
    result = [report._replace(expanded=()) for report in reports]
    places = {_identity(report.path): index for index, report in enumerate(reports) if report.checked}
    by_file: dict[str, list[Diagnostic]] = {}
    for found, is_of_file in (each for report in reports for each in report.expanded):
        file = _identity(found.file)
        # What a template has whatever its calls is in its own report; but without one, the pipeline fails unexplained.
        if not (is_of_file and file in places):
            by_file.setdefault(file, []).append(found)
    for file in sorted(by_file):
        path = reports[places[file]].path if file in places else min(found.file for found in by_file[file])
        if file not in places and linter.excludes(path):
            continue
        text = (texts or {}).get(path)
        text = _read(path) if text is None else text
        if file not in places:
            places[file] = len(result)
            result.append(FileReport(path, ()))
        report = result[places[file]]
        known = {(found.diagnostic.code.id, found.diagnostic.span.line) for found in report.findings}
        lines = split_lines(text)
        more = [
            with_calls_in_hint(found, lines)
            for found in _once(by_file[file], path)
            if (found.code.id, found.span.line) not in known
        ]
        result[places[file]] = with_moved(report, more, text, linter)
    return tuple(report for index, report in enumerate(result) if index < len(reports) or report.findings)


def _once(found: Iterable[Diagnostic], path: str) -> list[Diagnostic]:
    """Equal findings as one, with all calls."""
    by_place: dict[tuple[object, ...], list[Diagnostic]] = {}
    for each in found:
        by_place.setdefault((each.code, each.span, each.message), []).append(each)
    return [
        worst(equal)._replace(file=path, calls=united(chain for each in equal for chain in each.calls))
        for equal in by_place.values()
    ]


def _identity(path: str) -> str:
    return os.path.normpath(Path(path).absolute())


def _read(path: str) -> str:
    try:
        return read_file(path).decode("utf-8-sig")
    except (UserError, ValueError):
        return ""
