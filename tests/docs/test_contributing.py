"""CONTRIBUTING.md walks to a rule, a task and the rest: its steps are taken in a copy of the checkout."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from support.pages import ROOT, Block, blocks, commands
from support.process import PATIENT, unmeasured

PACKAGE = ROOT / "generator" / "azrelease"
COPIED = ("docs", "generator", "samples", "schemas", "templates", "tests", "LICENSE", "README.md", "pyproject.toml")
_NOT_RUN = (
    ".venv/bin/mypy",
    ".venv/bin/lint-imports",
)
"""Commands that take too long to be run once more."""

LEADS_TO = {
    "A rule": ("docs/rules/AZR199.md", "endless-job"),
    "A task": ("schemas/release.schema.json", "DeploymentLog"),
    "A kind of resource": ("generator/azrelease/registration/kinds/reviewer_policy.py", "class ReviewerPolicyHandler"),
    "A message": ("tests/release/cases/approvals.txt", "hint: Name each approver once."),
}
"""The sections that are walked, with a generated file and a text that it has in the end."""

pytestmark = pytest.mark.no_cover


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    leave_out = shutil.ignore_patterns("__pycache__", "cases-*")
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, tmp_path / name, ignore=leave_out)
        else:
            shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def section(title: str) -> list[Block]:
    """The blocks of a section of the page."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    [found] = re.findall(rf"^## {title}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    return list(blocks(found))


@pytest.mark.parametrize("title", LEADS_TO)
def test_a_section_leads_to_what_it_promises(title: str, checkout: Path) -> None:
    steps = section(title)
    for block in [*steps, *section("Before a pull request")]:
        if "file" in block.notes:
            path = checkout / block.notes["file"]
            assert path.parent.is_dir()
            assert not path.exists()
            path.write_text(block.text, encoding="utf-8", newline="")
        if "add" in block.notes:
            add(block, checkout / block.notes["add"])
        if "replace" in block.notes:
            replace(block, checkout / block.notes["replace"])
        for command in commands(block):
            if command.text not in _NOT_RUN:
                run(command.words, checkout)
    for block in steps:
        if "file" in block.notes:
            assert (checkout / block.notes["file"]).read_text(encoding="utf-8") == block.text, "as ruff formats it"
    name, text = LEADS_TO[title]
    assert text in (checkout / name).read_text(encoding="utf-8")


def test_the_house_has_the_rooms_of_the_page() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("\n## The house\n")[2]
    rooms = {name for row in re.findall(r"^\| (`.*?`) \|", text, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)}
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    [layers] = [each["layers"] for each in contracts if each["containers"] == ["azrelease"]]
    there = {name for layer in layers for name in layer.split(" | ") if (PACKAGE / name).is_dir()}
    assert there <= rooms
    assert all((PACKAGE / name).is_dir() or (PACKAGE / f"{name}.py").is_file() for name in rooms)


def add(block: Block, path: Path) -> None:
    """Put a block below the line that the page names, which the file has once."""
    line = f"{block.notes['below']}\n"
    substitute(path, line, line + block.text)


def replace(block: Block, path: Path) -> None:
    """Replace the line that the page names, which the file has once."""
    substitute(path, f"{block.notes['line']}\n", block.text)


def substitute(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert f"\n{text}".count(f"\n{old}") == 1, f"{path.name} has no such line: {old}"
    path.write_text(f"\n{text}".replace(f"\n{old}", f"\n{new}")[1:], encoding="utf-8", newline="")


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
