"""The command line: in a process of its own, as users run it, or in this one, which takes a fraction of the time."""

import contextlib
import io
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from azrelease.cli.app import run

PATIENT = 300
"""Seconds after which a process is taken to hang: far more than any takes on a busy machine, so that none fails for that."""


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
            timeout=PATIENT,
        )
        return Result(done.returncode, done.stdout.decode(), done.stderr.decode())

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
        return path


class CliHere(Cli):
    """`azrelease` in a folder, in this process: for tests of what commands ask of a service, and what they make of it."""

    def __call__(self, *arguments: str, cwd: Path | None = None) -> Result:
        out, err = _Stream(), _Stream()
        with contextlib.chdir(cwd or self.folder), _environment(["azrelease", *arguments], out, err):
            code = run()
        return Result(code, out.text(), err.text())


class _Stream(io.TextIOWrapper):
    def __init__(self) -> None:
        super().__init__(io.BytesIO(), encoding="utf-8", newline="")

    def text(self) -> str:
        """All that was written."""
        self.flush()
        return self.buffer.getvalue().decode() if isinstance(self.buffer, io.BytesIO) else ""


@contextlib.contextmanager
def _environment(arguments: list[str], out: io.TextIOWrapper, err: io.TextIOWrapper) -> Iterator[None]:
    given, stdin, kept = sys.argv, sys.stdin, dict(os.environ)
    os.environ |= {"COLUMNS": "100", "NO_COLOR": "1"}
    try:
        with Path(os.devnull).open(encoding="utf-8") as nothing:
            sys.argv, sys.stdin = arguments, nothing
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                yield
    finally:
        sys.argv, sys.stdin = given, stdin
        os.environ.clear()
        os.environ |= kept
