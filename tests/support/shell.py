"""Scripts of a rendered pipeline, and a stand-in `az` and `pytest` to run them against."""

import os
import stat
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from support.process import PATIENT

_RECORD = """\
#!/bin/sh
printf '%s\\0' "$#" "${0##*/}" "$@" >> "$CALLS"
"""
_AZ = """\
case "$*" in
  *"computetarget list"*) grep -aq computetarget.create "$CALLS" && CLUSTERS=${MADE-}; printf '%s\\n' "${CLUSTERS-}" ;;
  *"service show"*) printf '%s\\n' "${URL-http://127.0.0.1/score}" ;;
  *"service get-keys"*) printf '%s\\n' "${KEY-s3cret}" ;;
esac
case "$*" in *"${FAIL_ON:-nothing fails}"*) exit 3 ;; esac
"""


@dataclass(frozen=True)
class Run:
    code: int
    out: str
    calls: list[list[str]]


@dataclass(frozen=True)
class Shell:
    """Runs scripts with `az` and `pytest` replaced by programs that write down how they were called."""

    bash: str
    folder: Path

    def __call__(self, script: str, env: Mapping[str, str] | None = None) -> Run:
        programs = self.folder / "bin"
        if not programs.is_dir():
            programs.mkdir()
            for name, more in (("az", _AZ), ("pytest", "")):
                program = programs / name
                program.write_text(_RECORD + more, encoding="utf-8", newline="\n")
                program.chmod(program.stat().st_mode | stat.S_IEXEC)
        calls = self.folder / "calls"
        calls.write_bytes(b"")
        file = self.folder / "script.sh"
        file.write_bytes(script.encode())
        done = subprocess.run(
            [self.bash, "--noprofile", "--norc", str(file)],
            capture_output=True,
            check=False,
            env={"PATH": f"{programs}{os.pathsep}{os.environ['PATH']}", "CALLS": str(calls), **(env or {})},
            stdin=subprocess.DEVNULL,
            timeout=PATIENT,
        )
        return Run(done.returncode, (done.stdout + done.stderr).decode(), list(_calls(calls.read_bytes().decode())))


def _calls(recorded: str) -> Iterator[list[str]]:
    """Calls as they were written down: the number of arguments, the program, the arguments."""
    words = iter(recorded.split("\0")[:-1])
    for count in words:
        yield [next(words) for _ in range(int(count) + 1)]


def known_variables(pipeline: Mapping[str, Any]) -> dict[str, str]:
    """The variables of a parsed pipeline and of its stages together."""
    found: dict[str, str] = {}
    for owner in (pipeline, *pipeline["stages"]):
        given = owner.get("variables", {})
        found |= given if isinstance(given, dict) else {e["name"]: e["value"] for e in given if "name" in e}
    return found


def steps_of(pipeline: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """All steps of a parsed pipeline."""
    for stage in pipeline["stages"]:
        for job in stage["jobs"]:
            yield from job["steps"] if "steps" in job else next(iter(job["strategy"].values()))["deploy"]["steps"]


def scripts_of(pipeline: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Display name, text and environment of every bash script that stands in a parsed pipeline."""
    for step in steps_of(pipeline):
        inputs = step.get("inputs", {})
        text = inputs.get("inlineScript") if inputs.get("scriptType") == "bash" else inputs.get("script")
        if text and step["task"] in ("AzureCLI@2", "Bash@3"):
            yield step.get("displayName", step["task"]), text, step.get("env", {})
