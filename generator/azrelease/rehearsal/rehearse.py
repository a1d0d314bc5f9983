"""A rehearsal from its beginning to its end."""

import os
import shlex
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import NamedTuple

from azrelease.errors import UserError
from azrelease.rehearsal.agent import Machine, Watcher
from azrelease.rehearsal.artifacts import Artifacts, check_artifact
from azrelease.rehearsal.azure import SimulatedAzureCLI, serving
from azrelease.rehearsal.outcome import Outcome, Remark, Result, StageOutcome, with_texts
from azrelease.rehearsal.pipeline import RehearsedPipeline, RehearsedStage, in_order
from azrelease.rehearsal.processes import end_group
from azrelease.rehearsal.sandbox import Sandbox, adopting, make_sandbox, program, remove_sandbox
from azrelease.rehearsal.serving import LocalHost
from azrelease.rehearsal.serving.front import Front, open_front
from azrelease.rehearsal.serving.models import USUAL_PLACES, Models, usual_model
from azrelease.rehearsal.stages import Run, own_downloads, run_stage
from azrelease.rehearsal.steps import StepDownload, wanted_download
from azrelease.rehearsal.variables import RunVariables, RunVariableValue

USUAL_PATIENCE = 60.0
"""Seconds that a server may take to come up."""

_SLEEP = """\
#!/usr/bin/env bash
case "$*" in
  0|0.*|.*|1) exec {sleep} "$@" ;;
  *) echo "$*" >> "{note}"; exec {sleep} 1 ;;
esac
"""


class RehearsalRequest(NamedTuple):
    """What is rehearsed.

    Attributes:
        pipeline: the pipeline.
        stages: names of its stages; empty for the first.
        artifacts: folders by the alias of their source; under an empty alias, that of the only source.
        model: the folder or file of the model; None for a usual place in the artifact.
        in_service: an artifact whose model is in service already: the stages run with it first.
        in_service_model: the folder or file of that model; None for a usual place in that artifact.
        variables: values in place of those of the pipeline.
        secrets: secret variables with their values.
        answers: what `az` answers to commands that are not of Azure Machine Learning.
        python: the Python that has the inference server and the packages of the model.
        patience: seconds that a server may take to come up.
        keep: whether the sandbox is kept.
    """

    pipeline: RehearsedPipeline
    stages: tuple[str, ...] = ()
    artifacts: Mapping[str, Path] = {}
    model: Path | None = None
    in_service: Path | None = None
    in_service_model: Path | None = None
    variables: Mapping[str, str] = {}
    secrets: Mapping[str, str] = {}
    answers: Mapping[str, str] = {}
    python: str = "python3"
    patience: float = USUAL_PATIENCE
    keep: bool = False


def rehearse(
    wanted: RehearsalRequest,
    watcher: Watcher,
    *,
    confirm: Callable[[str, str], bool] = lambda _who, _why: False,
    at_failure: Callable[[Mapping[str, str], Path], None] = lambda _environment, _folder: None,
) -> Outcome:
    """Run stages of a pipeline on this machine.

    Args:
        wanted: what is rehearsed.
        watcher: told how it goes on.
        confirm: asks whether somebody agrees: who has to, and the instructions.
        at_failure: called with the environment and the folder of a step that has failed.

    Raises:
        UserError: there is no such stage, or an artifact is missing or cannot be copied.
    """
    started = time.monotonic()
    stages = in_order(wanted.pipeline, wanted.stages or (wanted.pipeline.stages[0].name,))
    _check(wanted, stages)
    kept = False
    with _stopped_by_signals() as signals, adopting():
        sandbox = make_sandbox()
        try:
            with ExitStack() as stack:
                try:
                    outcome = _Rehearsal(wanted, watcher, sandbox, stages, stack, confirm, at_failure).run()
                finally:
                    # From here on it is cleaned up, whatever comes.
                    signals.heeded = False
            kept = wanted.keep
        finally:
            signals.heeded = False
            remove_sandbox(sandbox, keep=kept)
    return outcome._replace(seconds=time.monotonic() - started, folder=str(sandbox.folder) if kept else None)


