"""What is left of an expression of which a part is unknown."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from azrelease.syntax.expressions import (
    FUNCTIONS,
    CaselessMapping,
    EvaluationError,
    Name,
    Node,
    Unknown,
    Value,
    evaluate,
    expression_text,
    parse,
)

KNOWN: dict[str, Any] = {
    "p": {"a": "x", "n": 2.0, "list": ["a", "b"], "map": {"k": "v"}},
    "variables": CaselessMapping({"known": "K"}),
    "mixed": ["a", Unknown(parse("u.x")), "{b}"],
}


def left(text: str) -> str | None:
    value = evaluate(parse(text), KNOWN)
    assert isinstance(value, Unknown)
    return None if value.expression is None else expression_text(value.expression, lambda _: "SPELLED")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("u", "u"),
        ("u.x['y z'].*", "u.x['y z'].*"),
        ("eq(u, p.a)", "eq(u, 'x')"),
        ("and(eq(p.a, 'x'), u)", "and(true, u)"),
        ("coalesce('', u, p.a, v)", "coalesce(u, 'x')"),
        ("coalesce('', u)", "coalesce(u, '')"),
        ("coalesce(variables.none, u, v, '')", "coalesce(u, v)"),
        ("in(p.a, 'a', u, 'b', v)", "in('x', u, v)"),
        ("in(u, 'a', p.a)", "in(u, 'a', 'x')"),
        ("iif(u, p.a, lower('B'))", "iif(u, 'x', 'b')"),
        ("iif(true, u.x, p.a)", "u.x"),
        ("format('{0}-{1}', p.a, u)", "format('{0}-{1}', 'x', u)"),
        ("lower(format('{0}', u))", "lower(format('{0}', u))"),
        ("p.map[u]", "SPELLED[u]"),
        ("variables[u]", "variables[u]"),
        ("u[p.n]", "u[2]"),
        ("containsValue(p.list, u)", "containsValue(SPELLED, u)"),
        ("containsValue(split(p.a, ','), u)", "containsValue(split('x', ','), u)"),
        ("containsValue(p.map.*, u)", "containsValue(SPELLED.*, u)"),
        ("p.list.*[u]", "SPELLED.*[u]"),
        ("p.list.*.k[u]", "SPELLED.*.k[u]"),
        ("split(u, ',')[0]", "split(u, ',')[0]"),
        ("split('a,b', ',')[u]", "split('a,b', ',')[u]"),
        ("join(u, split('a,b', ','))", "join(u, split('a,b', ','))"),
        ("containsValue(mixed, 'c')", "in('c', u.x)"),
        ("containsValue(mixed, u)", None),
        ("join('{', mixed)", "format('a{{{0}{{{{b}}', u.x)"),
        ("join(u, p.list)", "join(u, SPELLED)"),
        ("join(u, mixed)", None),
        ("mixed[1]", "u.x"),
        ("eq(mixed, u)", None),
        ("convertToJson(u)", "convertToJson(u)"),
        ("succeeded('a', p.a)", "succeeded('a', 'x')"),
        ("counter(p.a, 1)", "counter('x', 1)"),
        ("format('{0:yyyy}', p.a)", "format('{0:yyyy}', 'x')"),
        ("eq(u, ${{ x }})", None),
        ("and(u, lt(1, 'x'))", None),
        ("coalesce(u, lt(1, 'x'))", None),
        ("in('a', u, lt(1, 'x'))", None),
        ("unheard(p.a)", "unheard('x')"),
    ],
)
def test_what_is_left_has_the_known_values_in_it(text: str, expected: str | None) -> None:
    assert left(text) == expected


@pytest.mark.parametrize("text", ["iif(u, 1, lt(1, 'x'))", "eq(lt(1, 'x'), u)", "format('{2}', u)", "format('{', u)"])
def test_an_error_that_the_unknown_part_cannot_avoid_is_one(text: str) -> None:
    with pytest.raises(EvaluationError):
        evaluate(parse(text), KNOWN)


LEAVES = st.sampled_from(
    ["true", "false", "0", "1.5", "1.2.3", "''", "'a'", "'1'", "'x{0}'", "'{{{0}}}{1}'", "u", "U", "v.k", "v[0]", "p.a",
     "p.n", "p.list", "p.list.*", "p.map.k", "p.map.none", "p.list[u]", "p.list[v.n]", "variables.known", "v.list.*.q",
     "v.list", "mix", "mix.*", "variables[u]"]
)  # fmt: skip
NAMES = sorted(name for name, function in FUNCTIONS.items() if not function.condition_only and name != "counter")


def _calls(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    def of(name: str) -> st.SearchStrategy[str]:
        function = FUNCTIONS[name]
        most = function.most if function.most is not None else function.least + 2
        arguments = st.lists(inner, min_size=function.least, max_size=most)
        return arguments.map(lambda given: f"{name}({', '.join(given)})")

    return st.sampled_from(NAMES).flatmap(of)


EXPRESSIONS = st.recursive(LEAVES, _calls, max_leaves=10).map(parse)
SCALARS = st.sampled_from([None, True, False, 0.0, 1.0, 2.5, "", "a", "b", "1", "k", "{0}", "known"])
LATER = st.fixed_dictionaries(
    {"u": SCALARS, "v": st.fixed_dictionaries({"k": SCALARS, "n": SCALARS, "list": st.lists(SCALARS, max_size=2)})}
)


def _later(value: Value, contexts: dict[str, Any]) -> Value:
    """A value with its unknown parts evaluated, at any depth; a context for its entries."""
    if isinstance(value, Unknown):
        assume(value.expression is not None)
        assert value.expression is not None
        return _later(evaluate(value.expression, contexts), contexts)
    if isinstance(value, Mapping):
        return {key: _later(item, contexts) for key, item in value.items()}
    return [_later(item, contexts) for item in value] if isinstance(value, list) else value


@given(EXPRESSIONS, LATER)
def test_evaluating_what_is_left_gives_what_evaluating_all_at_once_gives(node: Node, later: dict[str, Any]) -> None:
    known = {key: value for key, value in KNOWN.items() if key != "mixed"}
    before = {**known, "mix": ["a", Unknown(Name("u", 0, 0))]}
    everything = {**known, **later, "mix": ["a", later["u"]]}
    try:
        whole = evaluate(node, everything)
    except EvaluationError:
        # An argument that fails may be behind one that decides now; what is known stays as it is.
        assume(False)
    assume(not isinstance(whole, Unknown))
    assert _later(evaluate(node, before), everything) == _later(whole, everything)


@given(EXPRESSIONS, LATER)
def test_an_unknown_part_adds_no_error(node: Node, later: dict[str, Any]) -> None:
    before = {**KNOWN, "mix": ["a", Unknown(Name("u", 0, 0))]}
    try:
        evaluate(node, before)
    except EvaluationError:
        with pytest.raises(EvaluationError):
            evaluate(node, {**KNOWN, **later, "mix": ["a", later["u"]]})
