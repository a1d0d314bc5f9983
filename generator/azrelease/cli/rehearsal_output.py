"""A rehearsal on the terminal: its steps as they end, its questions, and a shell where a step failed."""

import logging
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from azrelease.cli.output import can_ask, has_colours, say, tell, write_text
from azrelease.report.log_sanitizer import sanitized_line

if TYPE_CHECKING:
    from azrelease.rehearsal import StepOutcome

logger = logging.getLogger(__name__)


def user_agrees(who: str, instructions: str) -> bool:
    """Ask on the terminal whether the user agrees; without a terminal, the user does not."""
    if not can_ask():
        return False
    if instructions:
        tell(instructions, error=True)
    return bool(typer.confirm(f"{sanitized_line(who)}. Agree?", default=False, err=True))


def open_shell(environment: Mapping[str, str], folder: Path) -> None:
    """Open a shell with the environment of the step that has failed, in its folder or the nearest that exists."""
    program = shutil.which("bash") or shutil.which("sh")
    if program is None:
        say("no shell is installed", error=True)
        return
    say("a step has failed; the shell has its environment. `exit` goes on.", error=True)
    existing = next(path for path in (folder, *folder.parents) if path.is_dir())
    subprocess.run([program], cwd=existing, env=dict(environment), check=False)  # noqa: S603  (the user's shell)


class SilentRehearsal:
    """Prints nothing of a rehearsal."""

    def stage_begins(self, title: str) -> None:
        """Print nothing."""

    def job_begins(self, title: str) -> None:
        """Print nothing."""

    def step_begins(self, title: str) -> None:
        """Print nothing."""

    def line(self, text: str) -> None:
        """Print nothing."""

    def step_ends(self, outcome: "StepOutcome") -> None:
        """Print nothing."""


class PrintedRehearsal:
    """Prints each step as it ends, and the log of a step that failed, or with --verbose of all."""

    def __init__(self) -> None:
        self._colour = has_colours()
        self._live = sys.stdout is not None and sys.stdout.isatty()

    def stage_begins(self, title: str) -> None:
        """Name the stage."""
        tell(f"stage {title}")

    def job_begins(self, title: str) -> None:
        """Name the job."""
        tell(f" {title}")

    def step_begins(self, title: str) -> None:
        """On a terminal, name the step while it runs."""
        if self._live:
            write_text(f"  … {sanitized_line(title)}")

    def line(self, text: str) -> None:
        """With --verbose, print each line as it comes."""
        logger.info("      %s", text)

    def step_ends(self, outcome: "StepOutcome") -> None:
        """Print the result of the step."""
        from azrelease.rehearsal import Result
        from azrelease.report.rehearsals import log_lines, step_line

        erase = "\r\033[K" if self._live else ""
        say(f"{erase}{step_line(outcome, colour=self._colour)}")
        if outcome.result is Result.FAILED:
            for line in log_lines(outcome):
                say(line)
