"""A step that runs, and its result."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypeAlias

from azrelease.rehearsal.machine import Machine
from azrelease.rehearsal.outcome import Remark, Result, TestCase
from azrelease.rehearsal.pipeline import RehearsedStep
from azrelease.rehearsal.processes import run
from azrelease.rehearsal.sandbox import Sandbox


class StepResult(NamedTuple):
    """The result of a step.

    Attributes:
        tests: the test results that it published.
        variables: variables that it sets for later steps.
        path: folders that it puts in front of the path.
    """

    result: Result
    remarks: tuple[Remark, ...] = ()
    tests: tuple[TestCase, ...] = ()
    variables: Mapping[str, str] = {}
    path: tuple[str, ...] = ()


class TimeLimit(NamedTuple):
    """The remaining seconds of a step, and the message for its timeout."""

    seconds: float
    message: str


@dataclass(frozen=True)
class StepRun:
    """An expanded step on a machine.

    Attributes:
        line: takes each line of its log, and whether that came from standard error.
    """

    step: RehearsedStep
    machine: Machine
    environment: Mapping[str, str]
    line: Callable[[str, bool], None]
    limit: TimeLimit | None = None

    @property
    def sandbox(self) -> Sandbox:
        """The sandbox of the machine."""
        return self.machine.sandbox

    def input(self, *names: str, default: str = "") -> str:
        """An input by any of its names."""
        return next((self.step.inputs[name] for name in names if self.step.inputs.get(name)), default)

    def flag(self, name: str) -> bool:
        """Whether an input is true."""
        return self.input(name).casefold() == "true"

    def path(self, text: str) -> Path:
        """A path; a relative one begins in System.DefaultWorkingDirectory."""
        return self.sandbox.sources / text

    def folder(self) -> Path:
        """The working folder of the step."""
        return self.path(self.input("workingdirectory", "cwd"))

    def log(self, text: str) -> None:
        """Add a line to the log."""
        self.line(text, False)

    def fail(self, text: str) -> StepResult:
        """Fail with an error."""
        self.line(f"##[error]{text}", True)
        return StepResult(Result.FAILED, (self.remark("error", text),))

    def remark(self, severity: str, text: str) -> Remark:
        """A remark about the step."""
        return Remark(severity, text, self.step.title)

    def run(self, command: list[str], *, fails_on_errors: bool = False) -> StepResult:
        """Run a program as the step; `fails_on_errors` when output on standard error makes it fail."""
        folder = self.folder()
        if not folder.is_dir():
            return self.fail(f"the working folder {self.display_path(folder)} does not exist")
        try:
            seconds = None if self.limit is None else self.limit.seconds
            process = run(command, folder, self.environment, self.line, seconds, self.machine.processes.append)
        except (OSError, ValueError) as error:
            # An environment takes no value with a zero byte, and no name with `=`.
            reason = error.strerror if isinstance(error, OSError) else error
            return self.fail(f"cannot start {command[0]}: {reason or error}")
        if process.code is None:
            return self.fail(f"{self.limit.message if self.limit else 'it took too long'}, and was ended")
        if process.code:
            self.line(f"##[error]The script ended with exit code {process.code}.", True)
            return StepResult(Result.FAILED)
        if fails_on_errors and process.wrote_errors:
            return self.fail("it wrote to standard error, which makes this step fail")
        return StepResult(Result.SUCCEEDED)

    def script_file(self, text: str, suffix: str) -> Path:
        """Write a script to a file, as the agent does."""
        number = sum(1 for _ in self.sandbox.temporary.glob("step-*"))
        place = self.sandbox.temporary / f"step-{number + 1}{suffix}"
        place.write_text(text, encoding="utf-8", newline="\n")
        return place

    def display_path(self, path: Path) -> str:
        """A path relative to $(Pipeline.Workspace), where it is inside."""
        try:
            return f"$(Pipeline.Workspace)/{path.resolve().relative_to(self.sandbox.workspace).as_posix()}"
        except ValueError:
            return str(path)


PerformStep: TypeAlias = Callable[[StepRun], StepResult]