def _check(wanted: RehearsalRequest, stages: Sequence[RehearsedStage]) -> None:
    """See that the artifacts fit what the stages download.

    Raises:
        UserError: one is missing, nothing downloads it, or it cannot be copied.
    """
    aliases = list(dict.fromkeys(download.alias for download in _downloads(stages, wanted.pipeline)))
    for folder in (*wanted.artifacts.values(), *([wanted.in_service] if wanted.in_service else [])):
        check_artifact(folder)
    _check_models(wanted)
    others = [alias for alias in wanted.artifacts if alias and alias not in aliases]
    if others:
        known = f"; they download: {', '.join(aliases)}" if aliases else ""
        raise UserError(f"--artifact: the stages download nothing from {', '.join(others)}{known}")
    given = [alias for alias in aliases if alias in wanted.artifacts or ("" in wanted.artifacts and len(aliases) == 1)]
    missing = [alias for alias in aliases if alias not in given]
    if (missing and not wanted.in_service) or len(missing) > 1:
        names = ", ".join(f"--artifact {alias}=FOLDER" for alias in missing)
        raise UserError(f"the stages download artifacts: say where they are, {names}")


def _check_models(wanted: RehearsalRequest) -> None:
    """See that the version in service has a model of its own: the new one must not be judged as the old one.

    Raises:
        UserError: it has none, or nothing is in service that could have one.
    """
    if wanted.in_service is None:
        if wanted.in_service_model is not None:
            raise UserError("--in-service-model is for --in-service: name the artifact of that version too")
        return
    if wanted.model is not None and wanted.in_service_model is None and usual_model(wanted.in_service) is None:
        raise UserError(
            f"{wanted.in_service} holds no model in {' or '.join(USUAL_PLACES)}, and --model names that of the new "
            "version: name the model of the version in service with --in-service-model"
        )


