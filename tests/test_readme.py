"""README.md stays a page of its own length; tests/docs/test_commands.py runs what it shows."""

from support.pages import ROOT, blocks

PAGE = (ROOT / "README.md").read_text(encoding="utf-8")


def test_it_is_short() -> None:
    assert len(PAGE.splitlines()) <= 180


def test_it_marks_the_two_commands_that_ci_runs() -> None:
    marked = [block.text for block in blocks(PAGE) if ".ci/run runs this block" in block.notes]
    install, tests = marked
    assert install.startswith("python3 -m venv .venv && .venv/bin/pip install --quiet . && ")
    assert ".venv/bin/azrelease render samples/insurance/release.yml" in install
    assert "--editable '.[dev]'" in tests
    assert "-m pytest" in tests
