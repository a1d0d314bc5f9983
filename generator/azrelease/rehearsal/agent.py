"""A small agent: runs the steps of a job as that of Azure Pipelines does.

Source of the rules: azure-pipelines-agent (StepsRunner.cs, TaskRunner.cs, TaskCommandExtension.cs).
"""

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from azrelease.rehearsal.conditions import Surroundings, decide
from azrelease.rehearsal.logging_commands import LoggingCommand, parse
from azrelease.rehearsal.macros import expand, left_over
from azrelease.rehearsal.outcome import Remark, Result, StepOutcome, TestCase, together
from azrelease.rehearsal.pipeline import Step
from azrelease.rehearsal.sandbox import Sandbox
from azrelease.rehearsal.steps import Performed, StepRun, performer
from azrelease.rehearsal.variables import Masker, Variable, Variables

_NO_REASON = ("##[", "=")
"""How lines begin that tell no reason: the agent's own, and the rules that test runners draw."""

_RESULTS = {
    "failed": Result.FAILED,
    "succeededwithissues": Result.WARNED,
    "succeeded": Result.SUCCEEDED,
    "skipped": Result.SKIPPED,
}


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


@dataclass
class Machine:
    """What all jobs of a rehearsal have in common.

    Attributes:
        sandbox: the sandbox.
        watcher: who is told.
        python: the Python that servers run with.
        confirm: asks whether somebody agrees.
        at_failure: called when a step has failed, before anything else happens.
        sources: the folders that artifacts were laid out in.
        masker: hides secrets.
        tests: the results that were published.
        noticed: what the stand-ins of Azure saw going wrong.
    """

    sandbox: Sandbox
    watcher: Watcher
    python: str
    confirm: Callable[[str, str], bool]
    at_failure: Callable[[Mapping[str, str]], None]
    sources: tuple[Path, ...] = ()
    masker: Masker = field(default_factory=Masker)
    tests: list[TestCase] = field(default_factory=list)
    noticed: list[tuple[str, bool]] = field(default_factory=list)

    def notice(self, text: str, *, serious: bool) -> None:
        """Note what the stand-ins of Azure refuse, or see going wrong; and whether nobody can have wanted that."""
        self.noticed.append((self.masker.mask(text), serious))

    def taken_notice_of(self, *, failed: bool) -> list[str]:
        """What was noticed since it was last asked, each once; of a step that went well, only what is serious."""
        found = [text for text, serious in dict.fromkeys(self.noticed) if failed or serious]
        self.noticed.clear()
        return found


@dataclass
class JobState:
    """What the steps of a job, or of a hook, have made of it.

    Attributes:
        variables: its variables.
        path: folders in front of the path.
        result: how it stands.
        outputs: its output variables, `step.name` and value.
        steps: what became of its steps.
    """

    variables: Variables
    path: tuple[str, ...] = ()
    result: Result = Result.SUCCEEDED
    outputs: dict[str, str] = field(default_factory=dict)
    steps: list[StepOutcome] = field(default_factory=list)


def run_steps(machine: Machine, steps: Sequence[Step], state: JobState) -> None:
    """Run steps one after the other; those whose condition does not hold are skipped."""
    for step in steps:
        outcome = _run_step(machine, step, state)
        state.steps.append(outcome)
        machine.watcher.step_ends(outcome)
        if outcome.result is Result.FAILED:
            state.result = Result.WARNED if step.continue_on_error else Result.FAILED
        elif outcome.result is Result.WARNED:
            state.result = together((state.result, Result.WARNED))


def _run_step(machine: Machine, step: Step, state: JobState) -> StepOutcome:
    values = {**state.variables.values(), "agent.jobstatus": _status(state.result)}
    title = expand(step.title, values)
    if not step.enabled:
        return StepOutcome(title, step.task, Result.SKIPPED)
    verdict = decide(step.condition, Surroundings(values, {"": state.result}))
    if verdict.problem is not None:
        return StepOutcome(title, step.task, Result.FAILED, remarks=(Remark("error", verdict.problem, title),))
    if not verdict.runs:
        return StepOutcome(title, step.task, Result.SKIPPED)
    machine.watcher.step_begins(title)
    started = time.monotonic()
    attempt = _Attempt(machine, step, title, state, values)
    performed = attempt.perform()
    for again in range(step.retries):
        if performed.result is not Result.FAILED:
            break
        attempt.say(f"It failed, and is tried again ({again + 1} of {step.retries}).")
        performed = attempt.perform()
    result = attempt.result or performed.result
    if result is Result.FAILED and not step.continue_on_error:
        machine.at_failure(attempt.environment())
    machine.tests += performed.tests
    _take_over(performed, state)
    failed = result is Result.FAILED
    noticed = tuple(
        Remark("error" if failed else "warning", text, title) for text in machine.taken_notice_of(failed=failed)
    )
    remarks = (*performed.remarks, *attempt.remarks, *noticed)
    remarks = (*remarks, *_of_failure(attempt, result, remarks))
    return StepOutcome(title, step.task, result, time.monotonic() - started, tuple(attempt.log), remarks)


