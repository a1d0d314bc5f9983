"""The cases of each rule: files that have the mistake, at every place of it, and near misses that do not."""

from pathlib import Path
from typing import Any

import pytest

from azrelease.diagnostics import Diagnostic
from azrelease.lint.rule import Rule
from azrelease.lint.rules import built_in_rules, by_id
from support.linting import check_in
from support.yaml_text import safe_load

FOLDER = Path(__file__).parent / "cases"
CASES = {path.stem: safe_load(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.yml"))}

FAIL = [
    pytest.param(code, case, id=f"{code}-{i}") for code, cases in CASES.items() for i, case in enumerate(cases["fail"])
]
NEAR = [
    pytest.param(code, text, id=f"{code}-{i}") for code, cases in CASES.items() for i, text in enumerate(cases["near"])
]


def findings(code: str, text: str, folder: Path) -> list[Diagnostic]:
    rule, cases = by_id()[code], CASES[code]
    name = cases.get("name", rule.file)
    (folder / ".git").mkdir()
    files = {**dict(rule.beside), **cases.get("beside", {}), name: text}
    found = check_in(folder, files, name, scripts=cases.get("scripts", False))
    return [finding for finding in found if finding.code.id == code]


def places(code: str, text: str, folder: Path) -> list[str]:
    return [f"{d.span.line}:{d.span.column}" for d in findings(code, text, folder)]


@pytest.mark.parametrize(("code", "case"), FAIL)
def test_a_mistake_is_found_at_its_line_and_column(code: str, case: dict[str, Any], tmp_path: Path) -> None:
    text = by_id()[code].wrong if case.get("example") else case["yaml"]
    assert places(code, text, tmp_path) == case["at"]


@pytest.mark.parametrize(("code", "case"), [given for given in FAIL if "hints" in given.values[1]])
def test_the_hint_says_what_to_write(code: str, case: dict[str, Any], tmp_path: Path) -> None:
    assert [finding.hint for finding in findings(code, case["yaml"], tmp_path)] == case["hints"]


@pytest.mark.parametrize(("code", "text"), NEAR)
def test_what_only_looks_like_the_mistake_is_let_pass(code: str, text: str, tmp_path: Path) -> None:
    assert places(code, text, tmp_path) == []


@pytest.mark.parametrize("rule", [rule for rule in built_in_rules() if rule.wrong], ids=lambda rule: rule.code.id)
def test_every_rule_has_failing_cases_and_near_misses(rule: Rule) -> None:
    cases = CASES[rule.code.id]
    assert all(case["at"] for case in cases["fail"])
    assert cases["fail"]
    assert cases["near"]
