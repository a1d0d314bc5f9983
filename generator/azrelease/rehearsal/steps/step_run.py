"""A step that is about to run, and what came of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypeAlias

from azrelease.rehearsal.outcome import Remark, Result, TestCase
from azrelease.rehearsal.pipeline import RehearsedStep
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


class Limit(NamedTuple):
    """How long something may take: the seconds that are left, and what to say when they are over."""

    seconds: float
    words: str


class StepDownload(NamedTuple):
    """What a step downloads.

    Attributes:
        alias: the alias of the source; `current` for what the pipeline has published itself.
        artifact: the artifact; None for all that there are.
        target: the folder; None for that of the agent.
        patterns: which files of it.
    """

    alias: str
    artifact: str | None = None
    target: str | None = None
    patterns: tuple[str, ...] = ("**",)


@dataclass(frozen=True)
class StepRun:
    """A step with its macros expanded, and where it runs.

    Attributes:
        step: the step.
        sandbox: the sandbox.
        environment: all of the environment of its programs.
        line: takes each line of its log, and whether that came from standard error.
        limit: how long it may take.
        python: the Python that packages and servers of the rehearsal run with.
        confirm: asks whether somebody agrees: what for, and the instructions.
        fetch: lays an artifact out, and says where.
        started: told of each process that was started, by its number.
    """

    step: RehearsedStep
    sandbox: Sandbox
    environment: Mapping[str, str]
    line: Callable[[str, bool], None]
    limit: "Limit | None"
    python: str
    confirm: Callable[[str, str], bool]
    fetch: Callable[["StepDownload"], Path]
    started: Callable[[int], None]

    def input(self, *names: str, default: str = "") -> str:
        """An input by any of its names."""
        return next((self.step.inputs[name] for name in names if self.step.inputs.get(name)), default)

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Whether an input is true."""
        return self.input(name, default=str(default)).casefold() == "true"

    def path(self, text: str) -> Path:
        """A path as the agent takes it: a relative one begins in System.DefaultWorkingDirectory."""
        return self.sandbox.sources / text

    def folder(self) -> Path:
        """The working folder of the step."""
        return self.path(self.input("workingdirectory", "cwd"))

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
            seconds = None if self.limit is None else self.limit.seconds
            ended = run(command, folder, self.environment, self.line, seconds, self.started)
        except (OSError, ValueError) as error:
            # A value with a zero byte, or a name with `=`, goes into no environment.
            why = error.strerror if isinstance(error, OSError) else error
            return self.wrong(f"{command[0]} cannot be started: {why or error}")
        return self._judged(ended, fails_on_errors=fails_on_errors)

    def _judged(self, ended: Ended, *, fails_on_errors: bool) -> Performed:
        if ended.code is None:
            return self.wrong(f"{self.limit.words if self.limit else 'it took too long'}, and was ended")
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
