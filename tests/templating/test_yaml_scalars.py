import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup
from ruamel.yaml import YAML

from azrelease.templating.yaml_data import yaml_text
from azrelease.templating.yaml_scalars import comment, key, scalar, settle_blocks
from support.texts import texts
from support.thorough import examples


def parsed(text: str) -> list[object]:
    """The document as YAML 1.1 and as YAML 1.2 read it."""
    return [yaml.load(text, Loader=loader) for loader in (yaml.CSafeLoader, yaml.SafeLoader)] + [
        YAML(typ="safe", pure=True).load(text)
    ]


# Thousands of examples take twice as long with coverage, and reach hardly a line that the samples do not.
@pytest.mark.no_cover
@settings(max_examples=examples(2000))
@given(texts)
def test_any_text_is_read_back_by_every_parser_as_key_value_and_item(text: str) -> None:
    document = settle_blocks(f"a:\n  - b: {scalar(text)}\n    {key(text)}: 1\n    c:\n      - {scalar(text)}\n")
    expected = {"a": [{"b": text, text: 1, "c": [text]}]}
    if text in ("b", "c"):
        return
    for result in parsed(document):
        assert result == expected


data = st.recursive(
    st.one_of(texts, st.integers(-(10**6), 10**6), st.booleans(), st.none()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=3)),
    max_leaves=12,
)


@pytest.mark.no_cover
@settings(max_examples=examples(1000))
@given(data)
def test_any_data_is_read_back(value: object) -> None:
    assert yaml.load(yaml_text(value), Loader=yaml.CSafeLoader) == value


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Deploy to ACI", "Deploy to ACI"),
        ("$(Pipeline.Workspace)/landing/s", "$(Pipeline.Workspace)/landing/s"),
        ("and(succeeded(), eq(variables['x'], 'y'))", "and(succeeded(), eq(variables['x'], 'y'))"),
        ("**/test-*.xml", "'**/test-*.xml'"),
        ("3.10", "'3.10'"),
        ("on", "'on'"),
        ("a: b", "'a: b'"),
        ("it's: so", '"it\'s: so"'),
        ("it's: \\a", "'it''s: \\a'"),
        ('it\'s: "a"', "'it''s: \"a\"'"),
        ("all:\n\tmake\n", "|\n\0all:\n\0\tmake"),
        ("a\n \nb", '"a\\n \\nb"'),
        (" a\nb", '" a\\nb"'),
        ("a\n\n\n", "|+\n\0a\n\0\n\0"),
        ("", "''"),
        ("[MLOps]\\Release Approvers", "'[MLOps]\\Release Approvers'"),
        ("tab\there", '"tab\\there"'),
        ("bell\x07", '"bell\\x07"'),
        ("right\u202eto left", '"right\\u202eto left"'),
        ("\U000e0001", '"\\U000e0001"'),
    ],
)
def test_text_is_quoted_only_where_it_has_to_be(text: str, written: str) -> None:
    assert scalar(text) == written


def test_readable_lines_become_a_block_at_the_indentation_of_their_key() -> None:
    script = "set -e\n\nif x; then\n  y\nfi\n"
    text = settle_blocks(f"- a:\n    - script: {scalar(script)}\n      x: 1\n")
    assert text == (
        "- a:\n    - script: |\n        set -e\n\n        if x; then\n          y\n        fi\n      x: 1\n"
    )


def test_a_block_in_a_comment_stays_in_the_comment() -> None:
    text = settle_blocks(f"  # {scalar('a' + chr(10) + 'b: c')}\nx: 1\n")
    assert yaml.safe_load(text) == {"x": 1}


def test_the_comment_filter_keeps_everything_on_one_line() -> None:
    assert comment("a\nb\u2028c\x1b[31m") == "a\\nb\\u2028c\\u001b[31m"


# At the margin, where the key of a whole document stands, these end it or begin another.
@pytest.mark.parametrize("text", ["...", "... x", "---", "--- x", "...x", "a\n...\n", "a\n---\nb", "%YAML 1.2"])
def test_marks_of_documents_are_text(text: str) -> None:
    assert parsed(yaml_text({text: text})) == [{text: text}] * 3
    assert parsed(yaml_text(text)) == [text] * 3


def test_other_values() -> None:
    assert [scalar(value) for value in (True, False, 12, None, Markup("{as: is}"))] == [
        "true",
        "false",
        "12",
        "null",
        "{as: is}",
    ]
    with pytest.raises(TypeError, match="list is not a YAML scalar"):
        scalar([1])
