"""TOML with the place of everything in it."""

import tomllib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from azrelease.errors import InvalidFileError
from azrelease.settings.toml_document import toml_document
from azrelease.yaml_document import KEY
from support.thorough import examples

TEXT = '''# of the repository
top = "one" # behind
[defaults.workspace]
name = 'ws'
"resource group" = { a.b = [1, 2_000, [ "x" , ], ], "c # d" = """
two
lines""" }

[[per-path]]
paths = ["a", # first
  "b\\u0041"]
[[per-path]]
ignore = []
[per-path.deep]
when = 1979-05-27 07:32:00
yes = true
limit = -inf
share = 1.5e3
'''


def test_keys_and_values_have_their_places() -> None:
    document = toml_document(TEXT, "azrelease.toml")
    lines = TEXT.split("\n")

    def at(*route: str | int) -> str:
        span = document.span(route)
        return lines[span.line - 1][span.column - 1 : span.end_column - 1]

    assert at("top") == '"one"'
    assert at("top", KEY) == "top"
    assert at("defaults", "workspace", "name") == "'ws'"
    assert at("defaults", "workspace", "resource group", KEY) == '"resource group"'
    assert at("defaults", "workspace", "resource group", "a", "b", 1) == "2_000"
    assert at("defaults", "workspace", "resource group", "a", "b", 2, 0) == '"x"'
    assert at("defaults", "workspace", "resource group", "c # d", KEY) == '"c # d"'
    assert document.span(("per-path", 0, "paths", 1)).line == 11
    assert document.span(("per-path", 1, "deep", "limit")).line == 17
    assert document.span(("per-path", 1, "ignore")).line == 13


def plain(value: Any) -> Any:
    """Dates, which no setting takes, as their text."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value if isinstance(value, str | bool | int | float) else str(value)


def test_the_values_are_those_of_tomllib() -> None:
    assert toml_document(TEXT, "a.toml").data == plain(tomllib.loads(TEXT))


def literal(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{literal(key)} = {literal(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(literal, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return (
            '"'
            + "".join(
                f"\\U{ord(character):08x}"
                if character in '"\\' or ord(character) < 32 or ord(character) == 127
                else character
                for character in value
            )
            + '"'
        )
    return repr(value)


_texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=8)
_values = st.recursive(
    st.booleans() | st.integers(-(2**40), 2**40) | st.floats(allow_nan=False) | _texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_texts, inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.no_cover
@settings(max_examples=examples(400))
@given(st.dictionaries(_texts, _values, max_size=4), st.dictionaries(_texts, _values, max_size=3))
def test_any_toml_is_read_as_tomllib_reads_it(top: dict[str, Any], table: dict[str, Any]) -> None:
    lines = [f"{literal(key)} = {literal(value)} # comment = [" for key, value in top.items()]
    name = "a-table-of-its-own-name"
    lines += [f"[{name}]", *(f"{literal(key)}.x = {literal(value)}" for key, value in table.items())]
    text = "\n".join(lines)
    assert toml_document(text, "a.toml").data == tomllib.loads(text)


@pytest.mark.parametrize(
    ("text", "line", "column"), [("a = [\n", 2, 1), ("a = 1\na = 2\n", 2, 6), ("[a\n", 1, 3), ("a = \x01", 1, 5)]
)
def test_what_is_no_toml_is_said_where_it_is(text: str, line: int, column: int) -> None:
    with pytest.raises(InvalidFileError) as caught:
        toml_document(text, "a.toml")
    (found,) = caught.value.diagnostics
    assert found.message.startswith("not TOML: ")
    assert "line" not in found.message
    assert (found.span.line, abs(found.span.column - column) <= 1) == (line, True)


def test_tables_of_an_array_may_stand_apart() -> None:
    text = "[[per-path]]\nignore = [1]\n[defaults]\nname = 2\n[[per-path]]\nignore = [3]\n[per-path.deep]\nx = 4\n"
    document = toml_document(text, "a.toml")
    assert document.data == tomllib.loads(text)
    for route, line in {
        ("per-path", 0, "ignore", 0): 2,
        ("defaults", KEY): 3,
        ("defaults", "name"): 4,
        ("per-path", 1, "ignore", 0): 6,
        ("per-path", 1, "deep", "x"): 8,
    }.items():
        assert document.span(route).line == line, route


def test_a_table_that_dotted_keys_begin_and_a_header_goes_on_with_is_read() -> None:
    text = "[a]\nb.c = 1\n[a.b.d]\ne = 3.10\n[[a.b.f]]\n[a.b.g]\n"
    document = toml_document(text, "a.toml")
    assert document.data == tomllib.loads(text)
    assert 1 <= document.span(("a", "b", "d", "e")).line <= 4
