"""A small agent: runs the steps of a job as that of Azure Pipelines does.

Source of the rules: azure-pipelines-agent (StepsRunner.cs, TaskRunner.cs, TaskCommandExtension.cs).
"""

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, Protocol

from azrelease.redaction import SecretMasker
from azrelease.rehearsal.conditions import ConditionContext, decide
from azrelease.rehearsal.logging_commands import IssuedCommand, parse
from azrelease.rehearsal.outcome import Remark, Result, StepOutcome, TestCase, together, tolerated, with_texts
from azrelease.rehearsal.pipeline import RehearsedStep
from azrelease.rehearsal.sandbox import Sandbox
from azrelease.rehearsal.steps import Limit, Performed, StepDownload, StepRun, performer
from azrelease.rehearsal.undefined_variables import UndefinedVariables, unset
from azrelease.rehearsal.variables import RunVariables, RunVariableValue
from azrelease.syntax.macros import expand

_NO_REASON = ("##[", "##vso[", "=")
"""How lines begin that tell no reason: the agent's own, and the rules that test runners draw."""

_RESULTS = {
    "Succeeded": Result.SUCCEEDED,
    "SucceededWithIssues": Result.WARNED,
    "Failed": Result.FAILED,
    "Canceled": Result.FAILED,
    "Skipped": Result.SKIPPED,
    "Abandoned": Result.FAILED,
}
_WORSE = (Result.LEFT_OUT, Result.SUCCEEDED, Result.WARNED, Result.FAILED, Result.SKIPPED)
"""Of two results of a step the one further behind counts (azure-pipelines-agent, TaskResultUtil.MergeTaskResults)."""


class Watcher(Protocol):
    """Who is told how a rehearsal goes on."""

    def stage_begins(self, title: str) -> None:
        """A stage begins."""

    def job_begins(self, title: str) -> None:
        """A job, or a hook of a deployment, begins."""

    def step_begins(self, title: str) -> None:
        """A step begins."""

    def line(self, text: str) -> None:
        """A step has printed a line; secrets in it are hidden."""

    def step_ends(self, outcome: StepOutcome) -> None:
        """A step has ended."""


class _Noticed(NamedTuple):
    text: str
    serious: bool
    asked_for: bool


@dataclass
class Machine:
    """What all jobs of a rehearsal have in common.

    Attributes:
        sandbox: the sandbox.
        watcher: who is told.
        python: the Python that servers run with.
        confirm: asks whether somebody agrees.
        at_failure: called with the environment and the folder of a step that has failed, before anything else happens.
        fetch: lays an artifact out, and says where.
        masker: hides secrets.
        tests: the results that were published.
        noticed: what the stand-ins of Azure saw going wrong.
        processes: the processes of steps, by their numbers.
    """

    sandbox: Sandbox
    watcher: Watcher
    python: str
    confirm: Callable[[str, str], bool]
    at_failure: Callable[[Mapping[str, str], Path], None]
    fetch: Callable[[StepDownload], Path]
    masker: SecretMasker = field(default_factory=SecretMasker)
    tests: list[TestCase] = field(default_factory=list)
    noticed: list[_Noticed] = field(default_factory=list)
    processes: list[int] = field(default_factory=list)

    def notice(self, text: str, *, serious: bool, asked_for: bool = False) -> None:
        """Note what the stand-ins of Azure refuse, or see going wrong.

        Args:
            text: what it is.
            serious: whether nobody can have wanted that.
            asked_for: whether a test may have asked for it that passed, though its step has failed.
        """
        self.noticed.append(_Noticed(text, serious, asked_for))

    def remarks(self, step: str, *, failed: bool) -> tuple[Remark, ...]:
        """What was noticed since it was last asked, each once; of a step that went well, only what is serious."""
        found = [each for each in dict.fromkeys(self.noticed) if failed or each.serious]
        self.noticed.clear()
        severity = "error" if failed else "warning"
        return tuple(Remark("info" if each.asked_for else severity, each.text, step) for each in found)


