"""Comments that hide findings."""

import pytest

from azrelease.diagnostics import Severity
from azrelease.lint import LintSettings
from support.linting import check

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
