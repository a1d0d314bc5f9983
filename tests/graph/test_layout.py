"""Boxes stand apart, and no line runs through one."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from azrelease.graph import Box, Direction, Layout, StageView, in_order, lay_out, shown_dependencies
from azrelease.graph.order import edges_of
from support.thorough import examples


def overlap(one: Box, other: Box) -> bool:
    return (
        one.x < other.x + other.width
        and other.x < one.x + one.width
        and one.y < other.y + other.height
        and other.y < one.y + one.height
    )


def check(layout: Layout) -> None:
    for (name, one), (other_name, other) in combinations(layout.boxes.items(), 2):
        assert not overlap(one, other), (name, other_name)
    for box in layout.boxes.values():
        assert box.x >= -0.01
        assert box.y >= -0.01
        assert box.x + box.width <= layout.width + 0.01
        assert box.y + box.height <= layout.height + 0.01
    for line in layout.lines:
        # The straight pieces pass ranks; the others bend in the room between them.
        for (x, y), (to_x, to_y) in zip(line.points[1::2], line.points[2::2], strict=False):
            piece = Box(min(x, to_x), min(y, to_y), abs(to_x - x) or 0.1, abs(to_y - y) or 0.1)
            assert not any(overlap(piece, box) for box in layout.boxes.values()), line


stages = st.integers(1, 14).flatmap(
    lambda count: st.lists(
        st.tuples(st.integers(30, 260), st.integers(20, 160), st.sets(st.integers(0, count - 1), max_size=4)),
        min_size=count,
        max_size=count,
    )
)


@pytest.mark.no_cover
@settings(max_examples=examples(400))
@given(stages, st.sampled_from(Direction))
def test_any_stages_stand_apart(given_stages: list[tuple[int, int, set[int]]], direction: Direction) -> None:
    views = [
        StageView(str(index), "", tuple(str(other) for other in after if other < index))
        for index, (_, _, after) in enumerate(given_stages)
    ]
    sizes = {str(index): (float(width), float(height)) for index, (width, height, _) in enumerate(given_stages)}
    shown = shown_dependencies(views)
    edges = [(before, name) for name, others in shown.items() for before in others]
    layout = lay_out(sizes, edges, direction)
    check(layout)
    for source, target in edges:
        one, other = layout.boxes[source], layout.boxes[target]
        ahead = one.x + one.width < other.x if direction is Direction.RIGHT else one.y + one.height < other.y
        assert ahead, (source, target)


@settings(max_examples=examples(300))
@given(st.lists(st.sets(st.integers(0, 9)), min_size=1, max_size=10))
def test_cycles_and_names_that_are_not_there_do_no_harm(after: list[set[int]]) -> None:
    views = [StageView(str(i), "", tuple(map(str, sorted(names)))) for i, names in enumerate(after)]
    order = [stage.id for stage in in_order(views)]
    assert sorted(order) == sorted(stage.id for stage in views)
    for source, target in edges_of(views):
        assert order.index(source) < order.index(target)
        assert source in dict(zip(order, order, strict=True))


def test_a_long_chain_does_not_exhaust_the_stack() -> None:
    views = [StageView("0", ""), *(StageView(str(i), "", (str(i - 1),)) for i in range(1, 3000))]
    assert [stage.id for stage in in_order(views)][-1] == "2999"


def test_what_is_implied_is_not_drawn() -> None:
    views = [
        StageView("a", ""),
        StageView("b", "", ("a",)),
        StageView("c", "", ("a", "b")),
        StageView("d", "", ("c", "a")),
    ]
    assert shown_dependencies(views) == {"a": (), "b": ("a",), "c": ("b",), "d": ("c",)}