def _take_over(performed: Performed, state: JobState) -> None:
    for name, value in performed.variables.items():
        state.variables.set(Variable(name, value))
    state.path = (*performed.path, *state.path)


class _Attempt:
    """A step while it runs: its log, and what it says in commands."""

    def __init__(self, machine: Machine, step: Step, title: str, state: JobState, values: Mapping[str, str]) -> None:
        self._machine, self.title, self._state = machine, title, state
        inputs = {name: expand(value, values) for name, value in step.inputs.items()}
        self.env = {name: expand(value, values) for name, value in step.env.items()}
        self._step = step._replace(title=title, inputs=inputs, env=self.env)
        self.log: list[str] = []
        self.remarks: list[Remark] = []
        self.result: Result | None = None

    def perform(self) -> Performed:
        """Do it once."""
        self.result = None
        run = StepRun(
            step=self._step,
            sandbox=self._machine.sandbox,
            environment=self.environment(),
            line=self._line,
            seconds=None if self._step.timeout is None else self._step.timeout * 60,
            python=self._machine.python,
            confirm=self._machine.confirm,
            sources=self._machine.sources,
        )
        return performer(self._step.task)(run)

    def environment(self) -> dict[str, str]:
        """All of the environment of the step."""
        base = self._machine.sandbox.environment()
        path = os.pathsep.join((str(self._machine.sandbox.programs), *self._state.path, base["PATH"]))
        return {**base, **self._state.variables.environment(), **self.env, "PATH": path}

    def say(self, text: str) -> None:
        """Add a line to the log."""
        self._line(text, False)

    def unexpanded(self) -> list[str]:
        """Names in its inputs and its environment that look like variables and stand for none."""
        texts = (*self._step.inputs.values(), *self.env.values())
        return list(dict.fromkeys(name for text in texts for name in left_over(text)))

    def _line(self, text: str, _error: bool) -> None:
        command = parse(text)
        if command is not None:
            self._obey(command)
        shown = self._machine.masker.mask(text)
        self.log.append(shown)
        self._machine.watcher.line(shown)

    def _obey(self, command: LoggingCommand) -> None:
        match command.name:
            case "task.setvariable":
                self._set_variable(command)
            case "task.setsecret":
                self._machine.masker.add(command.data)
            case "task.prependpath":
                self._state.path = (command.data, *self._state.path)
            case "task.complete":
                self.result = _RESULTS.get(command.properties.get("result", "").casefold(), self.result)
            case "task.logissue":
                severity = command.properties.get("type", "").casefold()
                if severity in ("error", "warning"):
                    text = self._machine.masker.mask(command.data)
                    self.remarks.append(Remark(severity if severity == "warning" else "error", text, self.title))
            case "task.uploadsummary" | "task.uploadfile" | "task.addattachment":
                if not Path(command.data).is_file():
                    text = f"{command.data} is not there: the agent cannot upload it"
                    self.remarks.append(Remark("warning", text, self.title))
            case _:
                # Other areas are for services that are out of reach: build tags, artifacts.
                pass

    def _set_variable(self, command: LoggingCommand) -> None:
        name = command.properties.get("variable", "")
        if not name:
            self.remarks.append(Remark("error", "a `task.setvariable` names no variable", self.title))
            return
        secret = command.flag("issecret")
        if secret:
            self._machine.masker.add(command.data)
        if command.flag("isoutput"):
            name = f"{self._step.name or 'step'}.{name}"
            self._state.outputs[name] = command.data
        if not self._state.variables.set(Variable(name, command.data, secret, command.flag("isreadonly"))):
            text = f"`{name}` is read-only, and keeps its value"
            self.remarks.append(Remark("warning", text, self.title))


def _of_failure(attempt: _Attempt, result: Result, known: Sequence[Remark]) -> tuple[Remark, ...]:
    """What may be behind a failure, or should be one: a name that was never given a value stays as it is written.

    Where nothing else says why, the last line of the log does.
    """
    log = "\n".join(attempt.log)
    failed = result is Result.FAILED
    # The shell takes `$(name)` as a command, and goes on without its output.
    missed = [
        name
        for name in attempt.unexpanded()
        if f"{name}: command not found" in log or (failed and (f"$({name})" in log or "." in name))
    ]
    found = [
        Remark("error", f"`$({name})` stands for nothing: this step knows no variable of that name", attempt.title)
        for name in missed
    ]
    if failed and not found and not any(remark.severity == "error" for remark in known):
        said = [line.strip() for line in attempt.log if line.strip() and not line.startswith(_NO_REASON)]
        found.append(Remark("error", said[-1] if said else "it failed without a word", attempt.title))
    return tuple(found)


def _status(result: Result) -> str:
    return {Result.FAILED: "Failed", Result.WARNED: "SucceededWithIssues"}.get(result, "Succeeded")
