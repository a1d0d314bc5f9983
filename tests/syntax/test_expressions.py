"""The expression language: what is parsed, what it gives, and where a mistake stands."""

import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azrelease.syntax.expressions import (
    FUNCTIONS,
    CaselessMapping,
    EvaluationError,
    ExpressionError,
    Literal,
    Unknown,
    Version,
    calls,
    evaluate,
    parse,
    route,
    walk,
)
from support.yaml_text import safe_load

CONTEXTS: dict[str, Any] = {
    "variables": CaselessMapping({"letters": "ABC", "number": "123", "empty": "", "Build.Reason": "Manual"}),
    "parameters": {
        "yes": True,
        "list": [{"id": 1.0}, {"id": 2.0}],
        "names": ["a", "b"],
        "map": {"x": "1", "y": {"z": "2"}},
    },
    "foo": [{"id": 1.0, "a": "v1"}, {"id": 2.0, "a": "v2"}, {"id": 3.0}],
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # learn.microsoft.com/azure/devops/pipelines/process/expressions: the examples of its chapters.
        ("true", True),
        ("FALSE", False),
        ("-1.2", -1.2),
        (".5", 0.5),
        ("'a b c'", "a b c"),
        ("'It''s OK if they''re using contractions.'", "It's OK if they're using contractions."),
        ("1.2.3", Version((1, 2, 3))),
        ("and(eq(variables.letters, 'ABC'), eq(variables.number, 123))", True),
        ("coalesce(variables.nothing, variables.empty, 'literal so it always works')", "literal so it always works"),
        ("coalesce('', '')", None),
        ("contains('ABCDE', 'BCD')", True),
        ("contains('ABCDE', 'bcd')", True),
        ("containsValue(parameters.names, 'B')", True),
        ("containsValue(parameters.map, 1)", True),
        ("endsWith('ABCDE', 'DE')", True),
        ("eq(variables.letters, 'abc')", True),
        ("eq(1, '1')", True),
        ("eq('1', 1)", True),
        ("eq(1, 'one')", False),
        ("format('Hello {0} {1}', 'John', 'Doe')", "Hello John Doe"),
        ("format('literal left brace {{ and literal right brace }}')", "literal left brace { and literal right brace }"),
        ("ge(5, 5)", True),
        ("gt(5, 2)", True),
        ("iif(eq(1, 1), 'yes', 'no')", "yes"),
        ("iif(false, 'yes', 'no')", "no"),
        ("in('B', 'A', 'B', 'C')", True),
        ("join(',', parameters.names)", "a,b"),
        ("join(',', 'alone')", "alone"),
        ("le(2, 2)", True),
        ("length('fabrikam')", 8.0),
        ("length(parameters.names)", 2.0),
        ("lower('FOO')", "foo"),
        ("lt(2, 5)", True),
        ("ne(1, 2)", True),
        ("not(eq(1, 2))", True),
        ("notIn('D', 'A', 'B', 'C')", True),
        ("or(eq(1, 1), eq(2, 3))", True),
        ("replace('https://www.tinfoilsecurity.com/saml/consume', 'https://www.tinfoilsecurity.com', 'http://server')", "http://server/saml/consume"),
        ("split('foo,bar', ',')", ["foo", "bar"]),
        ("startsWith('ABCDE', 'AB')", True),
        ("trim('  variable  ')", "variable"),
        ("upper('bah')", "BAH"),
        ("xor(True, False)", True),
        ("foo.*.id", [1.0, 2.0, 3.0]),
        ("foo.*.a", ["v1", "v2"]),
        ("foo[1].a", "v2"),
        ("foo['1'].a", "v2"),
        ("foo[9]", None),
        ("variables['build.reason']", "Manual"),
        ("VARIABLES.Letters", "ABC"),
        ("parameters.map.y.z", "2"),
        ("parameters.map.none.z", None),
        ("parameters.map[format('{0}', 'x')]", "1"),
        ("eq(true, 'x')", True),
        ("eq('True', true)", True),
        ("eq(variables.nothing, '')", True),
        ("ne(variables.nothing, '')", False),
        ("eq(1.2.3, '1.2.3')", True),
        ("lt(1.2.3, '1.10.0')", True),
        ("and('a', 1)", True),
        ("or('', 0)", False),
        ("eq(0, '')", True),
        ("gt('10', 9)", False),
        ("eq(1000, '1,000')", True),
        ("eq(1.50, '1.5')", True),
    ],
)  # fmt: skip
def test_the_documented_results(text: str, expected: object) -> None:
    assert evaluate(parse(text), CONTEXTS) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("and(false, variables.x)", False),
        ("and(variables.x, false)", False),
        ("or(variables.x, true)", True),
        ("always()", True),
        ("coalesce('a', variables.x)", "a"),
        ("in('a', variables.x, 'A')", True),
        ("notIn('a', variables.x, 'A')", False),
        ("containsValue(split('a,b', ','), 'B')", True),
        ("containsValue('', variables.x)", False),
        ("format('a{{}}', variables.x)", "a{}"),
        ("iif(true, 1, variables.x)", 1.0),
    ],
)
def test_what_the_rest_decides_is_known(text: str, expected: object) -> None:
    assert evaluate(parse(text), {}) == expected