@dataclass
class JobState:
    """What the steps of a job, or of a hook, have made of it.

    Attributes:
        variables: its variables.
        path: folders in front of the path.
        result: how it stands.
        outputs: its output variables, `step.name` and value.
        steps: what became of its steps.
        until: when its time is over, on the monotonic clock; None for no limit.
        minutes: how much time it has.
    """

    variables: RunVariables
    path: tuple[str, ...] = ()
    result: Result = Result.SUCCEEDED
    outputs: dict[str, str] = field(default_factory=dict)
    steps: list[StepOutcome] = field(default_factory=list)
    until: float | None = None
    minutes: float = 0.0


def run_steps(machine: Machine, steps: Sequence[RehearsedStep], state: JobState) -> None:
    """Run steps one after the other; those whose condition does not hold are skipped."""
    for step in steps:
        outcome = _run_step(machine, step, state)
        outcome = with_texts(tolerated(outcome) if step.continue_on_error else outcome, machine.masker.mask)
        state.steps.append(outcome)
        machine.watcher.step_ends(outcome)
        if outcome.result in (Result.FAILED, Result.WARNED):
            state.result = together((state.result, outcome.result))


def _run_step(machine: Machine, step: RehearsedStep, state: JobState) -> StepOutcome:
    values = {**state.variables.values(), "agent.jobstatus": state.result.word}
    title = expand(step.title, values)
    if not step.enabled:
        return StepOutcome(title, step.task, Result.SKIPPED)
    verdict = decide(step.condition, ConditionContext(values, {"": state.result}))
    if verdict.problem is not None:
        return StepOutcome(title, step.task, Result.FAILED, remarks=(Remark("error", verdict.problem, title),))
    if not verdict.runs:
        return StepOutcome(title, step.task, Result.SKIPPED)
    machine.watcher.step_begins(machine.masker.mask(title))
    started = time.monotonic()
    attempt = _Attempt(machine, step, title, state, values)
    performed = attempt.perform()
    for again in range(step.retries):
        if performed.result is not Result.FAILED:
            break
        attempt.say(f"##[warning]It failed, and is tried again ({again + 1} of {step.retries}).")
        performed = attempt.perform()
    result = performed.result
    if result is Result.FAILED and not step.continue_on_error:
        machine.at_failure(attempt.environment(), attempt.folder())
    machine.tests += performed.tests
    _take_over(performed, state)
    failed = result is Result.FAILED
    noticed = machine.remarks(title, failed=failed)
    # That something is logged as an error does not make a step fail.
    logged = [r if failed else r._replace(severity="warning") for r in attempt.remarks]
    remarks = (*performed.remarks, *logged, *noticed)
    remarks = (*remarks, *_of_failure(attempt, result, remarks))
    return StepOutcome(title, step.task, result, time.monotonic() - started, tuple(attempt.log), remarks)


def _take_over(performed: Performed, state: JobState) -> None:
    for name, value in performed.variables.items():
        state.variables.set(RunVariableValue(name, value))
    state.path = (*performed.path, *state.path)


