"""Places of a text in lines and columns of the protocol, in every unit that clients count in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol.types import (
    Position,
    Range,
    TextDocumentContentChangePartial,
    TextDocumentContentChangeWholeDocument,
)

from azrelease.diagnostics import Span
from azrelease.language_server.positions import EditorText
from support.marked import position

TEXTS = st.text(st.sampled_from("ab 🚀ß\t\n\u2028\x0c") | st.characters(codec="utf-8"), max_size=40).map(
    lambda text: text.replace("\r", "")
)


@given(TEXTS, st.data(), st.sampled_from(["", "\ufeff"]))
def test_a_place_leads_back_to_its_offset(text: str, data: st.DataObject, mark: str) -> None:
    at = data.draw(st.integers(0, len(text)))
    found = EditorText(mark + text)
    if not text.startswith("\ufeff"):
        assert found.position(at) == position(mark + text[:at])
        assert found.offset(found.position(at)) == at


@pytest.mark.parametrize(("encoding", "column"), [("utf-8", 6), ("utf-16", 4), ("utf-32", 3)])
def test_columns_are_in_the_units_of_the_client(encoding: str, column: int) -> None:
    text = EditorText("x\na🚀b", encoding)
    assert text.position(4) == Position(1, column - 1)
    assert text.offset(Position(1, column - 1)) == 4


@pytest.mark.parametrize(
    ("text", "place", "offset"),
    [
        ("a\r\nb", Position(1, 0), 3),
        ("a\rb", Position(1, 1), 3),
        ("a\r\nb", Position(0, 9), 1),  # behind the end of a line is its end
        ("a\nb", Position(7, 0), 3),
        ("a\u2028b", Position(0, 2), 2),  # a line break for YAML only
        ("🚀", Position(0, 1), 1),  # inside of a pair of units
    ],
)
def test_the_offset_of_a_place(text: str, place: Position, offset: int) -> None:
    assert EditorText(text).offset(place) == offset


def test_a_span_of_yaml_is_in_the_lines_of_the_protocol() -> None:
    text = EditorText("\ufeffa: b\u2028c: d\r\ne: f")
    assert text.of_span(Span(2, 1, 2, 2)) == Range(Position(0, 6), Position(0, 7))
    assert text.of_span(Span(3, 1, 3, 2)) == Range(Position(1, 0), Position(1, 1))
    assert text.of_span(Span(9, 1, 9, 2)) == Range(Position(1, 4), Position(1, 4))


def test_changes_refer_to_the_text_before_each() -> None:
    start, second = Range(Position(0, 0), Position(0, 0)), Range(Position(1, 0), Position(1, 1))
    text = EditorText("b").after(
        [
            TextDocumentContentChangePartial(range=start, text="a\n"),
            TextDocumentContentChangePartial(range=second, text="c"),
        ]
    )
    assert text.text == "a\nc"
    assert text.after([TextDocumentContentChangeWholeDocument("d")]).text == "d"
