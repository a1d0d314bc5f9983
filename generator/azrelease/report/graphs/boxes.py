"""The boxes of a picture: their lines of text and their size."""

import unicodedata
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from azrelease.graph import ALWAYS_SHOWN, Gate, Graph, SourceView, StageView

WIDTH = 244
PADDING, TITLE, LINE = 12, 22, 18
"""Measures in pixels: the width of a box, its padding, the height of its title and of its other lines."""

_FONT, _TITLE_FONT = 12.0, 14.0
_ICON = 20
# Widths in shares of the size of the font. Fonts of systems differ; these are those of the wider ones.
_NARROW, _USUAL, _LARGE, _BROAD, _DOUBLE = 0.36, 0.6, 0.7, 0.95, 1.05


class BoxLine(NamedTuple):
    """A line of a box: an icon, the text cut to the width of the box, and the full text."""

    icon: str
    text: str
    full: str


class LabeledBox(NamedTuple):
    """A box.

    Attributes:
        kind: source, start, stage or template.
        title: its title, cut to the width of the box.
        link: the anchor of its section in a page.
    """

    id: str
    kind: str
    title: str
    full: str
    lines: tuple[BoxLine, ...]
    link: str

    @property
    def height(self) -> float:
        """Its height in pixels."""
        return 2 * PADDING + TITLE + LINE * len(self.lines) - (0 if self.lines else 4)

    @property
    def label(self) -> str:
        """Its full text in one line, for screen readers."""
        return ". ".join([self.full, *(line.full for line in self.lines)])


def source_boxes(graph: Graph) -> Iterator[LabeledBox]:
    """The boxes of the sources, and one for other triggers."""
    for index, source in enumerate(graph.sources):
        yield _box(f"source {index}", "source", source.title, _source_lines(source), "sources")
    if graph.starts:
        lines = [("clock", text) for text in graph.starts]
        yield _box("start", "start", "Started by", lines, "sources")


def stage_box(stage: StageView) -> LabeledBox:
    """The box of a stage."""
    kind = "template" if stage.is_template else "stage"
    return _box(stage.id, kind, stage.title, _stage_lines(stage), f"stage-{anchor(stage.id)}")


def anchor(name: str) -> str:
    """A name as part of a URL fragment."""
    return "".join(c if c.isascii() and (c.isalnum() or c in "-_") else f".{ord(c):x}." for c in name)


def _source_lines(source: SourceView) -> Iterator[tuple[str, str]]:
    yield "box", source.kind
    for fact in source.facts:
        if fact.name in ("artifact", "folder"):
            yield "box", fact.value if fact.name == "artifact" else f"{fact.name} {fact.value}"
    if source.starts:
        yield "bolt", f"{source.starts} starts it"


def _stage_lines(stage: StageView) -> Iterator[tuple[str, str]]:
    yield from ((_icon(gate), f"before: {gate.title}") for gate in stage.before)
    if stage.endpoint:
        yield "cloud", stage.endpoint
    if stage.target:
        yield "cloud", stage.target
    if stage.environment and not stage.target:
        yield "cloud", f"environment {stage.environment}"
    yield from (("tube", f"test: {test}") for test in stage.tests)
    if stage.rollout:
        yield "split", stage.rollout
    yield from (("fork", f"{fact.name} {fact.value}") for fact in stage.facts if fact.name in ALWAYS_SHOWN)
    yield from ((_icon(gate), f"after: {gate.title}") for gate in stage.behind)


def _icon(gate: Gate) -> str:
    return {"approval": "person", "lock": "lock", "start": "person"}.get(gate.kind, "gate")


def _box(name: str, kind: str, title: str, lines: Iterable[tuple[str, str]], link: str) -> LabeledBox:
    cut = tuple(BoxLine(icon, _fitting(text, WIDTH - 2 * PADDING - _ICON, _FONT), text) for icon, text in lines)
    return LabeledBox(name, kind, _fitting(title, WIDTH - 2 * PADDING, _TITLE_FONT), title, cut, link)


def _fitting(text: str, room: float, size: float) -> str:
    """A text cut to a width, with an ellipsis."""
    text = " ".join(text.split())
    if _width(text, size) <= room:
        return text
    kept = text
    while kept and _width(f"{kept}…", size) > room:
        kept = kept[:-1]
    return f"{kept.rstrip()}…"


def _width(text: str, size: float) -> float:
    return size * sum(_share(character) for character in text)


def _share(character: str) -> float:
    if unicodedata.east_asian_width(character) in "WF":
        return _DOUBLE
    if unicodedata.combining(character):
        return 0.0
    if character in "iljtf.,:;'|!()[] ":
        return _NARROW
    if character.isdigit() or character.isupper():
        return _LARGE
    return _BROAD if character in "mwMW@%…→" else _USUAL
