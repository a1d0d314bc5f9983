"""A finding that is known stays so when its line moves; a second one like it is new."""

import json
from hashlib import sha256
from pathlib import Path

import pytest

from azrelease.errors import UserError
from azrelease.lint import FileReport, FileToCheck, Linter, LintOptions, LintSettings
from azrelease.lint.engine.baseline import baseline_text, match_baseline, read_baseline
from azrelease.report.sarif import fingerprints
from support.linting import TODAY

WRONG = "- script: echo\n  condtion: always()\n"


def reports(folder: Path, text: str, name: str = "ci/azure-pipelines.yml") -> list[FileReport]:
    linter = Linter(LintOptions(LintSettings(), TODAY))
    return [linter.check_bytes(text.encode(), FileToCheck(str(folder / name)))]


def known(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "known.json"
    path.write_text(baseline_text(reports(tmp_path, text), path), encoding="utf-8")
    return path


def new(tmp_path: Path, path: Path, text: str) -> list[int]:
    """The lines of findings that are not known."""
    left = match_baseline(reports(tmp_path, text), read_baseline(path), path).reports
    return [finding.diagnostic.span.line for report in left for finding in report.findings]


def test_a_line_may_move_and_be_indented(tmp_path: Path) -> None:
    path = known(tmp_path, f"steps:\n{WRONG}")
    assert new(tmp_path, path, f"steps:\n{WRONG}") == []
    assert new(tmp_path, path, "# more\nsteps:\n    - script: echo\n      condtion: always()\n") == []
    assert new(tmp_path, path, f"steps:\n{WRONG.replace('always()', 'failed()')}") == [3]


def test_of_equal_findings_as_many_are_known_as_were_there(tmp_path: Path) -> None:
    path = known(tmp_path, f"steps:\n{WRONG}{WRONG}")
    assert new(tmp_path, path, f"steps:\n{WRONG}{WRONG}") == []
    # The first and the last are between the same lines as those that are known.
    assert new(tmp_path, path, f"steps:\n{WRONG}{WRONG}{WRONG}") == [5]


def test_the_folder_of_the_baseline_is_where_its_paths_begin(tmp_path: Path) -> None:
    path = known(tmp_path, f"steps:\n{WRONG}")
    assert [entry.file for entry in read_baseline(path)] == ["ci/azure-pipelines.yml"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "baseline does not exist"),
        ("{", "not a baseline"),
        ("[]", "not a baseline"),
        ("{}", "not a baseline"),
        ('{"version": 1, "findings": [{"file": "a"}]}', "not a baseline"),
        ('{"version": 2, "findings": [{"file": "a", "code": "AZR101", "hash": "b", "count": 1}]}', "not a baseline"),
        ('{"version": 3, "findings": []}', "unknown version 3"),
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


NAMES = "jobs:\n- job: a\n  steps: []\n- job: a\n  steps: []\n"


def test_a_file_that_is_renamed_keeps_what_is_known_of_it(tmp_path: Path) -> None:
    path = known(tmp_path, f"steps:\n{WRONG}")
    renamed = reports(tmp_path, f"# more\nsteps:\n{WRONG}", "deep/er/renamed.yml")
    assert match_baseline(renamed, read_baseline(path), path)[1:] == (1, {})
    changed = reports(tmp_path, f"steps:\n- script: more\n{WRONG}- script: more\n", "deep/er/renamed.yml")
    assert match_baseline(changed, read_baseline(path), path).hidden == 1


def test_a_copy_of_a_file_has_findings_of_its_own(tmp_path: Path) -> None:
    path, text = known(tmp_path, f"steps:\n{WRONG}"), f"steps:\n{WRONG}"
    both = [*reports(tmp_path, text, "a-copy.yml"), *reports(tmp_path, text)]
    match = match_baseline(both, read_baseline(path), path)
    assert [len(report.findings) for report in match.reports] == [1, 0]


def test_an_equal_line_elsewhere_is_new_while_the_file_exists(tmp_path: Path) -> None:
    path = known(tmp_path, f"steps:\n{WRONG}")
    (tmp_path / "ci").mkdir()
    (tmp_path / "ci/azure-pipelines.yml").write_text("steps: []\n")
    other = reports(tmp_path, f"steps:\n- script: more\n{WRONG}- script: more\n", "other.yml")
    match = match_baseline(other, read_baseline(path), path)
    assert (match.hidden, match.unused.total()) == (0, 1)


def test_line_numbers_in_a_message_may_change(tmp_path: Path) -> None:
    path = known(tmp_path, NAMES)
    assert new(tmp_path, path, NAMES) == []
    assert new(tmp_path, path, f"# more\n{NAMES}") == []


def test_a_baseline_of_version_1_is_read(tmp_path: Path) -> None:
    [report] = reports(tmp_path, NAMES)
    [diagnostic] = [finding.diagnostic for finding in report.findings]
    mark = sha256(f"- job: a\0{diagnostic.message}".encode()).hexdigest()[:16]
    old = {"file": "ci/azure-pipelines.yml", "code": diagnostic.code.id, "hash": mark, "count": 1}
    path = tmp_path / "known.json"
    path.write_text(json.dumps({"version": 1, "findings": [old]}))
    assert new(tmp_path, path, NAMES) == []
    moved = reports(tmp_path, NAMES, "renamed.yml")
    assert match_baseline(moved, read_baseline(path), path).hidden == 1


def test_what_is_kept_is_written_beside_the_findings(tmp_path: Path) -> None:
    path = known(tmp_path, f"steps:\n{WRONG}")
    kept = read_baseline(path)
    path.write_text(baseline_text(reports(tmp_path, NAMES), path, kept), encoding="utf-8")
    assert {entry.code for entry in read_baseline(path)} == {"AZR101", "AZR203"}
