from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from azrelease.diagnostics import Span
from azrelease.errors import InvalidFileError, UserError
from azrelease.yaml_document import KEY, YamlDocument, YamlFloat, YamlInt
from support.texts import texts
from support.thorough import examples


def problems(text: str) -> list[tuple[str, int, int, str]]:
    try:
        found = YamlDocument.parse(text, "f.yml").problems
    except InvalidFileError as error:
        found = error.diagnostics
    return [(d.code.id, d.span.line, d.span.column, d.message) for d in found]


def test_scalars_are_read_as_yaml_1_2_reads_them() -> None:
    text = (
        "[yes, on, 1:30, 2026-01-01, 0b1, 1_000, <<, true, True, null, ~, 12, -3, 010, 0o17, 0x1F, 3.10, .5, 1e3, "
        "-.inf, .NaN, '3', \"true\", !x]"
    )
    values = YamlDocument.parse(text.replace(", !x", ""), "f.yml").data
    assert values[:7] == ["yes", "on", "1:30", "2026-01-01", "0b1", "1_000", "<<"]
    assert values[7:11] == [True, True, None, None]
    assert values[11:16] == [12, -3, 10, 15, 31]
    assert values[16:19] == [3.1, 0.5, 1000.0]
    assert str(values[19:21]) == "[-inf, nan]"
    assert values[21:] == ["3", "true"]


def test_numbers_remember_how_they_were_written() -> None:
    whole, fraction = YamlDocument.parse("[010, 3.10]", "f.yml").data
    assert isinstance(whole, YamlInt)
    assert isinstance(fraction, YamlFloat)
    assert (whole.text, fraction.text) == ("010", "3.10")


def test_a_number_longer_than_python_converts_is_text() -> None:
    assert YamlDocument.parse("9" * 5000, "f.yml").data == "9" * 5000


def test_every_place_has_its_span() -> None:
    document = YamlDocument.parse("a:\n  - b: é😀\n    c: |\n      x\n      y\nd: {e: 1}\n", "f.yml")
    assert document.span(("a", 0, "b")) == Span(2, 8, 2, 10)
    assert document.span(("a", 0, "c", KEY)) == Span(3, 5, 3, 6)
    assert document.span(("a", 0, "c")) == Span(3, 8, 6, 1)
    assert document.span(("a",)) == Span(2, 5, 2, 6)
    assert document.span(("d", "e")) == Span(6, 8, 6, 9)
    assert document.span(("gone", 3)) == document.span(()) == Span(1, 1, 1, 2)
    assert document.span(("a", 0, "gone", KEY)) == document.span(("a", 0))


def test_a_byte_order_mark_moves_nothing() -> None:
    assert YamlDocument.parse("\ufeffa: 1\n", "f.yml").span(("a",)) == Span(1, 4, 1, 5)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [("AZR003", 1, 1, "the file is empty")]),
        ("# only this\n", [("AZR003", 1, 1, "the file is empty")]),
        ("a: 1\nb: 2\na: 3\n", [("AZR005", 3, 1, "duplicate key `a` (first on line 1)")]),
        ("x:\n  - {a: 1, a: 2}\n", [("AZR005", 2, 12, "duplicate key `a` (first on line 2)")]),
        ("a: &x 1\nb: *x\n", [("AZR006", 1, 4, "the anchor &x is not supported"), ("AZR007", 2, 4, "the alias *x is not supported")]),
        ("a: !!int 1\n", [("AZR006", 1, 4, "the tag tag:yaml.org,2002:int is not supported")]),
        ("a: 1\n...\nb: 2\n", [("AZR002", 3, 1, "invalid YAML: did not find expected <document start>")]),
        ("a: 1\n... # the end\n", []),
        ("a: |\n  1\n  ...\n  2\n", []),
        ("a: 1\n---\nb: 2\n", [("AZR008", 2, 1, "the file contains a second document")]),
        ("? [a]\n: 1\n", [("AZR006", 1, 3, "a key must be text")]),
        ("[" * 500 + "]" * 500, [("AZR004", 1, 65, "nested more than 64 levels deep")]),
        ("[" * 70 + "]" * 70, [("AZR004", 1, 65, "nested more than 64 levels deep")]),
        ("- " * 200_000 + "a", [("AZR004", 1, 129, "nested more than 64 levels deep")]),
    ],
)  # fmt: skip
def test_what_no_file_may_use(text: str, expected: list[tuple[str, int, int, str]]) -> None:
    assert problems(text) == expected


@pytest.mark.parametrize(
    "text", ["[" * 200_000, "[" * 2000 + "]" * 2000, "{a: " * 2000], ids=["open", "closed", "keys"]
)
def test_nesting_beyond_the_limit_of_libyaml_is_too_deep_too(text: str) -> None:
    # Newer versions of libyaml have a limit of their own, and meet it further on in the line.
    [(code, line, _, message)] = problems(text)
    assert (code, line, message) == ("AZR004", 1, "nested more than 64 levels deep")


@pytest.mark.parametrize(
    ("text", "place", "hint"),
    [
        ("a:\n\tb: 1\n", (2, 1), "tabs"),
        ("a: b: c\n", (1, 5), "quotes"),
        ("a: @b\n", (1, 4), "quotes"),
        ("a: [1\nb: 2\n", (2, 2), "quotes"),
        ("a: 'x\n", (2, 1), "indentation"),
        ("é: \x07\n", (1, 4), "escape"),
    ],
)
def test_a_syntax_error_is_found_at_its_place(text: str, place: tuple[int, int], hint: str) -> None:
    with pytest.raises(InvalidFileError) as caught:
        YamlDocument.parse(text, "f.yml")
    (problem,) = caught.value.diagnostics
    assert problem.code.id == "AZR002"
    assert (problem.span.line, problem.span.column) == place
    assert hint in (problem.hint or "")


