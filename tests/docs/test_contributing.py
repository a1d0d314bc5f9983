"""CONTRIBUTING.md leads to a rule and a task: its steps are done in a copy of the checkout."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from support.pages import ROOT, Block, blocks, commands
from support.process import PATIENT, unmeasured

COPIED = ("docs", "generator", "samples", "schemas", "templates", "tests", "LICENSE", "README.md", "pyproject.toml")
_NOT_RUN = (
    "python3 -m venv .venv",
    ".venv/bin/pip install --quiet --editable '.[dev,docs]'",
    ".venv/bin/mypy",
    ".venv/bin/lint-imports",
    ".venv/bin/python -m pytest --search --numprocesses auto",
)
"""What the checkout of these tests has done already, and what takes too long to be done once more."""

pytestmark = pytest.mark.no_cover


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    leave_out = shutil.ignore_patterns("__pycache__", "cases-*", "*.svg")
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, tmp_path / name, ignore=leave_out)
        else:
            shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def test_its_steps_lead_to_a_rule_and_a_task(checkout: Path) -> None:
    page = list(blocks((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")))
    for block in page:
        if "file" in block.notes:
            path = checkout / block.notes["file"]
            assert path.parent.is_dir()
            assert not path.exists()
            path.write_text(block.text, encoding="utf-8", newline="")
        if "add" in block.notes:
            add(block, checkout / block.notes["add"])
        for command in commands(block):
            if command.text not in _NOT_RUN:
                run(command.words, checkout)
    for block in page:
        if "file" in block.notes:
            assert (checkout / block.notes["file"]).read_text(encoding="utf-8") == block.text, "as ruff formats it"
    assert (checkout / "docs" / "rules" / "AZR199.md").is_file()
    assert "DeploymentLog" in (checkout / "schemas" / "release.schema.json").read_text(encoding="utf-8")


def add(block: Block, path: Path) -> None:
    """Put a block below the line that the page names, which the file has once."""
    text = path.read_text(encoding="utf-8")
    line = f"{block.notes['below']}\n"
    assert f"\n{text}".count(f"\n{line}") == 1, f"{path.name} has no such line: {line}"
    path.write_text(f"\n{text}".replace(f"\n{line}", f"\n{line}{block.text}")[1:], encoding="utf-8", newline="")


def run(words: tuple[str, ...], checkout: Path) -> None:
    """Run a command of `.venv/bin` as the module that it is, of the copy."""
    program, *arguments = words
    name = program.removeprefix(".venv/bin/")
    assert name != program, words
    paths = os.pathsep.join([str(checkout / "generator"), str(checkout / "tests")])
    module = [sys.executable, *([] if name == "python" else ["-m", name])]
    done = subprocess.run(
        [*module, *arguments],
        cwd=checkout,
        env={**unmeasured(), "PYTHONPATH": paths, "PYTEST_ADDOPTS": "-p no:cacheprovider"},
        capture_output=True,
        check=False,
        text=True,
        timeout=PATIENT,
    )
    assert done.returncode == 0, f"{words}\n{done.stdout}{done.stderr}"
