"""Published files: no error that is not a real mistake, no traceback, and the same whatever the number of processes."""

from pathlib import Path

import pytest

from azrelease.diagnostics import Severity
from azrelease.lint import FileReport, FileToCheck, LintOptions, LintSettings, check_files
from support.linting import TODAY
from support.yaml_text import safe_load

REAL = safe_load((Path(__file__).parent / "real_errors.yml").read_text(encoding="utf-8"))
RIGHT = safe_load((Path(__file__).parent / "judged_warnings.yml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def reports(shared: Path) -> list[FileReport]:
    paths = [
        path for folder in ("pipelines", "templates") for path in sorted((shared / "corpus" / folder).glob("*.y*ml"))
    ]
    return list(check_files([FileToCheck(str(path)) for path in paths], LintOptions(LintSettings(), TODAY), 1))


def test_every_error_is_a_real_mistake(reports: list[FileReport]) -> None:
    found = {
        f"{Path(report.path).parent.name}/{Path(report.path).name}": {
            f"{d.span.line}:{d.span.column} {d.code.id}" for d, *_ in report.findings if d.severity is Severity.ERROR
        }
        for report in reports
    }
    assert {name: places for name, places in found.items() if places} == {
        name: set(places) for name, places in REAL.items()
    }


def test_every_warning_that_was_found_right_is_given(reports: list[FileReport]) -> None:
    found = {
        f"{Path(report.path).parent.name}/{Path(report.path).name}": {
            f"{d.span.line}:{d.span.column} {d.code.id}" for d, *_ in report.findings if d.severity is Severity.WARNING
        }
        for report in reports
    }
    assert {name: set(places) - found[name] for name, places in RIGHT.items() if set(places) - found[name]} == {}


def test_every_finding_can_be_shown(reports: list[FileReport]) -> None:
    for report in reports:
        for diagnostic, line, _ in report.findings:
            span = diagnostic.span
            assert diagnostic.message
            assert "\n" not in diagnostic.message
            assert 1 <= span.column <= span.end_column
            assert span.line <= span.end_line
            # A place behind the end of a line is only the place of something that is missing there.
            assert span.column <= len(line) + 1 or diagnostic.code.id == "AZR002"


def test_several_processes_find_the_same_in_the_same_order(reports: list[FileReport]) -> None:
    targets = [FileToCheck(report.path) for report in reports]
    assert list(check_files(targets, LintOptions(LintSettings(), TODAY), 3)) == reports
