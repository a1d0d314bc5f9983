"""What `check` finds in the pipelines that the service makes of files: at the template, once, with the calls."""

import json
from pathlib import Path
from typing import Any

import pytest

from azrelease.application.checking import Fixing, check_paths, check_text, final_reports
from azrelease.diagnostics import CallSite, Diagnostic, Severity
from azrelease.lint import FileReport, FileToCheck, LintOptions, LintSettings, check_files
from azrelease.lint.engine.expanded_reports import with_expansions
from azrelease.lint.engine.linter import Linter
from azrelease.lint.engine.settings import PathSettings, read_settings
from azrelease.report.formats import FindingsFormat, format_findings
from support.linting import TODAY
from support.yaml_text import safe_load

CASES: dict[str, dict[str, Any]] = safe_load((Path(__file__).parent / "expanded.yml").read_text(encoding="utf-8"))
OPTIONS = LintOptions(LintSettings(), TODAY)
IMAGE = CASES["a retired image that is an argument"]["files"]


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(files: dict[str, str]) -> None:
    for name, text in files.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(text, encoding="utf-8")


def check(paths: list[str] | None = None, settings: LintSettings | None = None) -> list[FileReport]:
    options = LintOptions(settings or LintSettings(), TODAY)
    return final_reports(check_paths([Path(path) for path in paths or ()], options).reports, options)


def findings(reports: list[FileReport]) -> list[Diagnostic]:
    return [
        found.diagnostic
        for report in reports
        for found in report.findings
        if found.diagnostic.severity is not Severity.INFO
    ]


def place(found: Diagnostic) -> str:
    return f"{Path(found.file).as_posix()}:{found.span.line}:{found.span.column} {found.code.id}"


def site(call: CallSite) -> str:
    return f"{'loop ' if call.is_loop else ''}{Path(call.file).as_posix()}:{call.line}"


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize("name", CASES)
def test_a_finding_is_at_its_file_with_the_calls_that_lead_to_it(name: str) -> None:
    case = CASES[name]
    write(case["files"])
    reports = check(case.get("check"))
    found = findings(reports)
    assert [place(each) for each in found] == [each["at"] for each in case["found"]]
    for each, expected in zip(found, case["found"], strict=True):
        assert [list(map(site, chain)) for chain in each.calls] == expected["calls"]
        assert expected.get("hint", each.hint) == each.hint
        assert expected.get("message", each.message) == each.message
    for secret in case.get("hidden", ()):
        for form in FindingsFormat:
            assert secret not in format_findings(reports, form, colour=False, with_counts=True)


@pytest.mark.parametrize("processes", [1, 2, 3])
def test_the_result_depends_on_neither_the_order_of_files_nor_the_number_of_processes(
    processes: int, repository: Path
) -> None:
    write(CASES["a template that two pipelines call wrongly"]["files"])
    names = sorted(path.name for path in repository.glob("*.yml"))
    orders = (names, names[::-1])
    results = [
        sorted(with_expansions(list(check_files(list(map(FileToCheck, order)), OPTIONS, processes)), Linter(OPTIONS)))
        for order in orders
    ]
    assert results[0] == results[1]
    assert sum(len(report.findings) for report in results[0]) == 1


@pytest.mark.usefixtures("repository")
def test_settings_are_those_of_the_file_of_the_finding() -> None:
    write(IMAGE)
    ignored = PathSettings(("jobs/*",), (), ("AZR705",), {})
    assert findings(check(settings=LintSettings(per_path=(ignored,)))) == []
    other = PathSettings(("azure-pipelines.yml",), (), ("AZR705",), {})
    assert len(findings(check(settings=LintSettings(per_path=(other,))))) == 1
    weaker = PathSettings(("jobs/*",), (), (), {"AZR705": Severity.WARNING})
    assert [f.severity for f in findings(check(settings=LintSettings(per_path=(weaker,))))] == [Severity.WARNING]
    assert findings(check(["azure-pipelines.yml"], LintSettings(exclude=("jobs/*",)))) == []


def test_a_template_outside_of_what_is_checked_is_named_as_the_pipeline_is(repository: Path) -> None:
    write(IMAGE)
    whole = repository / "azure-pipelines.yml"
    assert [found.file for found in findings(check([str(whole)]))] == [str(repository / "jobs" / "test.yml")]
    assert [found.file for found in findings(check(["./azure-pipelines.yml"]))] == [str(Path("jobs/test.yml"))]


@pytest.mark.usefixtures("repository")
def test_a_text_with_the_name_of_a_file_is_expanded() -> None:
    write({"jobs/test.yml": IMAGE["jobs/test.yml"]})
    checked = check_text(IMAGE["azure-pipelines.yml"].encode(), "azure-pipelines.yml", OPTIONS)
    assert [place(found) for found in findings(list(checked.reports))] == ["jobs/test.yml:7:14 AZR705"]


def test_a_template_of_a_repository_that_the_settings_name(repository: Path) -> None:
    shared = "resources:\n  repositories:\n  - {repository: shared, type: git, name: tools/shared, ref: refs/tags/v1}\n"
    reference = "- template: jobs/test.yml@Shared\n  parameters: {image: ubuntu-20.04}\n"
    write({"own/azure-pipelines.yml": f"trigger: none\n{shared}jobs:\n{reference}"})
    write({"shared/jobs/test.yml": IMAGE["jobs/test.yml"]})
    (repository / "own" / ".git").mkdir()
    assert findings(check(["own"])) == []
    (repository / "azrelease.toml").write_text('[expand.repositories]\nshared = "shared"\n')
    settings = read_settings(repository / "azrelease.toml")
    assert list(map(place, findings(check(["own"], settings)))) == ["shared/jobs/test.yml:7:14 AZR705"]


def test_fixes_are_made_before_the_expansion_is_checked(repository: Path) -> None:
    wrong = IMAGE["azure-pipelines.yml"].replace("jobs:", "pool:\n  vmImage: ubuntu-18.04\njobs:")
    write({**IMAGE, "azure-pipelines.yml": wrong})
    before = (repository / "jobs" / "test.yml").read_text()
    checked = check_paths([Path()], OPTIONS, fixing=Fixing())
    assert list(map(place, findings(list(checked.reports)))) == ["jobs/test.yml:7:14 AZR705"]
    assert "ubuntu-18.04" not in (repository / "azure-pipelines.yml").read_text()
    assert (repository / "jobs" / "test.yml").read_text() == before


@pytest.mark.usefixtures("repository")
def test_json_has_the_calls() -> None:
    write(IMAGE)
    [found] = json.loads(format_findings(check(), FindingsFormat.JSON, colour=False, with_counts=True))["findings"]
    call = {
        "kind": "template",
        "file": "azure-pipelines.yml",
        "line": 3,
        "arguments": {"image": "ubuntu-20.04"},
    }
    assert found["calls"] == [[call]]
    assert found["fixable"] is False
