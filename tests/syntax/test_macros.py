"""Macros, as the agent expands them."""

import pytest

from azrelease.syntax.macros import expand, expand_all, unexpanded_names

# azure-pipelines-agent, Util/VarUtil.cs (ExpandValues).
VALUES = {"a": "1", "b.c": "two", "inner": "a", "chain": "$(a)", "empty": "", "x y": "blank"}


@pytest.mark.parametrize(
    ("text", "expanded"),
    [
        ("$(a)", "1"),
        ("$(A) $(B.C)", "1 two"),
        ("$(missing)", "$(missing)"),
        ("$($(inner))", "$(a)"),
        ("$(a$(inner))", "$(aa)"),
        ("$(chain)", "$(a)"),
        ("$(empty)|", "|"),
        ("$(x y)", "blank"),
        ("$()", "$()"),
        ("$(", "$("),
        ("$(a", "$(a"),
        ("$$(a)", "$1"),
        ("$(a)$(a)", "11"),
        ("$(missing $(a))", "$(missing 1)"),
        ("${a} $a %a%", "${a} $a %a%"),
        ("$[variables.a]", "$[variables.a]"),
    ],
)
def test_macros(text: str, expanded: str) -> None:
    assert expand(text, VALUES) == expanded


# azure-pipelines-agent, Agent.Worker/Variables.cs (RecalculateExpanded).
@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"a": "$(b)", "b": "$(c)", "c": "1"}, {"a": "1", "b": "1", "c": "1"}),
        ({"a": "$(b)", "b": "$(a)"}, {"a": "$(a)", "b": "$(b)"}),
        ({"a": "$(a)"}, {"a": "$(a)"}),
        ({"a": "$(a)/bin"}, {"a": "$(a)/bin"}),
        ({"a": "1$(b)", "b": "2$(c)", "c": "3$(a)$(b)"}, {"a": "123$(a)$(b)", "b": "231$(b)$(b)", "c": "312$(c)2$(c)"}),
        ({"a": "$(missing)-$(b)", "b": "1"}, {"a": "$(missing)-1", "b": "1"}),
    ],
)
def test_variables_in_variables(variables: dict[str, str], expected: dict[str, str]) -> None:
    assert expand_all(variables) == expected


def test_many_variables_in_a_row() -> None:
    chain = {f"v{i}": f"$(v{i + 1})" for i in range(200)}
    assert expand_all({**chain, "v200": "end"})["v180"] == "end"
    assert expand_all({**chain, "v200": "end"})["v0"] == "$(v51)"


def test_names_of_unexpanded_macros() -> None:
    assert list(unexpanded_names("$(a.b) $(cat file) $(a.b) ${c} $(d)")) == ["a.b", "d"]
