"""The text of a tree, and of a scalar whose value it is."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azrelease.syntax.embedded import template_expressions
from azrelease.syntax.expressions import (
    Call,
    EvaluationError,
    Index,
    Literal,
    Name,
    Node,
    Opaque,
    Version,
    Wildcard,
    embedded_text,
    evaluate,
    expression_text,
    parse,
    to_text,
)


@pytest.mark.parametrize(
    "text",
    [
        "eq(variables['a.b'], 'x''y')",
        "and(true, FALSE)",
        "a.b['c d'].*.e[0][b.c]",
        "1.2.3",
        "-1.5",
        "1['x'].*",
        "2[*].a",
        "f()",
        "a.true",
        "'${{ it }}'",
    ],
)
def test_a_tree_is_written_as_it_was_read(text: str) -> None:
    assert expression_text(parse(text, is_template=True)) == text.replace("FALSE", "false")


@pytest.mark.parametrize(
    ("value", "text"), [(None, "''"), (True, "true"), (2500000.0, "2500000"), (7, "7"), (Version((1, 2, 3)), "1.2.3")]
)
def test_values_are_written_as_literals(value: object, text: str) -> None:
    assert expression_text(Literal(value, 0, 0)) == text


def test_a_mapping_or_list_needs_its_spelling() -> None:
    node = Call("length", (Literal({"a": "b"}, 0, 0),), 0, 0, 0)
    assert expression_text(node, lambda value: f"parameters.{next(iter(value))}") == "length(parameters.a)"
    with pytest.raises(ValueError, match="no literal"):
        expression_text(node)
    with pytest.raises(ValueError, match="no text"):
        expression_text(Opaque(0, 1))


WORDS = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,5}", fullmatch=True).filter(
    lambda word: word.casefold() not in ("true", "false")
)
LITERALS = st.one_of(
    st.booleans(),
    st.floats(-1e200, 1e200, allow_nan=False),
    st.text(max_size=8),
    st.text(alphabet="${}' a.", max_size=8),
    st.lists(st.integers(0, 99), min_size=3, max_size=4).map(Version),
).map(lambda value: Literal(value, 0, 0))


def _larger(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    return st.one_of(
        st.builds(lambda target, key: Index(target, key, 0, 0), inner, inner),
        st.builds(lambda target: Wildcard(target, 0, 0), inner),
        st.builds(lambda name, given: Call(name, tuple(given), 0, 0, 0), WORDS, st.lists(inner, max_size=3)),
    )


TREES: st.SearchStrategy[Node] = st.recursive(
    st.one_of(LITERALS, WORDS.map(lambda word: Name(word, 0, 0))), _larger, max_leaves=12
)


def _without_places(node: Node) -> Node:
    match node:
        case Index(target=target, key=key):
            return Index(_without_places(target), _without_places(key), 0, 0)
        case Wildcard(target=target):
            return Wildcard(_without_places(target), 0, 0)
        case Call(name=name, arguments=arguments):
            return Call(name, tuple(map(_without_places, arguments)), 0, 0, 0)
        case _:
            return node._replace(start=0, end=0)


@given(TREES)
def test_reading_the_text_of_a_tree_gives_the_tree(node: Node) -> None:
    assert _without_places(parse(expression_text(node), is_template=True)) == node


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("variables.x", "${{ variables.x }}"),
        ("format('a{0}b', variables.x)", "a${{ variables.x }}b"),
        ("format('{{{0}}}{1}', x, y)", "{${{ x }}}${{ y }}"),
        ("format('a{0}', format('b{0}c{0}', x))", "ab${{ x }}c${{ x }}"),
        ("format('a{0}{1}', 'k', lower(x))", "ak${{ lower(x) }}"),
        ("format('{0}', x)", "${{ format('{0}', x) }}"),
        ("format('{0}{1}', '', x)", "${{ format('{0}{1}', '', x) }}"),
        ("format('a{0:yyyy}', x)", "${{ format('a{0:yyyy}', x) }}"),
        ("format('a{1}', x)", "${{ format('a{1}', x) }}"),
        ("format('a{', x)", "${{ format('a{', x) }}"),
        ("format(x, 'a')", "${{ format(x, 'a') }}"),
        ("format('$${{{{{0}', x)", "${{ '$${{' }}${{ x }}"),
        ("'text'", "text"),
        ("eq(x, format('a{0}', y))", "${{ eq(x, format('a{0}', y)) }}"),
    ],
)
def test_a_format_is_written_out_as_text(text: str, expected: str) -> None:
    assert embedded_text(parse(text, is_template=True)) == expected


def test_collections_in_a_text_are_spelled() -> None:
    node = Call("format", (Literal("a{0}", 0, 0), Index(Literal([1], 0, 0), Name("x", 0, 0), 0, 0)), 0, 0, 0)
    assert embedded_text(node, lambda _: "parameters.l") == "a${{ parameters.l[x] }}"


PIECES = st.lists(st.sampled_from(["{0}", "{1}", "{{", "}}", "a", "$", " ", "'"]), max_size=6).map("".join)
ARGUMENTS = st.sampled_from(["x", "y", "'lit'", "'${{'", "lower(x)", "format('<{0}>', y)"])


@given(PIECES, ARGUMENTS, ARGUMENTS)
def test_the_text_means_what_the_format_means(pattern: str, first: str, second: str) -> None:
    quoted = pattern.replace("'", "''")
    node = parse(f"format('{quoted}', {first}, {second})", is_template=True)
    contexts: dict[str, Any] = {"x": "X1", "y": 2.0}
    try:
        value = evaluate(node, contexts)
    except EvaluationError:
        return
    assert _filled(embedded_text(node), contexts) == value


def _filled(text: str, contexts: dict[str, Any]) -> str:
    """A text with its expressions evaluated, as the service makes it."""
    made, position = "", 0
    for part in template_expressions(text):
        assert part.text is not None
        value = evaluate(parse(part.text, is_template=True), contexts)
        made += text[position : part.start] + to_text(value)
        position = part.end
    return made + text[position:]
