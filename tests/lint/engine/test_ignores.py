"""Comments that hide findings."""

from pathlib import Path

import pytest

from azrelease.application.checking import check_paths
from azrelease.diagnostics import Severity
from azrelease.lint import LintOptions, LintSettings
from support.linting import TODAY, check

OLD = "pool:\n  vmImage: ubuntu-20.04{}\nsteps:\n- script: echo one\n"


def codes(text: str, **options: object) -> list[tuple[str, int]]:
    return [(d.code.id, d.span.line) for d in check(text, **options)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "comment",
    [
        "# azrelease: ignore[AZR705]",
        "#azrelease:ignore[retired-image] until autumn",
        "# azrelease: ignore[AZR204, AZR705]",
    ],
)
def test_a_comment_hides_what_is_on_its_line(comment: str) -> None:
    assert ("AZR705", 2) not in codes(OLD.format(f" {comment}"))


def test_a_comment_that_stands_alone_hides_what_is_below_it() -> None:
    text = OLD.format("").replace("  vmImage", "  # azrelease: ignore[AZR705] for now\n  # more words\n\n  vmImage")
    assert codes(text) == []


def test_a_comment_hides_nothing_elsewhere_and_nothing_else() -> None:
    text = "# azrelease: ignore[AZR201]\n" + OLD.format("")
    assert codes(text) == [("AZR111", 1), ("AZR705", 3)]


def test_a_comment_in_a_script_hides_what_is_in_its_line() -> None:
    text = "steps:\n- bash: |\n    ./a.sh $(Build.SourceBranch)  # azrelease: ignore[AZR503] checked there\n    ./b.sh $(Build.SourceBranch)\n"
    assert codes(text) == [("AZR503", 4)]


FILE = "# azrelease: ignore-file[AZR705] moving in spring\n"


@pytest.mark.parametrize(
    "top",
    [FILE, f"# what it does\n\n{FILE}", f"%YAML 1.2\n---\n{FILE}# more\n", FILE.replace("AZR705", "retired-image")],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_comment_at_the_top_hides_what_is_in_the_file(top: str, newline: str) -> None:
    text = f"{top}jobs:\n- job: a\n  pool: {{vmImage: ubuntu-20.04}}\n- job: b\n  pool: {{vmImage: ubuntu-20.04}}\n"
    assert "AZR705" not in {code for code, _ in codes(text.replace("\n", newline))}
    assert "AZR705" not in {code for code, _ in codes("\ufeff" + text)}
    assert [code for code, _ in codes(text.replace(top, "")) if code == "AZR705"] == ["AZR705"] * 2


def test_a_comment_for_the_file_that_hides_nothing_is_found() -> None:
    [found] = check(FILE + OLD.format("").replace("20.04", "24.04"))
    assert (found.code.id, found.span[:2], found.message) == ("AZR111", (1, 26), "`AZR705` hides nothing in this file")
    [unknown] = check("# azrelease: ignore-file[AZR7O5]\nsteps: []\n")
    assert "unknown rule" in unknown.message
    [empty] = check("# azrelease: ignore-file\nsteps: []\n")
    assert "names no code" in empty.message


def test_a_comment_for_the_file_below_the_top_hides_nothing() -> None:
    text = OLD.format("").replace("steps:", f"{FILE}steps:")
    found = {d.code.id: d for d in check(text)}
    assert set(found) == {"AZR705", "AZR111"}
    assert "at the top" in (found["AZR111"].hint or "")


def test_a_comment_for_the_file_hides_what_the_calls_of_a_template_lead_to(tmp_path: Path) -> None:
    job = "parameters:\n- name: image\njobs:\n- job: a\n  pool: {vmImage: '${{ parameters.image }}'}\n  steps: []\n"
    pipeline = "jobs:\n- template: job.yml\n  parameters: {image: ubuntu-20.04}\n"
    (tmp_path / ".git").mkdir()
    for comment, expected in (("", ["AZR705"]), (FILE, [])):
        (tmp_path / "azure-pipelines.yml").write_text(pipeline)
        (tmp_path / "job.yml").write_text(comment + job)
        checked = check_paths([tmp_path], LintOptions(LintSettings(), TODAY))
        assert [f.diagnostic.code.id for report in checked.reports for f in report.findings] == expected


def test_a_file_that_cannot_be_parsed_was_not_searched() -> None:
    assert codes(FILE + "steps:\n- script: a\n b: [\n") == [("AZR002", 4)]
    release = FILE + "name: a\nstages: []\n"
    found = [d.code.id for d in check(release, "release.yml")]
    assert found
    assert "AZR111" not in found


def test_what_was_not_looked_for_is_not_missed() -> None:
    text = "steps:\n- bash: cp $a b  # azrelease: ignore[AZR802]\n"
    assert codes(text) == []
    assert (
        codes(
            OLD.replace("ubuntu-20.04", "ubuntu-24.04").format("  # azrelease: ignore[AZR705]"),
            settings=LintSettings(select=("AZR1",), ignore=("AZR111",)),
        )
        == []
    )


def test_ignored_findings_do_not_count_and_severities_can_be_set() -> None:
    settings = LintSettings(severity={"AZR705": Severity.INFO, "unguarded-production": Severity.ERROR})
    [found] = check(OLD.format(""), settings=settings)
    assert found.severity is Severity.INFO


def test_comments_in_release_files_hide_too() -> None:
    text = "name: a\nartifact: {pipeline: p, name: n}\nagent: {image: ubuntu-20.04}  # azrelease: ignore[AZR705] moving soon\nstages:\n- name: staging\n  tasks:\n  - {task: Bash, script: echo}\n"
    assert check(text, "release.yml") == []
    assert [d.code.id for d in check(text.replace("#", "# x"), "release.yml")] == ["AZR705"]
