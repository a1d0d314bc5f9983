"""The language server in Emacs, with the file of `editors/emacs`."""

import json
import os
import shutil
import subprocess
import sys
from collections import ChainMap
from functools import cache
from pathlib import Path

import pytest

from support.broken_pipeline import BROKEN
from support.process import PATIENT, unmeasured

ROOT = Path(__file__).parents[2]
SESSION = Path(__file__).parent / "session.el"


@cache
def emacs() -> str | None:
    """The path of an Emacs that has eglot."""
    found = shutil.which("emacs")
    if found is None:
        return None
    has = subprocess.run(
        [found, "--batch", "--eval", "(require 'eglot)"], check=False, capture_output=True, timeout=PATIENT
    )
    return found if has.returncode == 0 else None


pytestmark = [
    pytest.mark.skipif(emacs() is None, reason="Emacs with eglot is not installed"),
    pytest.mark.no_cover,
]


def test_a_session(tmp_path: Path) -> None:
    """A finding, the final YAML with a change, and a rehearsal."""
    path = tmp_path / "deploy.yml"
    path.write_text(BROKEN, encoding="utf-8")
    own = ["--batch", "--directory", str(ROOT / "editors" / "emacs"), "--load", str(SESSION)]
    done = subprocess.run(
        [str(emacs()), *own, str(path), sys.executable, "-m", "azrelease"],
        cwd=tmp_path,
        env={**unmeasured(), "PYTHONPATH": os.pathsep.join(sys.path), "HOME": str(tmp_path)},
        capture_output=True,
        check=False,
        text=True,
        timeout=PATIENT,
    )
    assert done.returncode == 0, done.stderr
    shown = ChainMap(*(json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")))
    assert "`tset`" in shown["finding"]
    assert "- tset" in shown["final"]
    assert "- test" in shown["current"]
    assert "rehearsal succeeded" in shown["rehearsal"]
