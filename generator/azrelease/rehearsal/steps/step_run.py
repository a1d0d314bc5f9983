"""A step that is about to run, and what came of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypeAlias

from azrelease.rehearsal.outcome import Remark, Result, TestCase
from azrelease.rehearsal.pipeline import Step
from azrelease.rehearsal.processes import Ended, run
from azrelease.rehearsal.sandbox import Sandbox


class Performed(NamedTuple):
    """What came of a step.

    Attributes:
        result: how it ended.
        remarks: what there is to know.
        tests: the results that it published.
        variables: variables that it sets for the steps behind it.
        path: folders that it puts in front of the path.
    """

    result: Result
    remarks: tuple[Remark, ...] = ()
    tests: tuple[TestCase, ...] = ()
    variables: Mapping[str, str] = {}
    path: tuple[str, ...] = ()


@dataclass(frozen=True)
class StepRun:
    """A step with its macros expanded, and where it runs.

    Attributes:
        step: the step.
        sandbox: the sandbox.
        environment: all of the environment of its programs.
        line: takes each line of its log, and whether that came from standard error.
        seconds: how long it may take.
        python: the Python that packages and servers of the rehearsal run with.
        confirm: asks whether somebody agrees: what for, and the instructions.
        sources: the folders that artifacts were laid out in.
    """

    step: Step
    sandbox: Sandbox
    environment: Mapping[str, str]
    line: Callable[[str, bool], None]
    seconds: float | None
    python: str
    confirm: Callable[[str, str], bool]
    sources: tuple[Path, ...]

    def input(self, *names: str, default: str = "") -> str:
        """An input by any of its names."""
        return next((self.step.inputs[name] for name in names if self.step.inputs.get(name)), default)

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Whether an input is true."""
        return self.input(name, default=str(default)).casefold() == "true"

    def folder(self) -> Path:
        """The working folder of the step."""
        given = self.input("workingdirectory", "cwd")
        return Path(given) if given else self.sandbox.sources

    def say(self, text: str) -> None:
        """Add a line to the log."""
        self.line(text, False)

    def wrong(self, text: str) -> Performed:
        """The step fails before anything runs."""
        self.line(f"##[error]{text}", True)
        return Performed(Result.FAILED, (Remark("error", text, self.step.title),))

    def run(self, command: list[str], *, fails_on_errors: bool = False) -> Performed:
        """Run a program as the step.

        Args:
            command: the program and its arguments.
            fails_on_errors: whether the step fails when something comes from standard error.
        """
        folder = self.folder()
        if not folder.is_dir():
            return self.wrong(f"the working folder {self.shown(folder)} is not there")
        try:
            ended = run(command, folder, self.environment, self.line, self.seconds)
        except OSError as error:
            return self.wrong(f"{command[0]} cannot be started: {error.strerror or error}")
        return self._judged(ended, fails_on_errors=fails_on_errors)

    def _judged(self, ended: Ended, *, fails_on_errors: bool) -> Performed:
        if ended.code is None:
            return self.wrong(f"it took longer than {(self.seconds or 0) / 60:g} minutes, and was ended")
        if ended.code:
            self.line(f"##[error]The script ended with exit code {ended.code}.", True)
            return Performed(Result.FAILED)
        if fails_on_errors and ended.wrote_errors:
            return self.wrong("something was written to standard error, which this step fails for")
        return Performed(Result.SUCCEEDED)

    def script_file(self, text: str, suffix: str) -> Path:
        """A script in a file, as the agent writes it."""
        number = sum(1 for _ in self.sandbox.temporary.glob("step-*"))
        place = self.sandbox.temporary / f"step-{number + 1}{suffix}"
        place.write_text(text, encoding="utf-8", newline="\n")
        return place

    def shown(self, path: Path) -> str:
        """A path as a reader of the pipeline knows it: from the workspace."""
        try:
            return f"$(Pipeline.Workspace)/{path.resolve().relative_to(self.sandbox.workspace).as_posix()}"
        except ValueError:
            return str(path)


Performer: TypeAlias = Callable[[StepRun], Performed]
