"""Branches of `${{ if }}`: the service judges those that it takes, so an error is one only there."""

from pathlib import Path

import pytest

from azrelease.diagnostics import Severity
from azrelease.lint import FileToCheck, Linter, LintOptions, LintSettings
from support.linting import TODAY, check, check_in

PARAMETERS = "parameters:\n- {name: mode, type: string, default: a}\n"
CONDITIONS = {
    "taken": "eq(1, 1)",
    "perhaps": "eq(parameters.mode, 'b')",
    "never": "and(false, eq(parameters.mode, 'b'))",
}

MISTAKES = {
    "AZR101": "scirpt: make",
    "AZR103": "script: [make]",
    "AZR104": "{script: make, continueOnError: sometimes}",
    "AZR106": "{script: make, bash: make}",
    "AZR302": "script: make ${{ equals(1, parameters.mode) }}",
    "AZR303": "script: make ${{ eq(parameters.mode) }}",
    "AZR304": "script: make ${{ paramters.mode }}",
}


def severities(code: str, condition: str, step: str) -> list[Severity]:
    text = f"{PARAMETERS}steps:\n- ${{{{ if {condition} }}}}:\n  - {step}\n"
    return [found.severity for found in check(text) if found.code.id == code]


@pytest.mark.parametrize("code", MISTAKES)
def test_a_mistake_weighs_as_much_as_it_is_certain_that_the_service_sees_it(code: str) -> None:
    assert severities(code, CONDITIONS["taken"], MISTAKES[code]) == [Severity.ERROR]
    assert severities(code, CONDITIONS["perhaps"], MISTAKES[code]) == [Severity.WARNING]
    assert severities(code, CONDITIONS["never"], MISTAKES[code]) == []


@pytest.mark.parametrize("condition", CONDITIONS.values(), ids=CONDITIONS)
def test_the_syntax_of_template_expressions_is_judged_in_every_branch(condition: str) -> None:
    assert severities("AZR301", condition, "script: make ${{ a == b }}") == [Severity.ERROR]


@pytest.mark.parametrize(
    ("chain", "found"),
    [
        ("if true|else", ["two"]),
        ("if false|else", ["one"]),
        ("if false|elseif true|else", ["one", "three"]),
        ("if eq(parameters.mode, 'b')|elseif true|else", ["three"]),
        ("if eq(parameters.mode, 'b')|elseif false|else", ["two"]),
        ("if false|elseif eq(parameters.mode, 'b')|else", ["one"]),
    ],
)
def test_what_stands_behind_a_branch_that_is_taken_is_not_looked_at(chain: str, found: list[str]) -> None:
    names = ["one", "two", "three"]
    branches = "".join(
        f"- ${{{{ {branch} }}}}:\n  - task: NodeTool@0\n    name: {names[i]}\n"
        for i, branch in enumerate(chain.split("|"))
    )
    text = f"{PARAMETERS}steps:\n{branches}"
    lines = text.splitlines()
    unseen = set(names[: chain.count("|") + 1]) - {
        lines[d.span.line].split()[-1] for d in check(text) if d.code.id == "AZR407"
    }
    assert sorted(unseen) == sorted(found)


def test_code_that_is_switched_off_is_not_judged() -> None:
    text = """
trigger: none
jobs:
- ${{ if false }}:
  - job: old
    pool: {vmImage: ubuntu-16.04}
    dependsOn: nothing
    steps:
    - task: NodeTool@0
    - task: CopyFiles@2
      inputs: {tragetFolder: a}
    - bash: echo "##vso[task.setvariabel variable=a]b"
    - script: echo $(resources.pipeline.none.runID)
      condition: eq('$(a)', 'b')
    - template: not-there.yml
- job: new
  steps:
  - script: make
    ${{ if false }}:
      assert: failure
    ${{ else }}:
      displayName: Make
"""
    assert check(text) == []


def test_a_job_that_is_switched_off_cannot_be_waited_for() -> None:
    jobs = (
        "trigger: none\njobs:\n- ${{{{ if {} }}}}:\n  - job: a\n    steps: []\n- job: b\n  dependsOn: a\n  steps: []\n"
    )
    assert [d.code.id for d in check(jobs.format("true"))] == []
    assert [d.code.id for d in check(jobs.format("false"))] == ["AZR204"]


def test_a_parameter_that_code_which_is_switched_off_names_is_used() -> None:
    assert check(f"{PARAMETERS}steps:\n- ${{{{ if false }}}}:\n  - script: make ${{{{ parameters.mode }}}}\n") == []


TEMPLATE = "parameters:\n- {name: all, type: boolean}\n- {name: level, values: [low, high]}\nsteps:\n- script: make ${{ parameters.all }} ${{ parameters.level }}\n"


@pytest.mark.parametrize(
    ("code", "use"),
    [
        ("AZR212", "template: not-there.yml"),
        ("AZR214", "template: jobs.yml"),
        ("AZR215", "{template: t.yml, parameters: {all: true, level: low, other: a}}"),
        ("AZR216", "{template: untyped.yml, parameters: {}}"),
        ("AZR217", "{template: t.yml, parameters: {all: everything, level: low}}"),
        ("AZR218", "{template: t.yml, parameters: {all: true, level: hihg}}"),
    ],
)
def test_the_use_of_a_template_weighs_as_much_as_its_branch(code: str, use: str, tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    files = {
        "t.yml": TEMPLATE,
        "jobs.yml": "jobs:\n- job: a\n  steps: []\n",
        "untyped.yml": "parameters:\n- name: a\nsteps:\n- script: make ${{ parameters.a }}\n",
    }
    expected = {"taken": [Severity.ERROR], "perhaps": [Severity.WARNING], "never": []}
    for name, condition in CONDITIONS.items():
        text = f"{PARAMETERS}steps:\n- ${{{{ if {condition} }}}}:\n  - {use}\n"
        found = check_in(tmp_path, {**files, "azure-pipelines.yml": text}, "azure-pipelines.yml")
        assert [d.severity for d in found if d.code.id == code] == expected[name], name


def test_a_parameter_that_is_perhaps_handed_on_is_a_warning(tmp_path: Path) -> None:
    use = "- template: t.yml\n  parameters:\n    all: true\n    level: low\n    ${{ if eq(parameters.mode, 'b') }}:\n      other: a\n"
    files = {"t.yml": TEMPLATE, "azure-pipelines.yml": f"{PARAMETERS}steps:\n{use}"}
    [found] = check_in(tmp_path, files, "azure-pipelines.yml")
    assert (found.code.id, found.severity) == ("AZR215", Severity.WARNING)


def test_a_template_with_a_message_for_a_name_is_how_input_is_refused(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    text = f"{PARAMETERS}steps:\n- ${{{{ if eq(parameters.mode, 'b') }}}}:\n  - template: mode b is not supported\n"
    assert check_in(tmp_path, {"azure-pipelines.yml": text}, "azure-pipelines.yml") == []


def test_a_file_with_nothing_but_code_that_is_switched_off_is_one_to_check() -> None:
    text = "steps:\n- ${{ if false }}:\n  - ${{ if and(3 + 4) }}:\n    - script: make\n"
    report = Linter(LintOptions(LintSettings(), TODAY)).check_bytes(text.encode(), FileToCheck("ci.yml", named=False))
    assert [f.diagnostic.code.id for f in report.findings] == ["AZR301"]