@pytest.mark.parametrize(
    "text",
    [
        "and(variables.x, true)",
        "eq(variables.x, 'a')",
        "not(variables.x)",
        "succeeded()",
        "counter('a', 1)",
        "iif(variables.x, 1, 2)",
        "coalesce('', variables.x)",
        "eq('${{ parameters.a }}', 'b')",
        "and(true, ${{ parameters.a }})",
        "somebodys('x')",
        "iif(true)",
    ],
)
def test_what_is_not_known_makes_the_result_unknown(text: str) -> None:
    assert isinstance(evaluate(parse(text), {}), Unknown)


DOCUMENTED = [
    pytest.param(text, expected, id=f"{chapter}-{index}")
    for chapter, cases in safe_load((Path(__file__).parent / "documented.yml").read_text(encoding="utf-8")).items()
    for index, (text, expected) in enumerate(cases)
]
AT_HAND = {
    "variables": CaselessMapping(
        {
            "letters": "ABC",
            "number": "123",
            "empty": "",
            "list": ["a", "b", "1"],
            "map": {"x": "1", "y": "two"},
        }
    )
}


@pytest.mark.parametrize(("text", "expected"), DOCUMENTED)
def test_what_the_documentation_says(text: str, expected: object) -> None:
    after_success = {
        "succeeded": lambda _: True, "failed": lambda _: False, "succeededorfailed": lambda _: True,
        "canceled": lambda _: False,
    }  # fmt: skip
    found = evaluate(parse(text), AT_HAND, after_success)
    assert (found, type(found) is bool) == (expected, type(expected) is bool)


def test_the_table_is_as_long_as_it_should_be() -> None:
    assert len(DOCUMENTED) >= 150


def test_functions_of_the_run_can_be_given() -> None:
    assert evaluate(parse("and(succeeded(), eq(1, 1))"), {}, {"succeeded": lambda _: True}) is True


@pytest.mark.parametrize("text", ["gt(1, 'x')", "lt(variables.nothing, 1)", "format('{1}', 'a')"])
def test_what_the_service_cannot_compute_is_an_error(text: str) -> None:
    with pytest.raises(EvaluationError):
        evaluate(parse(text), CONTEXTS)


