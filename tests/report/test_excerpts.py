"""The line of a finding: the caret stands below what it is about, whatever stands before."""

import pytest

from azrelease.diagnostics import Diagnostic, Severity, Span
from azrelease.lint import FileReport, Finding
from azrelease.lint.rules import built_in_rules
from azrelease.report.markdown import format_markdown
from azrelease.report.text import format_reports

CODE = built_in_rules()[0].code


def shown(line: str, start: int, end: int, end_line: int = 3) -> list[str]:
    """The lines of the terminal that show a line of a file."""
    found = Finding(Diagnostic(CODE, "wrong", "a.yml", Span(3, start, end_line, end), None, None), line)
    return format_reports([FileReport("a.yml", (found,))]).splitlines()[1:3]


@pytest.mark.parametrize(
    ("line", "start", "end", "below"),
    [
        ("name: x", 7, 8, "      ^"),
        ("name: long", 7, 11, "      ^^^^"),
        ("né: x", 5, 6, "    ^"),
        ("中文: x", 5, 6, "      ^"),
        ("e\u0301: x", 5, 6, "   ^"),
        ("a: 中文", 4, 6, "   ^^^^"),
        ("name:", 6, 7, "     ^"),
        ("name:", 20, 21, "     ^"),
    ],
)
def test_the_caret_stands_below_it(line: str, start: int, end: int, below: str) -> None:
    assert shown(line, start, end) == [f"  3 | {line}", f"    | {below}"]


def test_of_what_goes_on_in_further_lines_the_beginning_is_marked() -> None:
    assert shown("run: |", 6, 20, end_line=5)[1] == "    |      ^"


def test_of_a_very_long_line_the_part_around_the_place_is_shown() -> None:
    line = "a" * 500 + "!" + "b" * 500
    text, caret = shown(line, 501, 502)
    assert len(text) == len("  3 | ") + 160
    assert text[caret.index("^")] == "!"
    text, caret = shown(line, 3, 4)
    assert (text, caret) == (f"  3 | {'a' * 160}", "    |   ^")


def test_a_comment_on_a_pull_request() -> None:
    found = Finding(Diagnostic(CODE, "a_b is <wrong>", "a.yml", Span(3, 1, 3, 2), "Do `x`.", Severity.WARNING), "line")
    assert format_markdown([FileReport("a.yml", (found,)), FileReport("b.yml", ())]) == (
        "## azrelease check\n\n2 files checked: 1 warning\n\n### `a.yml`\n\n| line | | finding | |\n|---:|---|---|---|\n"
        "| 3 | \N{WARNING SIGN}\N{VARIATION SELECTOR-16} warning | a\\_b is \\<wrong\\><br>Do `x`. | AZR001 not-utf8 |\n"
    )
