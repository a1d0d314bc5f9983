"""The pages and pictures that are generated are current."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from azrelease.lint.rules import built_in_rules
from azrelease.release.tasks.registry import ANY, TASKS, task_class
from azrelease.report.rule_page import rule_index, rule_page
from support.reference import reference_pages
from support.reference.pictures import check_picture, release_picture
from support.reference.tasks import task_examples

DOCS = Path(__file__).parent.parent / "docs"


def test_the_pages_of_the_rules_are_current(update_golden: bool) -> None:
    pages = {f"{rule.code.id}.md": rule_page(rule) for rule in built_in_rules()}
    pages["index.md"] = rule_index(built_in_rules())
    folder = DOCS / "rules"
    if update_golden:
        for old in folder.glob("*.md"):
            old.unlink()
        for name, text in pages.items():
            (folder / name).write_text(text, encoding="utf-8", newline="")
    assert {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.md")} == pages, (
        "pytest --update-golden writes them"
    )


def test_the_generated_pages_of_the_reference_are_current(update_golden: bool) -> None:
    for name, text in reference_pages().items():
        path = DOCS / "reference" / name
        if update_golden:
            path.write_text(text, encoding="utf-8", newline="")
        assert path.read_text(encoding="utf-8") == text, f"pytest --update-golden writes {name}"


@pytest.mark.parametrize(
    ("name", "picture"),
    [
        ("release.svg", release_picture),
        pytest.param(
            "check.svg",
            check_picture,
            marks=pytest.mark.skipif(sys.platform == "win32", reason="its colours come from a terminal of POSIX"),
        ),
    ],
)
def test_a_picture_is_current(name: str, picture: Callable[[Path], str], update_golden: bool, tmp_path: Path) -> None:
    path, drawn = DOCS / "images" / name, picture(tmp_path)
    if update_golden:
        path.parent.mkdir(exist_ok=True)
        path.write_text(drawn, encoding="utf-8", newline="")
    assert path.read_text(encoding="utf-8") == drawn, f"pytest --update-golden writes {name}"


@pytest.mark.parametrize(("name", "fields"), task_examples().items(), ids=task_examples())
def test_the_example_of_a_task_is_one(name: str, fields: dict[str, object]) -> None:
    found = task_class(name)
    assert found is not None
    found.model_validate(fields)


def test_every_task_has_an_example() -> None:
    assert {"Task" if "@" in name else name for name in task_examples()} == {*TASKS, ANY}
