"""A picture as SVG."""

from collections.abc import Sequence
from itertools import pairwise

from markupsafe import Markup

from azrelease.graph import Direction, Graph, Layout, Line, in_order, lay_out, shown_dependencies
from azrelease.report.graphs.boxes import LINE, PADDING, TITLE, WIDTH, LabeledBox, source_boxes, stage_box
from azrelease.templating import shipped_templates

_MARGIN = 16
_JUNCTION, _DOT = "\0junction", 12.0
_MOST_COLUMNS = 5
"""Columns that fit side by side on a screen; a longer picture goes down."""


def graph_svg(graph: Graph, *, in_page: bool = False) -> Markup:
    """The picture; inside a page its boxes link to the sections of the page."""
    sources, stages = list(source_boxes(graph)), [stage_box(stage) for stage in in_order(graph.stages)]
    shown = shown_dependencies(graph.stages)
    edges = [(before, name) for name, others in shown.items() for before in others]
    roots = [name for name, others in shown.items() if not others]
    sizes = {box.id: (float(WIDTH), float(box.height)) for box in (*sources, *stages)}
    if len(sources) > 1 and len(roots) > 1:
        # Many lines to many boxes go through one point.
        sizes[_JUNCTION] = (_DOT, _DOT)
        edges += [*((source.id, _JUNCTION) for source in sources), *((_JUNCTION, root) for root in roots)]
    else:
        edges += [(source.id, root) for source in sources for root in roots]
    layout = _laid_out(sizes, edges)
    return shipped_templates().page(
        "page/picture.svg.j2",
        graph=graph,
        boxes=[_placed(box, layout) for box in (*sources, *stages)],
        lines=[{"path": _path(line, layout.direction), "starts": _starts(line, sources)} for line in layout.lines],
        junction=_middle(layout),
        width=round(layout.width + 2 * _MARGIN),
        height=round(layout.height + 2 * _MARGIN),
        measures={"padding": PADDING, "title": TITLE, "line": LINE, "width": WIDTH},
        in_page=in_page,
    )


def _middle(layout: Layout) -> dict[str, float]:
    """The point that joins the lines of all sources; empty without one."""
    box = layout.boxes.get(_JUNCTION)
    if box is None:
        return {}
    return {"x": round(box.x + _DOT / 2 + _MARGIN, 1), "y": round(box.y + _DOT / 2 + _MARGIN, 1), "radius": _DOT / 2}


def _laid_out(sizes: dict[str, tuple[float, float]], edges: Sequence[tuple[str, str]]) -> Layout:
    right = lay_out(sizes, edges, Direction.RIGHT)
    columns = {round(box.x) for box in right.boxes.values()}
    return right if len(columns) <= _MOST_COLUMNS else lay_out(sizes, edges, Direction.DOWN)


def _placed(box: LabeledBox, layout: Layout) -> dict[str, object]:
    place = layout.boxes[box.id]
    return {"box": box, "x": round(place.x + _MARGIN, 1), "y": round(place.y + _MARGIN, 1), "height": box.height}


def _starts(line: Line, sources: Sequence[LabeledBox]) -> bool:
    """Whether a line is solid: its source starts the release, or it joins stages."""
    box = next((box for box in sources if box.id == line.source), None)
    return box is None or box.kind == "start" or any(text.icon == "bolt" for text in box.lines)


def _path(line: Line, direction: Direction) -> str:
    """The path of a line that bends between ranks, and is straight where it passes one."""
    points = [(round(x + _MARGIN, 1), round(y + _MARGIN, 1)) for x, y in line.points]
    parts = [f"M{points[0][0]} {points[0][1]}"]
    for index, ((x, y), (to_x, to_y)) in enumerate(pairwise(points)):
        if index % 2:
            parts.append(f"L{to_x} {to_y}")
        elif direction is Direction.RIGHT:
            middle = round((x + to_x) / 2, 1)
            parts.append(f"C{middle} {y} {middle} {to_y} {to_x} {to_y}")
        else:
            middle = round((y + to_y) / 2, 1)
            parts.append(f"C{x} {middle} {to_x} {middle} {to_x} {to_y}")
    return " ".join(parts)
