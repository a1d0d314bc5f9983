"""Descriptions for editors: everything that the tables and the language know has one, and nothing else."""

from collections.abc import Iterator
from typing import Any

import pytest

from azrelease.catalog import descriptions
from azrelease.catalog.predefined_variables import predefined_variables
from azrelease.data_files import read_table
from azrelease.lint.rules.expressions.unknown_context import _RUNTIME, _TEMPLATE
from azrelease.syntax.expressions import FUNCTIONS
from azrelease.syntax.language import kind

LONGEST = 200
TABLE = read_table("descriptions.json")
DIRECTIVES = {"if", "elseif", "else", "each", "insert"}
SUBJECTS = {"conditions", "contexts", "directives", "expressions", "functions", "predefined", "tasks", "templates"}
SECTIONS = {"jobs", "parameters", "phases", "schedules", "stages", "steps"}
"""Lists of forms, which have pages of their own."""

FORMS = {form.name for name in read_table("pipeline_yaml.json") for form in kind(name).forms}
PAIRS = {
    (form.name, key): value
    for name in read_table("pipeline_yaml.json")
    for form in kind(name).forms
    for key, value in form.keys.items()
}


def texts(part: Any) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    else:
        for name, value in part.items():
            if name != "call":
                yield from texts(value)


@pytest.mark.parametrize(("form", "key"), sorted(PAIRS))
def test_each_key_of_each_form_has_a_text(form: str, key: str) -> None:
    assert descriptions.key_description(form, key)


def test_no_key_is_described_that_no_form_has() -> None:
    used = {f"{form}.{key}" if f"{form}.{key}" in TABLE["keys"] else key for form, key in PAIRS}
    assert set(TABLE["keys"]) == used


def test_a_key_has_the_text_of_its_form() -> None:
    assert descriptions.key_description("stages.stage", "dependsOn") != descriptions.key_description(
        "jobs.job", "dependsOn"
    )
    assert descriptions.key_description("jobs.job", "dependsOn") == descriptions.key_description(
        "jobs.deployment", "dependsOn"
    )
    assert descriptions.key_description("jobs.job", "colour") is None


def test_each_function_has_a_text() -> None:
    assert {name.casefold() for name in TABLE["functions"]} == set(FUNCTIONS)
    for function in FUNCTIONS.values():
        description = descriptions.function_description(function.name.upper())
        assert description is not None
        assert description.call.startswith(f"{function.name}(")
    assert descriptions.function_description("fromJson") is None


@pytest.mark.parametrize("function", FUNCTIONS.values())
def test_a_function_is_called_with_as_many_arguments_as_it_takes(function: Any) -> None:
    description = descriptions.function_description(function.name)
    assert description is not None
    arguments = [part for part in description.call.partition("(")[2].rstrip(")").split(", ") if part not in ("", "…")]
    assert function.takes(len(arguments))
    assert ("…" in description.call) == (function.most is None)


def test_each_context_has_a_text() -> None:
    assert {name.casefold() for name in TABLE["contexts"]} == _TEMPLATE | _RUNTIME
    assert descriptions.context_description("STAGEDEPENDENCIES") == descriptions.context_description(
        "stageDependencies"
    )
    assert descriptions.context_description("github") is None


def test_each_predefined_variable_has_a_text() -> None:
    assert set(TABLE["variables"]) == {variable.name for variable in predefined_variables().values()}
    assert descriptions.variable_description("build.reason") == TABLE["variables"]["Build.Reason"]
    assert descriptions.variable_description("Build.Weather") is None


def test_each_directive_has_a_text() -> None:
    assert set(TABLE["directives"]) == DIRECTIVES
    assert all(descriptions.directive_description(name) for name in DIRECTIVES)
    assert descriptions.directive_description("If") is None


@pytest.mark.parametrize("place", TABLE["values"])
def test_described_values_are_allowed(place: str) -> None:
    form, _, key = place.rpartition(".")
    for value in TABLE["values"][place]:
        assert value in PAIRS[form, key].values
        assert descriptions.value_description(form, key, value)
    assert descriptions.value_description(form, key, "colour") is None


def test_values_of_other_keys_have_no_text() -> None:
    assert descriptions.value_description("jobs.job", "displayName", "all") is None


@pytest.mark.parametrize("text", [text for name, part in TABLE.items() if name != "pages" for text in texts(part)])
def test_a_text_is_a_short_line(text: str) -> None:
    assert len(text) <= LONGEST
    assert text == text.strip()
    assert "\n" not in text
    assert text.endswith(".")
    assert text.count("`") % 2 == 0


@pytest.mark.parametrize(
    ("form", "path"),
    [
        ("stages.stage", "yaml-schema/stages-stage"),
        ("stages.stage.checks.check", "yaml-schema/stages-stage"),
        ("jobs.job.strategy.matrix", "yaml-schema/jobs-job-strategy"),
        ("functions", "process/expressions"),
        ("weather", "yaml-schema/"),
        ("stagesque", "yaml-schema/"),
    ],
)
def test_the_page_of_a_form_is_the_nearest(form: str, path: str) -> None:
    assert descriptions.page(form) == f"https://learn.microsoft.com/azure/devops/pipelines/{path}"


def test_each_form_has_a_page() -> None:
    whole = descriptions.page("")
    assert [form for form in FORMS if descriptions.page(form) == whole] == []
    around = {name.rpartition(".")[0] for name in FORMS}
    assert set(TABLE["pages"]) <= FORMS | around | SECTIONS | SUBJECTS | set(read_table("pipeline_yaml.json")) | {""}


def test_the_table_is_sorted() -> None:
    for part in TABLE.values():
        assert list(part) == sorted(part, key=str.casefold)
