"""The tests take the same examples each time; a search for others is a command of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.process import PATIENT, unmeasured

ROOT = Path(__file__).parent.parent
DRAWN = """\
from hypothesis import given
from hypothesis import strategies as st


@given(st.text())
def test_drawn(text: str) -> None:
    print("drawn", ascii(text))


def test_fixed() -> None:
    print("fixed")
"""


def said(folder: Path, *options: str, **variables: str) -> list[str]:
    """What tests of a folder print, run as those of this one are."""
    (folder / "test_drawn.py").write_text(DRAWN, encoding="utf-8")
    environment = {name: value for name, value in unmeasured().items() if name not in {"CI", "PYTEST_ADDOPTS"}}
    paths = os.pathsep.join([str(ROOT / "generator"), str(ROOT / "tests")])
    arguments = ["-qs", "-p", "conftest", "-p", "no:cacheprovider", "-c", str(ROOT / "pyproject.toml"), *options]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *arguments, str(folder)],
        cwd=folder, env=environment | {"PYTHONPATH": paths} | variables,
        capture_output=True, text=True, timeout=PATIENT, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return [line.lstrip(".") for line in done.stdout.splitlines() if line.lstrip(".").startswith(("drawn", "fixed"))]


@pytest.mark.no_cover
def test_examples_are_the_same_each_time_but_in_a_search(tmp_path: Path) -> None:
    runs = [said(tmp_path), said(tmp_path, CI="true")]
    assert runs[0] == runs[1]
    assert "fixed" in runs[0]
    assert len(set(runs[0])) > 50
    found = said(tmp_path, "--search")
    assert found[:50] != runs[0][:50]
    assert "fixed" not in found
    assert len(set(found)) > 500
