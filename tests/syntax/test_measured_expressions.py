"""What expressions give where measurements of the service go beyond the documentation."""

from pathlib import Path
from typing import Any

import pytest

from azrelease.syntax.expressions import (
    MAX_DEPTH,
    UNKNOWN,
    CaselessMapping,
    EvaluationError,
    ExpressionError,
    Members,
    Name,
    OpenCollection,
    OpenMapping,
    Unknown,
    Value,
    evaluate,
    expression_text,
    parse,
    parsed,
    to_number,
    to_text,
    to_version,
)
from support.yaml_text import safe_load

MEASURED = [
    pytest.param(text, expected, id=f"{chapter}-{index}")
    for chapter, cases in safe_load((Path(__file__).parent / "measured.yml").read_text(encoding="utf-8")).items()
    for index, (text, expected) in enumerate(cases)
]
KNOWN: dict[str, Any] = {
    "p": {
        "n": 1.0,
        "b": True,
        "none": "",
        "list": ["a", "b", "c"],
        "groups": [{"name": "x", "tags": ["t", "u"]}, {"name": ""}, {"tags": ["v"]}],
        "map": {"Key": "v", "30": "w"},
        "empty": [],
        "void": {},
    },
    "variables": CaselessMapping({}),
}


@pytest.mark.parametrize(("text", "expected"), MEASURED)
def test_what_was_measured(text: str, expected: object) -> None:
    if expected == "error":
        with pytest.raises(EvaluationError, match=r"cannot|format|lacks"):
            evaluate(parse(text), KNOWN)
        return
    found = evaluate(parse(text), KNOWN)
    assert (found, type(found) is bool) == (expected, type(expected) is bool)


def test_the_numbers_of_a_mapping_are_plain_in_json() -> None:
    value = {"n": 1.0, "half": 0.5, "no": False, "none": None, "in": {"l": [[]]}}
    assert evaluate(parse("convertToJson(o)"), {"o": value}) == (
        '{\n  "n": 1,\n  "half": 0.5,\n  "no": false,\n  "none": "",\n  "in": {\n    "l": [\n      []\n    ]\n  }\n}'
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [(1e21, "1" + "0" * 21), (1e-7, "0.0000001"), (-0.0, "0"), (0.1 + 0.2, "0.30000000000000004"), (7, "7")],
)
def test_a_number_is_written_in_its_shortest_form_without_exponent(value: float, text: str) -> None:
    assert to_text(value) == text
    assert to_number(text) == value


@pytest.mark.parametrize("text", ["1e3", "0x", "0x123456789", "1.2.3", "x", "--1", "9" * 400])
def test_what_is_not_written_as_a_number_does_not_convert(text: str) -> None:
    assert to_number(text) is None


@pytest.mark.parametrize(("text", "parts"), [("1.2", (1, 2)), ("1.2.3.4", (1, 2, 3, 4)), ("1", None), ("1.a", None)])
def test_text_converts_to_a_version_of_two_to_four_parts(text: str, parts: tuple[int, ...] | None) -> None:
    assert to_version(text) == parts


@pytest.mark.parametrize("text", ["0.9.o.9", "1.2.3.4.5", "0x1G", "1.2."])
def test_a_broken_version_or_number_is_refused(text: str) -> None:
    with pytest.raises(ExpressionError, match="invalid number"):
        parse(f"lt({text}, 1)")


def test_null_is_an_unknown_name() -> None:
    assert isinstance(parse("null"), Name)
    assert isinstance(evaluate(parse("eq('', null)"), KNOWN), Unknown)


def nested(calls: int) -> str:
    return "not(" * calls + "true" + ")" * calls


def test_calls_nest_fifty_levels_deep_and_names_do_not_count() -> None:
    assert evaluate(parse(nested(MAX_DEPTH)), {}) is True
    with pytest.raises(ExpressionError, match="more than 50 levels") as caught:
        parse(nested(MAX_DEPTH + 1))
    assert caught.value.start == MAX_DEPTH * len("not(")
    with pytest.raises(ExpressionError, match="more than 50 levels"):
        parse("not(" * MAX_DEPTH + "always()" + ")" * MAX_DEPTH)
    chain = "p" + ".b" * 400
    assert evaluate(parse(chain), KNOWN) is None
    assert expression_text(parse(chain)) == chain
    assert evaluate(parse("p" + "[p" * 90 + "]" * 90), KNOWN) is None


