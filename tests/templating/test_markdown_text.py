"""Texts of others in Markdown are shown as they are, and nothing in them acts."""

import pytest

from azrelease.templating.markdown_text import code, escaped


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("say `a_b` or *c*", "say `a_b` or \\*c\\*"),
        ("`a` and `b`", "`a` and `b`"),
        ("one ` alone, *a*", "one  alone, \\*a\\*"),
        ("two\nlines\tand  blanks", "two lines and blanks"),
        ("<b>@team & #1</b> |", "\\<b\\>&#64;team &amp; \\#1\\</b\\> \\|"),
        ("bell\x07", "bell·"),
    ],
)
def test_only_code_spans_act(text: str, shown: str) -> None:
    assert escaped(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a", "`a`"),
        ("", ""),
        ("a`b", "``a`b``"),
        ("a``b`c", "```a``b`c```"),
        ("`a", "`` `a ``"),
        ("a`", "`` a` ``"),
        ("a|b", "`a\\|b`"),
        ("tab\there", "`tab here`"),
    ],
)
def test_a_code_span_holds_any_text(text: str, shown: str) -> None:
    assert code(text) == shown
