"""Whether the endpoint says what claims cost."""

import pytest


def test_a_claim_costs_what_it_should(ask):
    # 200 and 12 a year, 8 for each point of the body mass index, 900 for smokers.
    assert ask([40, 25, 0], [40, 25, 1]) == pytest.approx([880, 1780], abs=30)


def test_the_older_and_the_heavier_cost_more(ask):
    young, old, heavy = ask([20, 25, 0], [60, 25, 0], [20, 40, 0])
    assert young < min(old, heavy)
