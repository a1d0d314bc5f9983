"""The pages of the rules are those that the rules themselves say."""

from pathlib import Path

from azrelease.lint.rules import RULES
from azrelease.report.rule_page import rule_index, rule_page

FOLDER = Path(__file__).parent.parent / "docs" / "rules"


def test_the_pages_of_the_rules_are_current(update_golden: bool) -> None:
    pages = {f"{rule.code.id}.md": rule_page(rule) for rule in RULES}
    pages["index.md"] = rule_index(RULES)
    if update_golden:
        for old in FOLDER.glob("*.md"):
            old.unlink()
        for name, text in pages.items():
            (FOLDER / name).write_text(text, encoding="utf-8", newline="")
    assert {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md")} == pages, (
        "pytest --update-golden writes them"
    )
