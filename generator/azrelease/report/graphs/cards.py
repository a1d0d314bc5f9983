"""The boxes of a picture: what stands on each, and how large it is."""

import unicodedata
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from azrelease.graph import TOLD, Gate, Graph, SourceView, StageView

WIDTH = 244
PADDING, TITLE, LINE = 12, 22, 18
"""Measures in pixels: the width of a box, the room at its sides, the height of its title and of its other lines."""

_FONT, _TITLE_FONT = 12.0, 14.0
_ICON = 20
# Widths in shares of the size of the font. Fonts of systems differ; these are those of the wider ones.
_NARROW, _USUAL, _LARGE, _BROAD, _DOUBLE = 0.36, 0.6, 0.7, 0.95, 1.05


class CardLine(NamedTuple):
    """A line of a box: an icon, and the text as far as there is room; `full` is all of it."""

    icon: str
    text: str
    full: str


class Card(NamedTuple):
    """A box.

    Attributes:
        id: what it is found under.
        kind: source, start, stage or template.
        title: its title, as far as there is room.
        full: all of its title.
        lines: the lines below the title.
        link: the part of the page that it is about.
    """

    id: str
    kind: str
    title: str
    full: str
    lines: tuple[CardLine, ...]
    link: str

    @property
    def height(self) -> float:
        """Its height in pixels."""
        return 2 * PADDING + TITLE + LINE * len(self.lines) - (0 if self.lines else 4)

    @property
    def label(self) -> str:
        """All of it in one line, for those who do not see the picture."""
        return ". ".join([self.full, *(line.full for line in self.lines)])


def source_cards(graph: Graph) -> Iterator[Card]:
    """What a release is made of, and what starts it."""
    for index, source in enumerate(graph.sources):
        yield _card(f"source {index}", "source", source.title, _source_lines(source), "sources")
    if graph.starts:
        lines = [("clock", text) for text in graph.starts]
        yield _card("start", "start", "Started by", lines, "sources")


def stage_card(stage: StageView) -> Card:
    """A stage."""
    kind = "template" if stage.is_template else "stage"
    return _card(stage.id, kind, stage.title, _stage_lines(stage), f"stage-{anchor(stage.id)}")


def anchor(name: str) -> str:
    """A name as a part of an address."""
    return "".join(c if c.isascii() and (c.isalnum() or c in "-_") else f".{ord(c):x}." for c in name)


def _source_lines(source: SourceView) -> Iterator[tuple[str, str]]:
    yield "box", source.kind
    for fact in source.facts:
        if fact.name in ("artifact", "folder"):
            yield "box", fact.value if fact.name == "artifact" else f"{fact.name} {fact.value}"
    if source.starts:
        yield "bolt", f"{source.starts} starts it"


def _stage_lines(stage: StageView) -> Iterator[tuple[str, str]]:
    yield from ((_icon(hold), f"before: {hold.title}") for hold in stage.before)
    if stage.endpoint:
        yield "cloud", stage.endpoint
    if stage.target:
        yield "cloud", stage.target
    if stage.environment and not stage.target:
        yield "cloud", f"environment {stage.environment}"
    yield from (("tube", f"test: {test}") for test in stage.tests)
    if stage.rollout:
        yield "split", stage.rollout
    yield from (("fork", f"{fact.name} {fact.value}") for fact in stage.facts if fact.name in TOLD)
    yield from ((_icon(hold), f"after: {hold.title}") for hold in stage.behind)


def _icon(hold: Gate) -> str:
    return {"approval": "person", "gate": "gate", "lock": "lock", "start": "person"}.get(hold.kind, "gate")


def _card(name: str, kind: str, title: str, lines: Iterable[tuple[str, str]], link: str) -> Card:
    shown = tuple(CardLine(icon, _fitting(text, WIDTH - 2 * PADDING - _ICON, _FONT), text) for icon, text in lines)
    return Card(name, kind, _fitting(title, WIDTH - 2 * PADDING, _TITLE_FONT), title, shown, link)


def _fitting(text: str, room: float, size: float) -> str:
    """As much of a text as fits, with an ellipsis where that is not all."""
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
