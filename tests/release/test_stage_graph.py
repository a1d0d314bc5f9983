import pytest
from hypothesis import given
from hypothesis import strategies as st

from azrelease.release.stage_graph import StageNode, graph_problems


def told(*stages: StageNode) -> list[tuple[tuple[str | int, ...], str]]:
    return [(problem.route, problem.code.name) for problem in graph_problems(stages)]


def test_stages_in_order_are_fine() -> None:
    assert told(StageNode("a"), StageNode("b"), StageNode("c", ("a",)), StageNode("d", ())) == []


def test_names_compare_without_regard_to_case() -> None:
    assert told(StageNode("a"), StageNode("B", ("A",)), StageNode("b")) == [(("stages", 2, "name"), "duplicate-name")]


def test_the_default_is_an_edge_of_a_cycle_too() -> None:
    assert told(StageNode("a", ("b",)), StageNode("b")) == [(("stages", 0, "depends_on"), "dependency-cycle")]


def test_two_cycles_are_two_findings() -> None:
    stages = [StageNode(name, (other,)) for name, other in ("ab", "ba", "cd", "dc")]
    assert [route[1] for route, _ in told(*stages)] == [0, 2]


@pytest.mark.no_cover  # coverage would take most of the time
def test_a_long_chain_does_not_exhaust_the_stack() -> None:
    stages = [StageNode(f"s{i}") for i in range(5000)]
    assert told(*stages) == []
    assert len(told(StageNode("s0", ("s4999",)), *stages[1:])) == 1


@given(st.lists(st.lists(st.integers(0, 7), max_size=3), min_size=1, max_size=8))
def test_a_graph_without_findings_can_be_put_in_order(edges: list[list[int]]) -> None:
    count = len(edges)
    stages = [StageNode(f"s{i}", tuple(f"s{j % count}" for j in targets)) for i, targets in enumerate(edges)]
    remaining = {i: {j % count for j in targets} for i, targets in enumerate(edges)}
    while ready := [i for i, waits in remaining.items() if not waits]:
        for i in ready:
            del remaining[i]
        remaining = {i: waits - set(ready) for i, waits in remaining.items()}
    assert bool(told(*stages)) == bool(remaining)
