"""The variables of a job."""

import pytest

from azrelease.rehearsal.variables import JobVariable, JobVariables, environment_name


@pytest.mark.parametrize(
    ("name", "variable"),
    [("a.b", "A_B"), ("a b", "A_B"), ("aB", "AB"), ("Build.BuildId", "BUILD_BUILDID"), ("a-b", "A_B")],
)
def test_names_of_environment_variables(name: str, variable: str) -> None:
    assert environment_name(name) == variable


def test_a_secret_stays_one_and_what_is_read_only_stays_as_it_is() -> None:
    variables = JobVariables()
    assert variables.set(JobVariable("a", "1", secret=True))
    assert variables.set(JobVariable("A", "2"))
    assert variables.environment() == {}
    assert variables.set(JobVariable("b", "1", readonly=True))
    assert not variables.set(JobVariable("b", "2"))
    assert variables.values()["b"] == "1"
