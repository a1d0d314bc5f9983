"""The navigation of the site leads to every page: its builder fails on broken links, but not on a page that is left out."""

from collections.abc import Iterator

import yaml

from support.pages import ROOT


def pages_of(nav: object) -> Iterator[str]:
    """The pages that a part of the navigation names."""
    if isinstance(nav, str):
        yield nav
    elif isinstance(nav, dict):
        for part in nav.values():
            yield from pages_of(part)
    elif isinstance(nav, list):
        for part in nav:
            yield from pages_of(part)


def test_the_navigation_names_every_page_once() -> None:
    config = yaml.safe_load((ROOT / ".mkdocs.yml").read_text(encoding="utf-8"))
    pages = {path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md")}
    shown = {page for page in pages if not page.startswith("rules/AZR")}
    assert sorted(pages_of(config["nav"])) == sorted(shown), "the index of the rules leads to the pages of the rules"
