"""A finding that is known stays so when its line moves; a second one like it is new."""

from pathlib import Path

import pytest

from azrelease.errors import UserError
from azrelease.lint import FileReport, FileToCheck, Linter, LintOptions, LintSettings
from azrelease.lint.engine.baseline import baseline_text, read_baseline, without_known
from azrelease.report.sarif import fingerprints
from support.linting import TODAY

WRONG = "- script: echo\n  condtion: always()\n"


def reports(folder: Path, text: str) -> list[FileReport]:
    linter = Linter(LintOptions(LintSettings(), TODAY))
    return [linter.check_bytes(text.encode(), FileToCheck(str(folder / "ci" / "azure-pipelines.yml")))]


def known(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "known.json"
    path.write_text(baseline_text(reports(tmp_path, text), path), encoding="utf-8")
    return path


def new(tmp_path: Path, path: Path, text: str) -> list[int]:
    """The lines of findings that are not known."""
    left = without_known(reports(tmp_path, text), read_baseline(path), path)
    return [finding.diagnostic.span.line for report in left for finding in report.findings]


def test_a_line_may_move_and_be_indented(tmp_path: Path) -> None:
    path = known(tmp_path, f"steps:\n{WRONG}")
    assert new(tmp_path, path, f"steps:\n{WRONG}") == []
    assert new(tmp_path, path, "# more\nsteps:\n    - script: echo\n      condtion: always()\n") == []
    assert new(tmp_path, path, f"steps:\n{WRONG.replace('always()', 'failed()')}") == [3]


def test_of_equal_findings_as_many_are_known_as_were_there(tmp_path: Path) -> None:
    path = known(tmp_path, f"steps:\n{WRONG}{WRONG}")
    assert new(tmp_path, path, f"steps:\n{WRONG}{WRONG}") == []
    assert new(tmp_path, path, f"steps:\n{WRONG}{WRONG}{WRONG}") == [7]


def test_the_folder_of_the_baseline_is_where_its_paths_begin(tmp_path: Path) -> None:
    path = known(tmp_path, f"steps:\n{WRONG}")
    assert [file for file, _, _ in read_baseline(path)] == ["ci/azure-pipelines.yml"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "baseline does not exist"),
        ("{", "not a baseline"),
        ("[]", "not a baseline"),
        ("{}", "not a baseline"),
        ('{"version": 1, "findings": [{"file": "a"}]}', "not a baseline"),
        ('{"version": 2, "findings": []}', "unknown version 2"),
    ],
)
def test_what_is_no_baseline_is_refused(tmp_path: Path, text: str | None, message: str) -> None:
    path = tmp_path / "known.json"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match=message):
        read_baseline(path)


def test_fingerprints_go_by_the_words_of_a_line(tmp_path: Path) -> None:
    [plain] = reports(tmp_path, f"steps:\n{WRONG}")
    [deeper] = reports(tmp_path, "steps:\n    - script: echo\n      condtion: always()\n")
    [twice] = reports(tmp_path, f"steps:\n{WRONG}{WRONG}")
    marks = fingerprints(twice.findings)
    assert fingerprints(plain.findings) == fingerprints(deeper.findings) == marks[:1]
    assert len(set(marks)) == 2


def test_a_text_that_is_no_unicode_has_a_fingerprint_too(tmp_path: Path) -> None:
    [report] = reports(tmp_path, f"steps:\n{WRONG}")
    torn = [finding._replace(line="condtion: \udcff") for finding in report.findings]
    assert len(fingerprints(torn)) == 1
    assert '"count": 1' in baseline_text([report._replace(findings=tuple(torn))], tmp_path / "known.json")
