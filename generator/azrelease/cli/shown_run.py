"""A run on the terminal: its start, its progress, its result."""

import os
import shlex
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple, NoReturn

import typer

from azrelease.cli.output import say, tell, write_text
from azrelease.cli.progress import shown_live
from azrelease.errors import ServiceError
from azrelease.registration import Project
from azrelease.registration.runs import (
    FOLLOW_ATTEMPTS,
    Pace,
    PipelineRuns,
    PublishedTestRun,
    Run,
    RunRequest,
    Runs,
    RunStatus,
    follow,
    without_secrets,
)
from azrelease.release import Release
from azrelease.report.formats import ResultFormat
from azrelease.report.json_object import dumps
from azrelease.report.log_sanitizer import sanitized
from azrelease.report.run_table import changes, run_object, run_table, run_text

FAILED = 1
INTERRUPTED = 130
"""What a shell says of a program that Ctrl-C ended: 128 and the number of the signal."""


class ShownRun(NamedTuple):
    """How a run of a release is shown.

    Attributes:
        runs: the runs of the release.
        form: the format of the result.
        secrets: values that are never shown.
        command: the command that names the same runs.
    """

    runs: Runs
    form: ResultFormat
    secrets: tuple[str, ...]
    command: tuple[str, ...]

    def preview(self, project: Project, release: Release, request: RunRequest) -> None:
        """Print the YAML as the service would run it."""
        runs = PipelineRuns(project, release)
        pipeline = runs.definition()
        yaml = without_secrets(runs.preview(request), self.secrets)
        if self.form is ResultFormat.JSON:
            write_text(dumps({"version": 1, "pipeline": pipeline.path, "yaml": yaml}))
        else:
            write_text(sanitized(yaml if yaml.endswith("\n") else f"{yaml}\n"))

    def start(self, request: RunRequest) -> Run:
        """Start a run.

        Raises:
            Exit: it was interrupted.
            ServiceError: the service does not answer, or refuses.
        """
        definition = self.runs.definition()
        try:
            run = self.runs.start(request)
        except KeyboardInterrupt:
            tell(f"interrupted during the start; check whether it took effect: {definition.link}", error=True)
            raise typer.Exit(INTERRUPTED) from None
        if run.recovered:
            tell(f"the response was lost; the service has started {self.runs.kind} {run.name}", error=True)
        return run

    def say_started(self, run: Run) -> None:
        """Print the run, and how to follow it."""
        if self.form is ResultFormat.JSON:
            shown = {"version": 1, "kind": self.runs.kind, "id": run.id, "name": run.name, "link": run.link}
            write_text(dumps(shown))
        else:
            tell(f"started {self.runs.kind} {run.id} ({run.name}): {run.link}")
            tell(f"follow it with: {self._follow_command(run)}")

    def follow(self, project: Project, run: Run, pace: Pace) -> NoReturn:
        """Follow a run to its end, and leave with its result.

        Raises:
            Exit: the run ended, or was interrupted here.
            ServiceError: the service does not answer, or refuses.
        """
        connection = project.connection
        connection.retry_policy = connection.retry_policy._replace(attempts=FOLLOW_ATTEMPTS)
        statuses = (without_secrets(status, self.secrets) for status in follow(self.runs.status_reader(run.id), pace))
        try:
            last = self._watch(statuses)
            tests = without_secrets(self._test_results(run), self.secrets)
        except KeyboardInterrupt:
            self._say_how_to_follow(run, "continues")
            raise typer.Exit(INTERRUPTED) from None
        except ServiceError:
            self._say_how_to_follow(run, "may continue")
            raise
        write_text(dumps(run_object(last, tests)) if self.form is ResultFormat.JSON else run_text(last, tests))
        raise typer.Exit(0 if last.succeeded else FAILED)

    def _watch(self, statuses: Iterator[RunStatus]) -> RunStatus:
        """Show a run while it goes on; returns its status at the end."""
        on_terminal = sys.stdout is not None and sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
        if self.form is ResultFormat.TEXT and on_terminal:
            return shown_live(statuses, lambda status: run_table(status, datetime.now(UTC)))
        last: RunStatus | None = None
        for status in statuses:
            for line in changes(last, status):
                say(line, error=self.form is ResultFormat.JSON)
            last = status
        assert last is not None
        return last

    def _test_results(self, run: Run) -> tuple[PublishedTestRun, ...]:
        """The test results; where they cannot be read, a message says so, and the result of the run counts."""
        try:
            return self.runs.test_results(run.id)
        except ServiceError as error:
            tell(f"cannot read the test results: {error}", error=True)
            return ()

    def _say_how_to_follow(self, run: Run, state: str) -> None:
        tell(f"{self.runs.kind} {run.name} {state}: {run.link}", error=True)
        tell(f"follow it with: {self._follow_command(run)}", error=True)

    def _follow_command(self, run: Run) -> str:
        return shlex.join((*self.command, "--follow", str(run.id)))
