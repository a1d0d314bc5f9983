"""Links lead somewhere: to files that are there, to headings that are there, and outside only by https."""

import re
from functools import cache
from pathlib import Path

import pytest

from support.pages import ROOT

PAGES = sorted(
    path.relative_to(ROOT).as_posix()
    for pattern in ("*.md", ".github/*.md", "docs/**/*.md", "editors/*/*.md")
    for path in ROOT.glob(pattern)
)
_LINK = re.compile(r"(?<!\\)\]\((?P<target>[^)\s]+)\)")
_CODE = re.compile(r"^( *)```.*?^\1```|`[^`\n]*`", re.MULTILINE | re.DOTALL)


@cache
def anchors(path: Path) -> frozenset[str]:
    """The anchors of the headings of a page."""
    text = re.sub(r"^```.*?^```", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return frozenset(re.sub(r"[^\w\s-]", "", title).strip().lower().replace(" ", "-") for title in titles)


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page: str) -> None:
    path = ROOT / page
    for found in _LINK.finditer(_CODE.sub("", path.read_text(encoding="utf-8"))):
        target = found["target"]
        if "://" in target:
            assert re.fullmatch(r"https://[\w.-]+\.[a-z]+(/\S*)?", target), f"{page}: {target}"
            continue
        name, _, anchor = target.partition("#")
        there = (path.parent / name).resolve() if name else path
        assert there.exists(), f"{page}: {target} is not there"
        assert there.is_relative_to(ROOT), f"{page}: {target} leads out of the checkout"
        if page.startswith("docs/"):
            assert there.is_relative_to(ROOT / "docs"), f"{page}: {target} is no part of the site"
        if anchor:
            assert anchor in anchors(there), f"{page}: {target}: no such heading"