@pytest.mark.parametrize(
    ("raw", "place", "message"),
    [
        (b"a: 1\nb: \xff\n", (2, 4), "byte 0xff"),
        ("a: é\n".encode("latin-1"), (1, 4), "byte 0xe9"),
        ("a: 1\n".encode("utf-16"), (1, 1), "UTF-16"),
    ],
)
def test_a_file_that_is_not_utf8(tmp_path: Path, raw: bytes, place: tuple[int, int], message: str) -> None:
    path = tmp_path / "f.yml"
    path.write_bytes(raw)
    with pytest.raises(InvalidFileError) as caught:
        YamlDocument.read(path)
    (problem,) = caught.value.diagnostics
    assert problem.code.id == "AZR001"
    assert (problem.span.line, problem.span.column) == place
    assert message in problem.message


def test_crlf_is_as_good_as_lf(tmp_path: Path) -> None:
    path = tmp_path / "f.yml"
    path.write_bytes(b"a: |\r\n  x\r\n  y\r\nb: 1\r\n")
    document = YamlDocument.read(path)
    assert document.data == {"a": "x\ny\n", "b": 1}
    assert document.span(("b",)) == Span(4, 4, 4, 5)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be read"):
        YamlDocument.read(tmp_path / "gone.yml")


@settings(max_examples=examples(500))
@given(st.one_of(texts, st.lists(st.sampled_from("{}[]:-? \n&*!|>'\"#,ab\t%@"), max_size=40).map("".join)))
def test_no_text_makes_a_traceback(text: str) -> None:
    for _, line, column, _ in problems(text):
        assert line >= 1
        assert column >= 1


def test_aliases_that_multiply_are_refused_before_they_do() -> None:
    lines = ["a0: &a0 [x, x]"] + [f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}, *a{i - 1}]" for i in range(1, 60)]
    assert {code for code, *_ in problems("\n".join(lines))} == {"AZR006", "AZR007"}


TEXT = """\
plain: a ${{ b }} c
single: 'it''s ${{ x }} é'
double: "tab\\t \\"q\\" \\u00e9 ${{ y }}"
literal: |
  one
    ${{ z }}
folded: >-
  one
  two ${{ f }}
  three
over: two
  lines ${{ o }}
flow: {a: 'x ${{ w }}'}
"""


@pytest.mark.parametrize(
    ("key", "what", "expected"),
    [
        ("plain", "${{ b }}", Span(1, 10, 1, 18)),
        ("single", "${{ x }}", Span(2, 16, 2, 24)),
        ("single", "s ", Span(2, 14, 2, 16)),
        ("double", "${{ y }}", Span(3, 29, 3, 37)),
        ("literal", "${{ z }}", Span(6, 5, 6, 13)),
        ("literal", "one", Span(5, 3, 5, 6)),
        ("folded", "${{ f }}", Span(9, 7, 9, 15)),
        ("folded", "three", Span(10, 3, 10, 8)),
        ("over", "${{ o }}", Span(12, 9, 12, 17)),
    ],
)
def test_a_part_of_a_scalar_has_its_place(key: str, what: str, expected: Span) -> None:
    document = YamlDocument.parse(TEXT, "f.yml")
    node = document.node((key,))
    start = node.value.index(what)
    assert document.text_span(node, start, start + len(what)) == expected


def test_the_place_in_a_literal_block_survives_line_endings_of_windows() -> None:
    document = YamlDocument.parse("a: |  # why\r\n  one\r\n  two\r\n", "f.yml")
    assert document.text_span(document.node(("a",)), 4, 7) == Span(3, 3, 3, 6)


def test_a_file_larger_than_the_limit_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "f.yml"
    path.write_bytes(b"a: " + b"x" * 50_000_000)
    with pytest.raises(InvalidFileError) as caught:
        YamlDocument.read(path)
    assert [problem.code.id for problem in caught.value.diagnostics] == ["AZR009"]


def test_expression_keys_may_stand_several_times() -> None:
    assert problems("${{ insert }}: ${{ a }}\n${{ insert }}: ${{ b }}\n") == []


def test_a_token_that_was_never_filled_in_is_named() -> None:
    assert problems("a: {{ name }}\n") == [("AZR006", 1, 5, "`{{ … }}` is a token of another template language")]


def test_the_message_of_an_unusable_file_has_its_places() -> None:
    with pytest.raises(InvalidFileError, match=r"^f\.yml:1:4: invalid YAML: .*$") as caught:
        YamlDocument.parse("a: @b\n", "f.yml")
    assert caught.value.texts == {"f.yml": "a: @b\n"}


@pytest.mark.parametrize("text", ["&x a\n", "!x a\n", "*x\n", "&x\na: 1\n", "!!map\na: 1\n"])
def test_what_no_file_may_use_is_found_at_its_very_beginning(text: str) -> None:
    assert {(code, line, column) for code, line, column, _ in problems(text)} & {("AZR006", 1, 1), ("AZR007", 1, 1)}


def test_a_problem_marks_one_character() -> None:
    [problem] = YamlDocument.parse("a: 1\nb: &x 1\n", "f.yml").problems
    assert problem.span == Span(2, 4, 2, 5)


def test_how_much_of_a_route_there_is() -> None:
    document = YamlDocument.parse("a:\n- b: 1\n", "f.yml")
    assert document.existing_route(("a", 0, "b")) == ("a", 0, "b")
    assert document.existing_route(("a", 0, "c", "d")) == ("a", 0)
    assert document.existing_route(("a", 1)) == ("a",)
    assert document.existing_route(("x",)) == ()
