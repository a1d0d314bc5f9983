"""The pages of the documentation as things that can be run: their blocks, the commands in them, the folder they run in."""

from pathlib import Path

from support.pages.blocks import Block, Command, blocks, commands
from support.pages.scenario import Scenario

ROOT = Path(__file__).parents[3]
GENERATED = (
    "docs/rules/",
    *(f"docs/reference/{name}.md" for name in ("commands", "loss-table", "release-file", "tasks")),
)
"""What the code writes; the tests of the rules and tests/test_docs.py are for these."""


def written_pages() -> list[str]:
    """README.md and the pages of docs/ that are not generated, as paths from the top."""
    paths = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").rglob("*.md"))
    return ["README.md", *(path for path in paths if not path.startswith(GENERATED))]


__all__ = ["ROOT", "Block", "Command", "Scenario", "blocks", "commands", "written_pages"]
