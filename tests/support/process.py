"""Real processes."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path


def unmeasured() -> dict[str, str]:
    """The environment without what has a process measure its coverage, for one that runs nothing of ours."""
    return {name: value for name, value in os.environ.items() if not name.startswith("COV")}


@dataclass(frozen=True)
class Result:
    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Cli:
    """`azrelease` in a folder."""

    folder: Path

    def __call__(self, *arguments: str, cwd: Path | None = None) -> Result:
        done = subprocess.run(
            [sys.executable, "-m", "azrelease", *arguments],
            cwd=cwd or self.folder,
            capture_output=True,
            check=False,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "COLUMNS": "100", "NO_COLOR": "1"},
            stdin=subprocess.DEVNULL,
            timeout=60,
        )
        return Result(done.returncode, done.stdout.decode(), done.stderr.decode())

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
        return path
