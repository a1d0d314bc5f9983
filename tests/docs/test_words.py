"""The hand-written pages are in plain English, as the messages are."""

import re

import pytest

from support.pages import ROOT, written_pages

AVOIDED = re.compile(
    r"\b(is no|stands (in|at|there|for)|told|tells|whoever|made here|say --|people|nobody|mend(s|ed|ing)?|of its own accord"
    r"|there is nothing to|so to speak|a stranger'?s?|looked at|anew|in silence)\b",
    re.IGNORECASE,
)
_CODE = re.compile(r"^( *)```.*?^\1```|`[^`\n]*`", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize(
    "page", ["CONTRIBUTING.md", ".github/SECURITY.md", "editors/vscode/README.md", *written_pages()]
)
def test_a_page_avoids_quaint_words(page: str) -> None:
    text = _CODE.sub("", (ROOT / page).read_text(encoding="utf-8"))
    assert [found[0] for found in AVOIDED.finditer(text)] == []
