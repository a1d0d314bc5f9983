"""What is found in a generated pipeline is reported once, at its release."""

from pathlib import Path

from azrelease.lint import FileReport, FileToCheck, Linter, LintOptions, LintSettings
from azrelease.lint.engine.generated_reports import at_releases
from azrelease.rendering.header import is_untouched, with_header
from support.linting import TODAY

RELEASE = """\
name: churn
artifact: {pipeline: p, name: n}
agent: {image: ubuntu-20.04}
stages:
- name: staging
  tasks:
  - task: Bash
    script: |
      # az ml service list
      az ml service list --output table
- name: again
  tasks:
  - task: Bash
    script: echo two
"""

PIPELINE = """\
pool:
  vmImage: ubuntu-20.04
steps:
- bash: |
    # az ml service list
    az ml service list --output table
- bash: az ml service list --output table
- task: NodeTool@0
"""


def reports(folder: Path, release: str = RELEASE, pipeline: str | None = None) -> list[FileReport]:
    """The reports on a release in a folder and a pipeline beside it; by default, that which is generated from it."""
    texts = {"azure-pipelines.yml": pipeline or with_header(PIPELINE, "release.yml"), "release.yml": release}
    linter = Linter(LintOptions(LintSettings(ignore=("AZR818",)), TODAY))
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    found = [linter.check(FileToCheck(str(folder / name))) for name in texts]
    return at_releases(found, linter, is_untouched)


def places(found: list[FileReport]) -> list[tuple[str, str, int, int]]:
    return [(Path(d.file).name, d.code.id, d.span.line, d.span.column) for report in found for d, *_ in report.findings]


def test_what_both_have_is_reported_at_the_release_only_and_once(tmp_path: Path) -> None:
    found = reports(tmp_path)
    assert places(found) == [
        ("azure-pipelines.yml", "AZR407", 11, 9),
        ("release.yml", "AZR705", 3, 16),
        ("release.yml", "AZR701", 10, 7),
    ]
    [_, moved] = found[1].findings
    assert "az ml service list --output table" in moved.line


def test_what_only_the_pipeline_has_says_where_to_change_it(tmp_path: Path) -> None:
    [[left], _] = [report.findings for report in reports(tmp_path)]
    assert left.diagnostic.hint
    assert left.diagnostic.hint.endswith("The file is generated: change `release.yml`, and run `azrelease render`.")


def test_a_comment_in_the_release_hides_what_is_found_in_the_pipeline_too(tmp_path: Path) -> None:
    script = RELEASE[RELEASE.index("script: |") : RELEASE.index("- name: again")]
    ignored = "script: az ml service list --output table # azrelease: ignore[AZR701] until v2\n"
    found = places(reports(tmp_path, RELEASE.replace(script, ignored)))
    assert found == [("azure-pipelines.yml", "AZR407", 11, 9), ("release.yml", "AZR705", 3, 16)]
    ignored = ignored.replace("AZR701", "AZR705")
    found = places(reports(tmp_path, RELEASE.replace(script, ignored)))
    assert [place[1:3] for place in found[1:]] == [("AZR705", 3), ("AZR701", 8), ("AZR111", 8)]


def test_a_pipeline_that_was_edited_stands_for_itself(tmp_path: Path) -> None:
    edited = with_header(PIPELINE, "release.yml").replace("vmImage: ubuntu-20.04", "vmImage: macOS-13")
    found = places(reports(tmp_path, pipeline=edited))
    assert [name for name, *_ in found].count("azure-pipelines.yml") == 4
    assert ("release.yml", "AZR705", 3, 16) in found


def test_a_pipeline_of_another_release_stands_for_itself(tmp_path: Path) -> None:
    found = places(reports(tmp_path, pipeline=with_header(PIPELINE, "other.yml")))
    assert [name for name, *_ in found].count("azure-pipelines.yml") == 4
