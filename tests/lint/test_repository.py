"""What other files of a repository say about a file."""

from pathlib import Path

import pytest

from support.linting import check_in

JOBS = """\
jobs:
- job: test
  dependsOn: build
  condition: eq(dependencies.build.outputs['v.x'], '1')
  steps:
  - script: echo one
"""
STAGES = """\
stages:
- stage: production
  dependsOn: staging
  condition: eq(dependencies.staging.outputs['a.v.x'], '1')
  jobs: []
"""


@pytest.mark.parametrize(("name", "text"), [("jobs/test.yml", JOBS), ("stages/prod.yml", STAGES)])
def test_names_in_a_file_that_others_include_may_stand_there(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / ".git").mkdir()
    alone = check_in(tmp_path, {name: text}, name)
    assert {found.code.id for found in alone} & {"AZR201", "AZR204", "AZR205"}
    including = {"ci/pipe.yml": f"trigger: none\nstages:\n- template: ../{name}\n"}
    assert check_in(tmp_path, {**including, name: text}, name) == []


def test_a_pipeline_is_not_included(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    files = {"other.yml": "jobs:\n- template: pipe.yml\n", "pipe.yml": f"trigger: none\n{JOBS}"}
    assert {found.code.id for found in check_in(tmp_path, files, "pipe.yml")} == {"AZR204", "AZR205"}


def test_self_in_a_template_is_the_repository_of_the_pipeline(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    steps = "steps:\n- template: ci/steps.yml@self\n"
    assert (
        check_in(tmp_path, {"t.yml": f"parameters: [{{name: a, default: b}}]\n{steps}"}, "t.yml")[0].code.id == "AZR219"
    )
    [found] = check_in(tmp_path, {"p.yml": f"trigger: none\n{steps}"}, "p.yml")
    assert found.code.id == "AZR212"


OLD = "parameters:\n  path: .\nsteps:\n- script: ls ${{ parameters.path }}\n"


@pytest.mark.parametrize("given", ["", "  parameters: {}\n", "  parameters: {path: src, other: 1}\n"])
def test_an_old_template_takes_any_parameters_and_none(tmp_path: Path, given: str) -> None:
    (tmp_path / ".git").mkdir()
    files = {"old.yml": OLD, "azure-pipelines.yml": f"trigger: none\nsteps:\n- template: old.yml\n{given}"}
    assert check_in(tmp_path, files, "azure-pipelines.yml") == []


def test_conditions_of_phases_are_expressions(tmp_path: Path) -> None:
    text = "phases:\n- phase: a\n  condition: eq(1\n  steps:\n  - script: ls\n    condition: succeeded(\n"
    found = check_in(tmp_path, {"azure-pipelines.yml": text}, "azure-pipelines.yml")
    assert [(d.code.id, d.span.line) for d in found if d.code.id == "AZR301"] == [("AZR301", 3), ("AZR301", 6)]


NEEDS = "parameters:\n- name: folder\n  type: string\nsteps:\n- script: ls ${{ parameters.folder }}\n"


@pytest.mark.parametrize(
    ("given", "codes"),
    [
        ("", ["AZR216"]),
        ("  parameters: {}\n", ["AZR216"]),
        ("  parameters:\n    FOLDER: src\n", []),
        ("  parameters:\n    ${{ if eq(variables['Build.Reason'], 'b') }}:\n      folder: src\n", []),
        ("  parameters:\n    ${{ insert }}: ${{ parameters.more }}\n", []),
        ("  ${{ if eq(variables['Build.Reason'], 'b') }}:\n    parameters: {folder: src}\n", []),
        ("  parameters: ${{ parameters.all }}\n", []),
    ],
)
def test_a_parameter_is_missing_only_where_all_that_is_given_can_be_seen(
    tmp_path: Path, given: str, codes: list[str]
) -> None:
    (tmp_path / ".git").mkdir()
    asked = "parameters: [{name: more, type: object}, {name: all, type: object}]\n"
    pipeline = f"trigger: none\n{asked}steps:\n- template: list.yml\n{given}"
    files = {"list.yml": NEEDS, "azure-pipelines.yml": pipeline}
    found = check_in(tmp_path, files, "azure-pipelines.yml")
    assert [diagnostic.code.id for diagnostic in found if diagnostic.code.id == "AZR216"] == codes


def test_tasks_of_the_organization_are_known_by_their_inputs(tmp_path: Path) -> None:
    own = {"Acme@2": {"id": "11111111-2222-3333-4444-555555555555", "inputs": {"size": {"type": "string"}}}}
    files = {
        "azure-pipelines.yml": "steps:\n- task: Acme@2\n  inputs: {siez: 1}\n- task: Bash@3\n  inputs: {scrpit: ls}\n"
    }

    def lines(**options: object) -> list[int]:
        found = check_in(tmp_path, files, "azure-pipelines.yml", **options)
        return [diagnostic.span.line for diagnostic in found if "has no input" in diagnostic.message]

    assert lines() == [5]
    assert lines(tasks=own) == [3, 5]