class _Rehearsal:
    def __init__(
        self,
        wanted: RehearsalRequest,
        watcher: Watcher,
        sandbox: Sandbox,
        stages: Sequence[RehearsedStage],
        stack: ExitStack,
        confirm: Callable[[str, str], bool],
        at_failure: Callable[[Mapping[str, str], Path], None],
    ) -> None:
        self._wanted, self._sandbox, self._stages = wanted, sandbox, stages
        self._artifacts = Artifacts(wanted.artifacts, sandbox.workspace)
        self._machine = Machine(sandbox, watcher, wanted.python, confirm, at_failure, self._fetch)
        stack.callback(self._end_steps)
        front = stack.enter_context(open_front(Front(self._machine.notice, self._machine.masker.mask)))
        self._front, self._models = front, Models(sandbox.folder / "models")
        self._host = host = LocalHost(sandbox, front, self._models, wanted.python, wanted.patience)
        stack.callback(host.stop_all)
        self._azure = SimulatedAzureCLI(answers=wanted.answers, refused=self._refused)
        self._azure.v1.host = self._azure.v2.host = host
        program(sandbox, "az", f"#!/usr/bin/env bash\n{stack.enter_context(serving(self._azure))}")
        # Before it is waited for the commands that go on: they must not wait for a server, or start one.
        stack.callback(host.close)
        self._slept = sandbox.folder / "slept"
        sleep = shutil.which("sleep")
        if sleep is not None:
            program(sandbox, "sleep", _SLEEP.format(sleep=shlex.quote(sleep), note=self._slept))

    def _end_steps(self) -> None:
        """End what steps left running, where it does not show by its mark."""
        if not sys.platform.startswith("linux"):
            for pid in self._machine.processes:
                end_group(pid)

    def _fetch(self, download: StepDownload) -> Path:
        return self._artifacts.fetch(download)

    def _begin(self, downloads: Iterable[StepDownload]) -> None:
        """A job begins, on a machine of its own."""
        self._artifacts.collect()
        self._sandbox.begin()
        self._azure.extensions.clear()
        self._azure.defaults = {}
        for download in downloads:
            self._artifacts.fetch(download)

    def _refused(self, command: str, why: str) -> None:
        self._machine.notice(f"az {command}: {why}", serious=False)

    def run(self) -> Outcome:
        """Run the stages, with what is in service first."""
        remarks = list(self._of_groups())
        if self._wanted.in_service is not None:
            before = self._run(self._wanted.in_service, attempt=1)
            if any(stage.result is Result.FAILED for stage in before[0]):
                text = "the model that is in service already does not pass: see its steps"
                outcome = Outcome(before[0], tuple(self._machine.tests), remarks=(*remarks, Remark("error", text)))
                return with_texts(outcome, self._machine.masker.mask)
            self._machine.tests.clear()
            self._front.asked.clear()
            self._host.copies.clear()
        stages, more = self._run(None, attempt=2 if self._wanted.in_service else 1)
        used, unused = self._artifacts.seen(self._host.copies)
        if self._slept.exists():
            text = "`sleep` waits for one second at most in a rehearsal"
            remarks.append(Remark("info", text))
        outcome = Outcome(
            stages=stages,
            tests=tuple(self._machine.tests),
            requests=tuple(self._front.asked),
            used=used,
            unused=unused,
            remarks=(*remarks, *more),
            traffic=tuple(self._traffic()),
        )
        return with_texts(outcome, self._machine.masker.mask)

    def _traffic(self) -> Iterator[tuple[str, str]]:
        for name, endpoint in self._azure.v2.endpoints.items():
            yield (
                name,
                ", ".join(f"{deployment} {share} %" for deployment, share in endpoint["traffic"].items()) or "nothing",
            )

    def _run(self, artifact: Path | None, *, attempt: int) -> tuple[tuple[StageOutcome, ...], tuple[Remark, ...]]:
        """Run the stages once, with the artifacts that were given or with another one in their place."""
        given = {"": artifact} if artifact else self._wanted.artifacts
        self._artifacts = Artifacts(given, self._sandbox.workspace)
        in_artifact = next(filter(None, map(usual_model, given.values())), None)
        # What is in service has a model of its own.
        named = self._wanted.in_service_model if artifact else self._wanted.model
        self._models.option = "--in-service-model" if artifact else "--model"
        self._models.current(named or in_artifact)
        self._models.taken = self._artifacts.served
        names = frozenset(name.casefold() for name in (*self._wanted.variables, *self._wanted.secrets))
        run = Run(self._wanted.pipeline, self._machine, self._variables(attempt), self._begin, names, attempt)
        return tuple([run_stage(run, stage) for stage in self._stages]), tuple(run.remarks)

    def _variables(self, attempt: int) -> RunVariables:
        workspace, number = self._sandbox.workspace, str(attempt)
        found = RunVariables()
        predefined = {
            "Agent.BuildDirectory": str(workspace),
            "Agent.HomeDirectory": str(self._sandbox.folder),
            "Agent.Name": "rehearsal",
            "Agent.OS": "Windows_NT" if os.name == "nt" else "Linux" if os.uname().sysname == "Linux" else "Darwin",
            "Agent.TempDirectory": str(self._sandbox.temporary),
            "Agent.ToolsDirectory": str(self._sandbox.tools),
            "Agent.Id": "1",
            "Agent.MachineName": "rehearsal",
            "Agent.OSArchitecture": "X64",
            "Agent.RootDirectory": str(self._sandbox.folder),
            "Agent.WorkFolder": str(self._sandbox.folder),
            "Build.ArtifactStagingDirectory": str(workspace / "a"),
            "Build.BuildId": number,
            "Build.BuildNumber": f"rehearsal.{number}",
            "Build.BinariesDirectory": str(workspace / "b"),
            "Build.DefinitionId": "1",
            "Build.QueuedBy": "rehearsal",
            "Build.Repository.LocalPath": str(self._sandbox.sources),
            "Build.Repository.Name": "rehearsal",
            "Build.Repository.Provider": "TfsGit",
            "Build.Repository.Uri": "https://dev.azure.com/rehearsal/_git/rehearsal",
            "Build.RequestedFor": "rehearsal",
            "Build.RequestedForEmail": "rehearsal@example.com",
            "Build.SourceVersion": "0" * 40,
            "Build.SourceVersionMessage": "rehearsal",
            "Build.StagingDirectory": str(workspace / "a"),
            "Common.TestResultsDirectory": str(workspace / "TestResults"),
            "System.ArtifactsDirectory": str(workspace / "a"),
            "System.CollectionUri": "https://dev.azure.com/rehearsal/",
            "System.DefinitionId": "1",
            "System.HostType": "build",
            "System.JobId": "00000000-0000-0000-0000-000000000001",
            "System.PlanId": "00000000-0000-0000-0000-000000000002",
            "System.TeamFoundationCollectionUri": "https://dev.azure.com/rehearsal/",
            "System.TeamProjectId": "00000000-0000-0000-0000-000000000003",
            "System.TimelineId": "00000000-0000-0000-0000-000000000004",
            "Build.DefinitionName": Path(self._wanted.pipeline.path).stem,
            "Build.Reason": "Manual",
            "Build.SourceBranch": "refs/heads/main",
            "Build.SourceBranchName": "main",
            "Build.SourcesDirectory": str(self._sandbox.sources),
            "Pipeline.Workspace": str(workspace),
            "System.DefaultWorkingDirectory": str(self._sandbox.sources),
            "System.TeamProject": "rehearsal",
            "TF_BUILD": "True",
        }
        for alias, name in self._wanted.pipeline.sources:
            predefined |= {
                f"resources.pipeline.{alias}.pipelineName": name,
                f"resources.pipeline.{alias}.runID": number,
                f"resources.pipeline.{alias}.runName": f"rehearsal.{number}",
                f"resources.pipeline.{alias}.sourceBranch": "refs/heads/main",
            }
        for name, value in predefined.items():
            found.set(RunVariableValue(name, value, readonly=True))
        for name, value in self._wanted.variables.items():
            found.replace(RunVariableValue(name, value))
        for name, value in self._wanted.secrets.items():
            found.replace(RunVariableValue(name, value, secret=True))
            self._machine.masker.add(value)
        return found

    def _of_groups(self) -> Iterator[Remark]:
        if self._wanted.pipeline.groups:
            names = ", ".join(f"`{name}`" for name in self._wanted.pipeline.groups)
            yield Remark("info", f"the variables of {names} are not known here: give those that are needed, --variable")


def _downloads(stages: Sequence[RehearsedStage], pipeline: RehearsedPipeline) -> Iterator[StepDownload]:
    """What the stages download."""
    for stage in stages:
        for job in stage.jobs:
            for hook, steps in job.hooks.items():
                yield from own_downloads(pipeline, hook, steps)
                yield from filter(None, (wanted_download(step.task, step.inputs) for step in steps if step.enabled))


@dataclass
class _Signals:
    """Whether an end from outside is heeded: once, since it must not interrupt the cleaning up behind it."""

    heeded: bool = True

    def __call__(self, _number: int, _frame: FrameType | None) -> None:
        if self.heeded:
            self.heeded = False
            raise KeyboardInterrupt


@contextmanager
def _stopped_by_signals() -> Iterator[_Signals]:
    """Have an end from outside come through as an interruption, so that everything is cleaned up."""
    signals = _Signals()
    if threading.current_thread() is not threading.main_thread():
        yield signals
        return
    kept = {
        number: signal.getsignal(number)
        for number in (signal.SIGINT, signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM))
    }
    for number in kept:
        signal.signal(number, signals)
    try:
        yield signals
    finally:
        for number, handler in kept.items():
            with suppress(ValueError, TypeError):
                signal.signal(number, handler)
