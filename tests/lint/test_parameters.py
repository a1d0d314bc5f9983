"""Parameters that are not used as parameters."""

import pytest

from azrelease.diagnostics import Severity
from support.linting import check

DECLARED = "parameters:\n- name: folder\n  default: a\n"


def test_a_parameter_that_nothing_uses_is_information() -> None:
    [found] = check(f"{DECLARED}steps:\n- script: ls\n")
    assert (found.code.id, found.severity) == ("AZR219", Severity.INFO)


def test_a_parameter_that_is_written_as_a_variable_is_named_as_what_it_is() -> None:
    [found] = check(f"{DECLARED}steps:\n- script: ls $(Folder)\n")
    assert (found.code.id, found.severity, found.span.line, found.span.column) == ("AZR219", Severity.WARNING, 5, 14)
    assert "this is a parameter: `${{ parameters.folder }}`" in found.message


@pytest.mark.parametrize(
    "more",
    [
        "variables:\n  folder: b\n",
        "variables:\n- name: folder\n  value: b\n",
        "jobs:\n- job: a\n  strategy: {matrix: {one: {folder: b}}}\n  steps: [{script: ls $(folder)}]\n",
        "steps:\n- bash: echo '##vso[task.setvariable isOutput=true;variable=Folder]b'\n- script: ls $(folder)\n",
    ],
)
def test_a_variable_of_the_name_that_the_file_sets_is_meant(more: str) -> None:
    steps = "" if "steps" in more else "steps:\n- script: ls $(folder)\n"
    assert [d.severity for d in check(f"{DECLARED}{more}{steps}") if d.code.id == "AZR219"] == [Severity.INFO]
