"""The rules of the agent, as its public source has them."""

import pytest

from azrelease.catalog.logging_commands import parse_command
from azrelease.rehearsal.variables import RunVariable, RunVariables, environment_name
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


# azure-pipelines-agent, Command.cs (TryParse, Unescape).
@pytest.mark.parametrize(
    ("line", "name", "properties", "data"),
    [
        ("##vso[task.setvariable variable=a]b", "task.setvariable", {"variable": "a"}, "b"),
        ("##vso[task.setvariable variable=a;issecret=true;]b", "task.setvariable", {"variable": "a", "issecret": "true"}, "b"),
        ("before ##vso[task.debug]x", "task.debug", {}, "x"),
        ("##vso[TASK.SetVariable Variable=A]b", "task.setvariable", {"variable": "A"}, "b"),
        ("##vso[task.logissue type=error;code=1]a%0Ab%3Bc%5D", "task.logissue", {"type": "error", "code": "1"}, "a\nb;c]"),
        ("##vso[task.setvariable variable=a]50%AZP25", "task.setvariable", {"variable": "a"}, "50%"),
        ("##vso[task.setvariable variable=a=b]c", "task.setvariable", {"variable": "a=b"}, "c"),
        ("##vso[task.complete result=Succeeded;]done", "task.complete", {"result": "Succeeded"}, "done"),
        ("##vso[task.setvariable]x", "task.setvariable", {}, "x"),
        ("##vso[task.setvariable variable=]x", "task.setvariable", {}, "x"),
        ("##vso[build.addbuildtag]tag", "build.addbuildtag", {}, "tag"),
        ("##vso[task.setvariable variable=a]x]y", "task.setvariable", {"variable": "a"}, "x]y"),
    ],
)  # fmt: skip
def test_logging_commands(line: str, name: str, properties: dict[str, str], data: str) -> None:
    found = parse_command(line)
    assert found is not None
    assert (found.name, dict(found.properties), found.data) == (name, properties, data)


@pytest.mark.parametrize(
    "line", ["", "##vso[", "##vso[task]x", "##vso[a.b.c]x", "##vs[task.debug]x", "##[section]x", "##vso[.]x"]
)
def test_what_is_no_command(line: str) -> None:
    assert parse_command(line) is None


@pytest.mark.parametrize(
    ("name", "variable"),
    [("a.b", "A_B"), ("a b", "A_B"), ("aB", "AB"), ("Build.BuildId", "BUILD_BUILDID"), ("a-b", "A_B")],
)
def test_names_of_environment_variables(name: str, variable: str) -> None:
    assert environment_name(name) == variable


def test_a_secret_stays_one_and_what_is_read_only_stays_as_it_is() -> None:
    variables = RunVariables()
    assert variables.set(RunVariable("a", "1", secret=True))
    assert variables.set(RunVariable("A", "2"))
    assert variables.environment() == {}
    assert variables.set(RunVariable("b", "1", readonly=True))
    assert not variables.set(RunVariable("b", "2"))
    assert variables.values()["b"] == "1"


def test_names_of_unexpanded_macros() -> None:
    assert list(unexpanded_names("$(a.b) $(cat file) $(a.b) ${c} $(d)")) == ["a.b", "d"]
