"""What a stage waits for, as an expression and back."""

import pytest

from azrelease.classic.conditions import StageResults, condition_text, parse_condition


@pytest.mark.parametrize(
    "text",
    [
        "always()",
        "and(succeeded(), eq(variables['region'], 'eu'))",
        "in(dependencies.a.result, 'Succeeded', 'Strange')",
        "or(in(dependencies.a.result, 'Succeeded', 'Failed'), always())",
    ],
)
def test_a_condition_that_says_more_is_not_read(text: str) -> None:
    assert parse_condition(text, ["a"], StageResults()) is None


@pytest.mark.parametrize("bits", [4, 4 | 16, 8, 4 | 8 | 16 | 128])
def test_a_condition_of_ours_is_read_back(bits: int) -> None:
    waiting = (StageResults().dependency("a", bits),)
    text = condition_text(waiting, ())
    assert parse_condition(text, ["a"], StageResults()) == (waiting, ())
