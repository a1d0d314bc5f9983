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