@pytest.mark.parametrize(
    ("text", "start", "end", "part"),
    [
        ("", 0, 1, "incomplete"),
        ("   ", 2, 3, "incomplete"),
        ("eq(a, b", 0, 2, "not closed"),
        ("eq(a b)", 5, 6, "unexpected `b`"),
        ("a.b.", 3, 4, "expected a name"),
        ("a['x'", 1, 2, "not closed"),
        ("a == b", 2, 4, "`==`"),
        ("a && b", 2, 4, "`&&`"),
        ("!a", 0, 1, "`!`"),
        ("a.b-c", 3, 4, "`-`"),
        ("'open", 0, 5, "unterminated"),
        ('eq(a, "b")', 6, 7, "single quotes"),
        ("eq(a, $(b))", 6, 7, "`$`"),
        ("1.2.3.4.5", 0, 9, "invalid number"),
        ("12abc", 0, 5, "invalid number"),
        ("a)", 1, 2, "unexpected `)`"),
        ("and(,)", 4, 5, "unexpected `,`"),
        ("a and b", 2, 5, "unexpected `and`"),
    ],
)
def test_a_mistake_has_its_place(text: str, start: int, end: int, part: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    assert (caught.value.start, caught.value.end) == (start, end)
    assert part in caught.value.message


@pytest.mark.parametrize(
    "text",
    [
        "eq(" * 10_000 + "1" + ",1)" * 10_000,
        "a" + ".b" * 10_000,
        "a[" * 10_000,
        "(" * 10_000,
        "a" + "[0]" * 10_000,
        "'" * 9_999,
        "${{" * 10_000,
    ],
    ids=["calls", "names", "brackets", "round", "indexes", "quotes", "templates"],
)
def test_what_nests_without_end_is_refused_at_once(text: str) -> None:
    start = time.process_time()
    with pytest.raises(ExpressionError):
        parse(text)
    assert time.process_time() - start < 5


def test_a_reference_has_its_parts() -> None:
    assert route(parse("dependencies.A.outputs['s.v']")) == ("dependencies", "A", "outputs", "s.v")
    assert route(parse("a[b]")) is None
    assert route(parse("f(a)")) is None
    assert [call.name for call in calls(parse("and(eq(a, 1), not(b))"))] == ["and", "eq", "not"]


def test_a_string_that_a_template_fills_in_is_no_literal() -> None:
    assert not any(isinstance(node, Literal) for node in walk(parse("eq(a.b, '${{ it''s }}')").arguments[1:][0]))  # type: ignore[union-attr]


@given(st.text(max_size=60))
def test_no_text_makes_a_traceback(text: str) -> None:
    try:
        node = parse(text)
    except ExpressionError as error:
        assert 0 <= error.start <= error.end <= max(len(text), 1)
        return
    try:
        evaluate(node, CONTEXTS)
    except EvaluationError as error:
        assert str(error)


LEAVES = st.one_of(
    st.integers(-99, 99).map(str),
    st.sampled_from(
        ["true", "1.2.3", "variables.letters", "variables['x y']", "foo.*.id", "parameters.map", "''", "unknown"]
    ),
    st.text(alphabet="ab ', {}()", max_size=6).map(lambda text: "'" + text.replace("'", "''") + "'"),
)


def _calls(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    def of(name: str) -> st.SearchStrategy[str]:
        function = FUNCTIONS[name]
        most = function.most if function.most is not None else function.least + 2
        return st.lists(inner, min_size=function.least, max_size=most).map(
            lambda given: f"{name}( {', '.join(given)} )"
        )

    return st.sampled_from(sorted(FUNCTIONS)).flatmap(of)


@given(st.recursive(LEAVES, _calls, max_leaves=12))
def test_every_expression_of_known_parts_is_parsed_and_computed_or_refused(text: str) -> None:
    node = parse(text)
    assert node.start == 0
    try:
        evaluate(node, CONTEXTS)
    except EvaluationError as error:
        assert str(error)


# learn.microsoft.com/azure/devops/pipelines/process/expressions, Functions.
@pytest.mark.parametrize(
    ("name", "least", "most"),
    [
        ("and", 2, None), ("or", 2, None), ("coalesce", 2, None), ("contains", 2, 2), ("containsValue", 2, 2),
        ("convertToJson", 1, 1), ("counter", 0, 2), ("endsWith", 2, 2), ("eq", 2, 2), ("ne", 2, 2), ("format", 1, None),
        ("ge", 2, 2), ("gt", 2, 2), ("le", 2, 2), ("lt", 2, 2), ("iif", 3, 3), ("in", 1, None), ("notIn", 1, None),
        ("join", 2, 2), ("length", 1, 1), ("lower", 1, 1), ("upper", 1, 1), ("trim", 1, 1), ("not", 1, 1),
        ("replace", 3, 3), ("split", 2, 2), ("startsWith", 2, 2), ("xor", 2, 2), ("always", 0, 0), ("canceled", 0, 0),
        ("succeeded", 0, None), ("failed", 0, None), ("succeededOrFailed", 0, None),
    ],
)  # fmt: skip
def test_how_many_arguments_a_function_takes(name: str, least: int, most: int | None) -> None:
    function = FUNCTIONS[name.casefold()]
    assert function.name == name
    assert function.takes(least)
    assert not function.takes(least - 1)
    assert function.takes(100) is (most is None)
    assert most is None or (function.takes(most) and not function.takes(most + 1))
