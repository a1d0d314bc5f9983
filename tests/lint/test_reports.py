"""Mistakes that people reported in public: each is found at its line, with its severity; the corrected file is silent.

A case names its `source`, and what its expectation rests on (`basis`); at one of the lines of `at` a finding is right.
"""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from azrelease.application.checking import check_paths, final_reports
from azrelease.diagnostics import Diagnostic, Severity
from azrelease.lint import LintOptions, LintSettings
from support.linting import TODAY
from support.yaml_text import safe_load

FOLDER = Path(__file__).parent / "reports"
NAME = "azure-pipelines.yml"
CASES: dict[str, dict[str, Any]] = {
    f"{path.stem}: {name}": case
    for path in sorted(FOLDER.glob("*.yml"))
    for name, case in safe_load(path.read_text(encoding="utf-8")).items()
}


def findings(files: dict[str, str], folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[Diagnostic]:
    (folder / ".git").mkdir()
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(folder)
    options = LintOptions(LintSettings(), TODAY)
    reports = final_reports(check_paths([], options).reports, options)
    return [found.diagnostic for report in reports for found in report.findings]


def severities(found: list[Diagnostic], at: list[str]) -> set[str]:
    """The severities of the findings at some lines."""
    places = {(path, int(line)) for path, _, line in (place.rpartition(":") for place in at)}
    return {
        each.severity.value
        for each in found
        if any((Path(each.file).as_posix(), line) in places for line in range(each.span.line, each.span.end_line + 1))
    }


@pytest.mark.parametrize("name", CASES)
def test_a_reported_mistake_is_found(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case = CASES[name]
    found = findings({**case.get("beside", {}), NAME: case["wrong"]}, tmp_path, monkeypatch)
    assert case["severity"] in severities(found, case["at"]), found


@pytest.mark.parametrize("name", CASES)
def test_its_correction_is_silent(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case = CASES[name]
    files = {**case.get("beside", {}), **case.get("beside_right", {}), NAME: case["right"]}
    found = findings(files, tmp_path, monkeypatch)
    assert [each for each in found if each.severity is not Severity.INFO] == []


def test_each_case_has_its_source_and_basis() -> None:
    bases = {"documentation", "service", "task source", "agent source", "report"}
    for name, case in CASES.items():
        assert case["source"].startswith("https://"), name
        assert case["basis"] in bases, name
        assert case["because"], name


def trials(shared: Path) -> Iterator[tuple[dict[str, str], Path]]:
    folder = shared / "trials" / "reports"
    with (folder / "cases.tsv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            yield row, folder / row["case"]


def test_the_given_trials_are_found_and_their_twins_silent(
    shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    missed, noisy = [], []
    for row, folder in trials(shared):
        beside = {
            path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
            for path in folder.rglob("*")
            if path.is_file() and not path.name.startswith("azure-pipelines")
        }
        for twin, names in (("wrong", NAME), ("right", "azure-pipelines.good.yml")):
            place = tmp_path / row["case"] / twin
            place.mkdir(parents=True)
            found = findings({**beside, NAME: (folder / names).read_text(encoding="utf-8")}, place, monkeypatch)
            if twin == "wrong" and row["severity"] not in severities(found, row["lines"].split(",")):
                missed.append(row["case"])
            if twin == "right" and any(each.severity is not Severity.INFO for each in found):
                noisy.append(row["case"])
    assert (missed, noisy) == ([], [])
