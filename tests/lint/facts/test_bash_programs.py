"""Bash that is wrong, wherever in a word it stands."""

import json
import shutil

import pytest

from support.linting import check

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")


def refused(script: str) -> list[str]:
    found = check(f"steps:\n- bash: {json.dumps(script)}\n")
    return [diagnostic.code.id for diagnostic in found if diagnostic.code.id == "AZR801"]


@pytest.mark.parametrize(
    "script",
    [
        'echo "$(if true)"',
        'echo "a $(echo "b)"',
        "(echo a",
        "echo a)",
        "echo 'a",
        'echo "a',
        "if true; then echo a",
        "echo a; fi",
        "for x in 1; do echo; fi",
        "case a in a) echo;; ",
        "{ echo a",
        "echo $((1 + 2)",
        "echo ${a",
    ],
)
def test_what_does_not_match_is_found(script: str) -> None:
    assert refused(script) == ["AZR801"]


@pytest.mark.parametrize(
    "script",
    [
        'echo "$(if true; then echo ")"; fi)"',
        "echo a \\) '(' \"(\" # (",
        "if true; then\n  echo 'a\nb'\nfi",
        "case a in\n  a) echo;;\nesac",
        "(cd a && { echo b; })",
        'echo "${a:-"b"}" $((1 + (2)))',
        "cat <<END\n(if\nEND\n",
        "echo fi done }",
        "($(date))",
    ],
)
def test_what_is_right_is_let_pass(script: str) -> None:
    assert refused(script) == []