class _Attempt:
    """A step while it runs: its log, and what it says in commands."""

    def __init__(
        self, machine: Machine, step: RehearsedStep, title: str, state: JobState, values: Mapping[str, str]
    ) -> None:
        self._machine, self.title, self._state = machine, title, state
        inputs = {name: expand(value, values) for name, value in step.inputs.items()}
        self.env = {name: expand(value, values) for name, value in step.env.items()}
        self._step = step._replace(title=title, inputs=inputs, env=self.env)
        self.log: list[str] = []
        self.remarks: list[Remark] = []
        self._result = Result.LEFT_OUT

    def perform(self) -> Performed:
        """Do it once."""
        self._result = Result.LEFT_OUT
        performed = performer(self._step.task)(self._run())
        return performed._replace(result=max(performed.result, self._result, key=_WORSE.index))

    def folder(self) -> Path:
        """The folder that it works in."""
        return self._run().folder()

    def _run(self) -> StepRun:
        return StepRun(
            step=self._step,
            sandbox=self._machine.sandbox,
            environment=self.environment(),
            line=self._line,
            limit=self._limit(),
            python=self._machine.python,
            confirm=self._confirm,
            fetch=self._machine.fetch,
            started=self._machine.processes.append,
        )

    def _limit(self) -> Limit | None:
        """How long it may take: what it has itself, or what is left to its job."""
        found: list[Limit] = []
        if self._step.timeout is not None:
            found.append(Limit(self._step.timeout * 60, f"it took longer than {self._step.timeout:g} minutes"))
        if self._state.until is not None:
            left = max(0.001, self._state.until - time.monotonic())
            found.append(Limit(left, f"its job took longer than {self._state.minutes:g} minutes"))
        return min(found, default=None)

    def _confirm(self, who: str, instructions: str) -> bool:
        mask = self._machine.masker.mask
        return self._machine.confirm(mask(who), mask(instructions))

    def environment(self) -> dict[str, str]:
        """All of the environment of the step."""
        sandbox = self._machine.sandbox
        given = {**sandbox.environment(), **self._state.variables.environment(), **self.env}
        # The Python that UsePythonVersion took has an environment in the sandbox; any other is that of the machine.
        own = {} if "pythonLocation" in self._state.variables else sandbox.packages(given)
        return {**given, **own, **sandbox.fixed(given), "PATH": self._path()}

    def say(self, text: str) -> None:
        """Add a line to the log."""
        self._line(text, False)

    def unset(self, *, failed: bool) -> Iterator[UndefinedVariables]:
        """The names in it that stand for nothing."""
        return unset(
            self._step.task, self._step.inputs, self.env, log="\n".join(self.log), failed=failed, path=self._path()
        )

    def _path(self) -> str:
        """Where its programs are found."""
        sandbox = self._machine.sandbox
        return os.pathsep.join((str(sandbox.programs), *self._state.path, sandbox.environment()["PATH"]))

    def _line(self, text: str, _error: bool) -> None:
        command = parse(text)
        if command is not None:
            try:
                self._obey(command)
            except ValueError as error:
                self._result = Result.FAILED
                self.remarks.append(Remark("error", str(error), self.title))
        shown = self._machine.masker.mask(text)
        self.log.append(shown)
        self._machine.watcher.line(shown)

    def _obey(self, command: IssuedCommand) -> None:
        match command.name:
            case "task.setvariable":
                self._set_variable(command)
            case "task.setsecret":
                self._hide(command)
            case "task.prependpath":
                self._state.path = (command.data, *self._state.path)
            case "task.complete":
                self._complete(command.properties.get("result", ""))
            case "task.logissue":
                severity = command.properties.get("type", "").casefold()
                if severity in ("error", "warning"):
                    self.remarks.append(Remark(severity, command.data, self.title))
            case "task.uploadsummary" | "task.uploadfile" | "task.addattachment":
                if not (self._machine.sandbox.sources / command.data).is_file():
                    text = f"{command.data} is not there: the agent cannot upload it"
                    self.remarks.append(Remark("warning", text, self.title))
            case _:
                # Other areas are for services that are out of reach: build tags, artifacts.
                pass

    def _hide(self, command: IssuedCommand) -> None:
        self._machine.masker.add(command.data)
        self._machine.masker.add(command.written)

    def _complete(self, text: str) -> None:
        result = _RESULTS.get(text)
        if result is None:
            raise ValueError(f"`task.complete` has no result `{text}`; one of: {', '.join(_RESULTS)}")
        self._result = max(result, self._result, key=_WORSE.index)

    def _set_variable(self, command: IssuedCommand) -> None:
        name = command.properties.get("variable", "")
        if not name:
            raise ValueError("a `task.setvariable` names no variable")
        secret = command.flag("issecret")
        if secret:
            self._hide(command)
        if command.flag("isoutput"):
            name = f"{self._step.name or 'step'}.{name}"
            self._state.outputs[name] = command.data
        if not self._state.variables.set(RunVariableValue(name, command.data, secret, command.flag("isreadonly"))):
            text = f"`{name}` is read-only, and keeps its value"
            self.remarks.append(Remark("warning", text, self.title))


def _of_failure(attempt: _Attempt, result: Result, known: Sequence[Remark]) -> tuple[Remark, ...]:
    """What may be behind a failure, or should be one; where nothing else says why, the last line of the log does."""
    failed = result is Result.FAILED
    found = [Remark(said.severity, said.text, attempt.title) for said in attempt.unset(failed=failed)]
    if failed and not any(remark.severity == "error" for remark in (*known, *found)):
        said = [line.strip() for line in attempt.log if line.strip() and not line.startswith(_NO_REASON)]
        text = f"it failed; last it said: {said[-1]}" if said else "it failed without a word"
        found.append(Remark("error", text, attempt.title))
    return tuple(found)
