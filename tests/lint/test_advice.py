"""Advice that is taken leads to nothing that `check` finds: each fix, and each name that a hint suggests."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from difflib import SequenceMatcher
from pathlib import Path

import pytest

from azrelease.diagnostics import Diagnostic, Severity
from azrelease.lint.rules import built_in_rules, by_id
from lint.test_cases import CASES
from support.linting import check_in

SUGGESTED = re.compile(r"Did you mean `([^`]+)`")
WORD = re.compile(r"[\w@./-]+")


def wrong_files() -> Iterator[tuple[str, str, str]]:
    """Of each wrong example and failing case: what it is called, its rule, its text."""
    for rule in built_in_rules():
        if rule.wrong:
            yield f"{rule.code.id}-example", rule.code.id, rule.wrong
    for code, cases in CASES.items():
        for index, case in enumerate(cases["fail"]):
            if "yaml" in case:
                yield f"{code}-{index}", code, case["yaml"]


WRONG = [pytest.param(code, text, id=name) for name, code, text in wrong_files()]


class Checked:
    """A file of a rule beside the files that it needs."""

    def __init__(self, code: str, folder: Path) -> None:
        rule, cases = by_id()[code], CASES.get(code, {})
        self.name = cases.get("name", rule.file)
        self._beside = {**dict(rule.beside), **cases.get("beside", {})}
        self._folder, self._scripts = folder, cases.get("scripts", False)
        (folder / ".git").mkdir()

    def findings(self, text: str) -> list[Diagnostic]:
        found = check_in(self._folder, {**self._beside, self.name: text}, self.name, scripts=self._scripts)
        return [finding for finding in found if finding.file == str(self._folder / self.name)]


def fixed(text: str, found: Diagnostic) -> str | None:
    """A text with the fix of a finding in it."""
    for edit in sorted(found.fix.edits, reverse=True) if found.fix else ():
        text = f"{text[: edit.start]}{edit.text}{text[edit.end :]}"
    return text if found.fix else None


def followed(text: str, found: Diagnostic) -> str | None:
    """A text with the name that the hint of a finding suggests, in place of the most similar word at the finding."""
    suggested, span = SUGGESTED.search(found.hint or ""), found.span
    if suggested is None or span.line != span.end_line:
        return None
    lines = text.split("\n")
    line = lines[span.line - 1]
    words = [word for word in WORD.finditer(line) if word.start() < span.end_column - 1 and word.end() >= span.column]
    parts = [
        *words,
        *(part for word in words for part in re.compile(r"[\w-]+").finditer(line, word.start(), word.end())),
    ]
    word = max(parts, key=lambda each: SequenceMatcher(None, each[0].casefold(), suggested[1].casefold()).ratio())
    lines[span.line - 1] = f"{line[: word.start()]}{suggested[1]}{line[word.end() :]}"
    return "\n".join(lines)


Take = Callable[[str, Diagnostic], str | None]


def said_of(found: Diagnostic) -> tuple[str, str]:
    return found.code.id, found.message


def said(findings: list[Diagnostic]) -> Counter[tuple[str, str]]:
    return Counter(map(said_of, findings))


def kinds(findings: list[Diagnostic], *, serious: bool = False) -> Counter[str]:
    return Counter(d.code.id for d in findings if not serious or d.severity is not Severity.INFO)


@pytest.mark.parametrize("take", [fixed, followed])
@pytest.mark.parametrize(("code", "text"), WRONG)
def test_advice_resolves_its_finding_and_leads_to_no_other(code: str, text: str, take: Take, tmp_path: Path) -> None:
    file = Checked(code, tmp_path)
    before = file.findings(text)
    for finding in before:
        after_text = take(text, finding)
        if after_text is None:
            continue
        after = file.findings(after_text)
        assert said(after)[said_of(finding)] < said(before)[said_of(finding)], (finding.message, after_text)
        more = kinds(after, serious=True) - kinds(before)
        assert not more, (finding.message, after_text, [d.message for d in after if d.code.id in more])


@pytest.mark.parametrize(
    ("label", "hint"),
    [
        ("ubuntu24.04", "Did you mean `ubuntu-24.04`?"),
        ("ubuntu_20.04", "Use `ubuntu-24.04`: the image `ubuntu-20.04` was removed on 2025-04-15."),
    ],
)
def test_a_retired_image_is_not_suggested(label: str, hint: str, tmp_path: Path) -> None:
    [found] = Checked("AZR705", tmp_path).findings(f"pool:\n  vmImage: {label}\nsteps: []\n")
    assert found.hint == hint


GIVEN_TWICE = [
    ("steps:\n- script: a\n  displayName: b\n  dispalyName: c\n", "AZR101"),
    ("steps:\n- script: a\n  displayName: b\n  displayname: c\n", "AZR107"),
    ("steps:\n- task: CopyFiles@2\n  inputs: {tragetFolder: a, TargetFolder: a}\n", "AZR403"),
]


@pytest.mark.parametrize(("text", "code"), GIVEN_TWICE)
def test_a_name_that_is_given_already_is_not_suggested(text: str, code: str, tmp_path: Path) -> None:
    [found] = [d for d in Checked("AZR101", tmp_path).findings(text) if d.code.id == code]
    assert found.fix is None
    assert found.hint is not None
    assert found.hint.startswith("Remove it")
