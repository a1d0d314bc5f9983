"""An attempt to run a step: its environment, its log, and the logging commands in it.

Source of the rules: azure-pipelines-agent (TaskRunner.cs, TaskCommandExtension.cs).
"""

import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from azrelease.catalog.logging_commands import IssuedCommand, parse_command
from azrelease.rehearsal.machine import JobState, Machine
from azrelease.rehearsal.outcome import Remark, Result
from azrelease.rehearsal.pipeline import RehearsedStep
from azrelease.rehearsal.steps import StepResult, StepRun, TimeLimit, perform_step
from azrelease.rehearsal.undefined_variables import undefined_variables
from azrelease.rehearsal.variables import JobVariable
from azrelease.syntax.macros import expand

_UNINFORMATIVE = ("##[", "##vso[", "=")
"""The beginnings of lines that explain nothing: those of the agent, and the rules that test runners draw."""

_RESULTS = {
    "Succeeded": Result.SUCCEEDED,
    "SucceededWithIssues": Result.WARNED,
    "Failed": Result.FAILED,
    "Canceled": Result.FAILED,
    "Skipped": Result.SKIPPED,
    "Abandoned": Result.FAILED,
}
_BY_SEVERITY = (Result.LEFT_OUT, Result.SUCCEEDED, Result.WARNED, Result.FAILED, Result.SKIPPED)
"""The later of two results of a step counts (azure-pipelines-agent, TaskResultUtil.MergeTaskResults)."""


class StepAttempt:
    """A step with its expanded inputs, which can run several times.

    Attributes:
        log: the lines of its log, masked.
        remarks: the remarks that it made with logging commands.
    """

    def __init__(
        self, machine: Machine, step: RehearsedStep, title: str, state: JobState, values: Mapping[str, str]
    ) -> None:
        self._machine, self.title, self._state = machine, title, state
        inputs = {name: expand(value, values) for name, value in step.inputs.items()}
        env = {name: expand(value, values) for name, value in step.env.items()}
        self._step = step._replace(title=title, inputs=inputs, env=env)
        self.log: list[str] = []
        self.remarks: list[Remark] = []
        self._result = Result.LEFT_OUT

    def perform(self) -> StepResult:
        """Run the step once."""
        self._result = Result.LEFT_OUT
        result = perform_step(self._run())
        return result._replace(result=_worse(result.result, self._result))

    def folder(self) -> Path:
        """The working folder."""
        return self._run().folder()

    def environment(self) -> dict[str, str]:
        """The whole environment of the step."""
        sandbox = self._machine.sandbox
        given = {**sandbox.environment(), **self._state.variables.environment(), **self._step.env}
        # The Python of UsePythonVersion has an environment in the sandbox; any other one belongs to the machine.
        packages = {} if "pythonLocation" in self._state.variables else sandbox.packages(given)
        return {**given, **packages, **sandbox.fixed(given), "PATH": self._path()}

    def add_line(self, text: str) -> None:
        """Add a line to the log."""
        masked = self._machine.masker.mask(text)
        self.log.append(masked)
        self._machine.watcher.line(masked)

    def explanations(self, *, failed: bool, known: Sequence[Remark]) -> tuple[Remark, ...]:
        """Possible causes of a failure, or of one to come; without any error, the last line of the log is one."""
        log, path = "\n".join(self.log), self._path()
        remarks = list(undefined_variables(self._step, log=log, failed=failed, path=path))
        if failed and not any(remark.severity == "error" for remark in (*known, *remarks)):
            lines = [line.strip() for line in self.log if line.strip() and not line.startswith(_UNINFORMATIVE)]
            text = f"it failed; its last line: {lines[-1]}" if lines else "it failed without output"
            remarks.append(Remark("error", text, self.title))
        return tuple(remarks)

    def _run(self) -> StepRun:
        return StepRun(self._step, self._machine, self.environment(), self._handle_line, self._limit())

    def _limit(self) -> TimeLimit | None:
        """The timeout of the step, or the rest of that of its job."""
        limits: list[TimeLimit] = []
        if self._step.timeout is not None:
            limits.append(TimeLimit(self._step.timeout * 60, f"it took longer than {self._step.timeout:g} minutes"))
        if self._state.until is not None:
            seconds = max(0.001, self._state.until - time.monotonic())
            limits.append(TimeLimit(seconds, f"its job took longer than {self._state.minutes:g} minutes"))
        return min(limits, default=None)

    def _path(self) -> str:
        sandbox = self._machine.sandbox
        return os.pathsep.join((str(sandbox.programs), *self._state.path, sandbox.environment()["PATH"]))

    def _handle_line(self, text: str, _is_error: bool) -> None:
        command = parse_command(text)
        if command is not None:
            try:
                self._execute(command)
            except ValueError as error:
                self._result = Result.FAILED
                self._remark("error", str(error))
        self.add_line(text)

    def _remark(self, severity: str, text: str) -> None:
        self.remarks.append(Remark(severity, text, self.title))

    def _execute(self, command: IssuedCommand) -> None:
        match command.name:
            case "task.setvariable":
                self._set_variable(command)
            case "task.setsecret":
                self._mask(command)
            case "task.prependpath":
                self._state.path = (command.data, *self._state.path)
            case "task.complete":
                result = _RESULTS.get(command.properties.get("result", ""))
                if result is None:
                    raise ValueError(f"the `result` of `task.complete` must be one of: {', '.join(_RESULTS)}")
                self._result = _worse(result, self._result)
            case "task.logissue":
                severity = command.properties.get("type", "").casefold()
                if severity in ("error", "warning"):
                    self._remark(severity, command.data)
            case "task.uploadsummary" | "task.uploadfile" | "task.addattachment":
                if not (self._machine.sandbox.sources / command.data).is_file():
                    self._remark("warning", f"the agent cannot upload {command.data}: it does not exist")
            case _:
                # Other areas are for services that are out of reach: build tags, artifacts.
                pass

    def _mask(self, command: IssuedCommand) -> None:
        self._machine.masker.add(command.data)
        self._machine.masker.add(command.written)

    def _set_variable(self, command: IssuedCommand) -> None:
        name = command.properties.get("variable", "")
        if not name:
            raise ValueError("`task.setvariable` requires the property `variable`")
        secret = command.flag("issecret")
        if secret:
            self._mask(command)
        if command.flag("isoutput"):
            name = f"{self._step.name or 'step'}.{name}"
            self._state.outputs[name] = command.data
        if not self._state.variables.set(JobVariable(name, command.data, secret, command.flag("isreadonly"))):
            self._remark("warning", f"`{name}` is read-only and keeps its value")


def _worse(one: Result, other: Result) -> Result:
    return max(one, other, key=_BY_SEVERITY.index)
