"""Runs of pytest that tests start do not touch the folders of this one."""

import subprocess
import sys
from pathlib import Path

from support.process import PATIENT

PRINTS = "def test_prints(tmp_path):\n    print(f'folder {tmp_path}')\n"


def test_a_run_that_a_test_starts_has_its_folders_below_those_of_this_run(tmp_path: Path) -> None:
    (tmp_path / "test_prints.py").write_text(PRINTS, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-qs", "-p", "no:cacheprovider", "--rootdir", str(tmp_path), str(tmp_path)],
        cwd=tmp_path, capture_output=True, text=True, timeout=PATIENT, check=False,
    )  # fmt: skip
    [folder] = [line.removeprefix("folder ") for line in done.stdout.splitlines() if line.startswith("folder ")]
    assert Path(folder).is_relative_to(tmp_path.parent)