class Declared(Members):
    """A context that refuses names, as the service does for parameters."""

    def member(self, key: str) -> Value:
        if key != "known":
            raise EvaluationError(f"key not found: {key}")
        return "value"


def test_a_context_decides_on_the_names_in_it() -> None:
    contexts = {"parameters": Declared()}
    assert evaluate(parse("parameters.known"), contexts) == "value"
    assert evaluate(parse("parameters['known']"), contexts) == "value"
    for text in ("parameters.other", "coalesce(parameters.other, 'a')", "parameters[1]"):
        with pytest.raises(EvaluationError, match="key not found"):
            evaluate(parse(text), contexts)
    assert evaluate(parse("and(false, parameters.other)"), contexts) is False
    for text in ("parameters.*", "length(parameters)", "convertToJson(parameters)", "containsValue(parameters, 'a')"):
        assert isinstance(evaluate(parse(text), contexts), Unknown)
    left = evaluate(parse("parameters[u]"), contexts)
    assert isinstance(left, Unknown)
    assert left.expression is None


def test_letter_case_does_not_count_in_a_caseless_mapping_at_any_depth() -> None:
    contexts = {"dependencies": CaselessMapping({"Build": {"outputs": {"Step.Tag": "1"}, "result": "Failed"}})}
    assert evaluate(parse("dependencies.BUILD.Outputs['step.tag']"), contexts) == "1"
    assert evaluate(parse("in('failed', dependencies.*.RESULT)"), contexts) is False
    assert evaluate(parse("containsValue(dependencies.*.RESULT, 'failed')"), contexts) is True
    assert evaluate(parse("length(dependencies.build)"), contexts) == 2


class MappingOfRun(OpenMapping, dict[str, Value]):
    """A mapping with entries that only the run knows."""

    is_open = True

    def size(self) -> Value:
        return UNKNOWN

    def later_member(self, key: str) -> Value:
        return Unknown(Name(key, 0, 0)) if key == "later" else UNKNOWN


class ListOfRun(OpenCollection, list[Value]):
    """A list with items that only the run knows."""

    is_open = True

    def size(self) -> Value:
        return UNKNOWN


OPEN = {"m": MappingOfRun(a="1"), "l": ListOfRun(["a"]), "hidden": [UNKNOWN, "a"]}


@pytest.mark.parametrize(
    "text",
    ["length(m)", "length(l)", "m.*", "l.*", "join(',', l)", "join(',', hidden)", "convertToJson(m)",
     "convertToJson(hidden)", "containsValue(l, 'b')", "containsValue(hidden, 'b')", "m.b", "l[0]", "hidden.*.x",
     "hidden[0]", "eq(hidden[0], 'a')"],
)  # fmt: skip
def test_what_an_open_collection_does_not_settle_is_unknown(text: str) -> None:
    value = evaluate(parse(text), OPEN)
    assert isinstance(value, Unknown)
    assert value.expression is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [("m.a", "1"), ("containsValue(l, 'A')", True), ("containsValue(m, 1)", True), ("length(hidden)", 2.0),
     ("containsValue(hidden, 'a')", True), ("length(hidden.*)", 2.0), ("hidden[1]", "a"), ("not(m)", False),
     ("eq(l, l)", True)],
)  # fmt: skip
def test_what_an_open_collection_does_settle_is_known(text: str, expected: object) -> None:
    assert evaluate(parse(text), OPEN) == expected


def test_an_open_mapping_says_what_a_key_may_be_later() -> None:
    value = evaluate(parse("m.later"), OPEN)
    assert isinstance(value, Unknown)
    assert value.expression is not None
    assert expression_text(value.expression) == "later"


def test_a_parsed_tree_is_remembered_and_errors_too_have_their_place() -> None:
    assert parsed("eq(a, 1)") is parsed("eq(a, 1)")
    assert parsed("eq(a, 1)") == parse("eq(a, 1)")
    with pytest.raises(ExpressionError):
        parsed("eq(a")
