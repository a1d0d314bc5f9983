"""A rehearsal from its beginning to its end."""

import os
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import NamedTuple

from azrelease.errors import UserError
from azrelease.rehearsal.agent import Machine, Watcher
from azrelease.rehearsal.assets import Assets
from azrelease.rehearsal.azure import AzureCLI, serving
from azrelease.rehearsal.outcome import Outcome, Remark, Result, StageOutcome
from azrelease.rehearsal.pipeline import Pipeline, Stage, in_order
from azrelease.rehearsal.sandbox import Sandbox, lay_out, make_sandbox, program, remove_sandbox
from azrelease.rehearsal.serving import LocalHost
from azrelease.rehearsal.serving.front import Front, open_front
from azrelease.rehearsal.serving.models import Models, usual_model
from azrelease.rehearsal.stages import Run, run_stage
from azrelease.rehearsal.variables import Variable, Variables

USUAL_PATIENCE = 60.0
"""Seconds that a server may take to come up."""

_SLEEP = '#!/usr/bin/env bash\necho "sleep $*: not waited for in a rehearsal" >&2\n'


class Wanted(NamedTuple):
    """What is rehearsed.

    Attributes:
        pipeline: the pipeline.
        stages: names of its stages; empty for the first.
        artifacts: folders by the alias of their source; under an empty alias, that of the only source.
        model: the folder or file of the model; None for a usual place in the artifact.
        in_service: an artifact whose model is in service already: the stages run with it first.
        variables: values in place of those of the pipeline.
        secrets: secret variables with their values.
        answers: what `az` answers to commands that are not of Azure Machine Learning.
        python: the Python that has the inference server and the packages of the model.
        patience: seconds that a server may take to come up.
        keep: whether the sandbox is kept.
    """

    pipeline: Pipeline
    stages: tuple[str, ...] = ()
    artifacts: Mapping[str, Path] = {}
    model: Path | None = None
    in_service: Path | None = None
    variables: Mapping[str, str] = {}
    secrets: Mapping[str, str] = {}
    answers: Mapping[str, str] = {}
    python: str = "python3"
    patience: float = USUAL_PATIENCE
    keep: bool = False


def rehearse(
    wanted: Wanted,
    watcher: Watcher,
    *,
    confirm: Callable[[str, str], bool] = lambda _who, _why: False,
    at_failure: Callable[[Mapping[str, str]], None] = lambda _environment: None,
) -> Outcome:
    """Run stages of a pipeline on this machine.

    Args:
        wanted: what is rehearsed.
        watcher: told how it goes on.
        confirm: asks whether somebody agrees: who has to, and the instructions.
        at_failure: called with the environment of a step that has failed.

    Raises:
        UserError: there is no such stage, or an artifact is missing.
    """
    started = time.monotonic()
    stages = in_order(wanted.pipeline, wanted.stages or (wanted.pipeline.stages[0].name,))
    sandbox = make_sandbox()
    try:
        with ExitStack() as stack:
            stack.enter_context(_stopped_by_signals())
            outcome = _Rehearsal(wanted, watcher, sandbox, stages, stack, confirm, at_failure).run()
    finally:
        remove_sandbox(sandbox, keep=wanted.keep)
    folder = str(sandbox.folder) if wanted.keep else None
    return outcome._replace(seconds=time.monotonic() - started, folder=folder)


class _Rehearsal:
    def __init__(
        self,
        wanted: Wanted,
        watcher: Watcher,
        sandbox: Sandbox,
        stages: Sequence[Stage],
        stack: ExitStack,
        confirm: Callable[[str, str], bool],
        at_failure: Callable[[Mapping[str, str]], None],
    ) -> None:
        self._wanted, self._sandbox, self._stages = wanted, sandbox, stages
        self._machine = Machine(sandbox, watcher, wanted.python, confirm, at_failure)
        front = stack.enter_context(open_front(Front(self._machine.notice)))
        self._front, self._models = front, Models(sandbox.folder / "models")
        self._host = host = LocalHost(sandbox, front, self._models, wanted.python, wanted.patience)
        stack.callback(host.stop_all)
        self._azure = AzureCLI(answers=wanted.answers, refused=self._refused)
        self._azure.v1.host = self._azure.v2.host = host
        program(sandbox, "az", f"#!/usr/bin/env bash\n{stack.enter_context(serving(self._azure))}")
        program(sandbox, "sleep", _SLEEP)

    def _refused(self, command: str, why: str) -> None:
        self._machine.notice(f"az {command}: {why}", serious=False)

    def run(self) -> Outcome:
        """Run the stages, with what is in service first."""
        remarks = list(self._of_groups())
        if self._wanted.in_service is not None:
            before = self._run(self._wanted.in_service, attempt=1)
            if any(stage.result is Result.FAILED for stage in before[0]):
                text = "the model that is in service already does not pass: see its steps"
                return Outcome(before[0], tuple(self._machine.tests), remarks=(*remarks, Remark("error", text)))
            self._machine.tests.clear()
            self._front.asked.clear()
            self._azure.extensions.clear()
        stages, more, assets = self._run(None, attempt=2 if self._wanted.in_service else 1)
        used, unused = assets.seen(self._host.copies)
        return Outcome(
            stages=stages,
            tests=tuple(self._machine.tests),
            requests=tuple(self._front.asked),
            used=used,
            unused=unused,
            remarks=(*remarks, *more),
            traffic=tuple(self._traffic()),
        )

    def _traffic(self) -> Iterator[tuple[str, str]]:
        for name, endpoint in self._azure.v2.endpoints.items():
            yield (
                name,
                ", ".join(f"{deployment} {share} %" for deployment, share in endpoint["traffic"].items()) or "nothing",
            )

    def _run(
        self, artifact: Path | None, *, attempt: int
    ) -> tuple[tuple[StageOutcome, ...], tuple[Remark, ...], Assets]:
        folders = self._lay_out(artifact)
        self._machine.sources = tuple(folders)
        in_artifact = next(filter(None, map(usual_model, folders)), None)
        # What is in service has a model of its own, where its artifact has one.
        self._models.current((in_artifact or self._wanted.model) if artifact else (self._wanted.model or in_artifact))
        assets = Assets(folders)
        run = Run(self._wanted.pipeline, self._machine, self._variables(attempt), attempt)
        outcomes = tuple([run_stage(run, stage) for stage in self._stages])
        return outcomes, tuple(run.remarks), assets

    def _lay_out(self, other: Path | None) -> list[Path]:
        """Put the artifacts where the downloads of the stages would.

        Raises:
            UserError: one that is downloaded was not given.
        """
        targets = list(dict.fromkeys(_downloads(self._stages, self._wanted.pipeline)))
        given = self._wanted.artifacts
        only = given.get("") if len({alias for alias, _ in targets}) == 1 else None
        missing = [alias for alias, _ in targets if other is None and alias not in given and only is None]
        if missing:
            names = ", ".join(f"--artifact {alias}=FOLDER" for alias in dict.fromkeys(missing))
            raise UserError(f"the stages download artifacts: say where they are, {names}")
        # Each run of a stage begins with an empty workspace.
        shutil.rmtree(self._sandbox.workspace)
        self._sandbox.sources.mkdir(parents=True)
        folders: list[Path] = []
        for alias, name in targets:
            source = other or given.get(alias) or only
            assert source is not None
            target = self._sandbox.workspace / alias / (name or "")
            lay_out(source, target)
            folders.append(target)
        return folders

    def _variables(self, attempt: int) -> Variables:
        workspace, number = self._sandbox.workspace, str(attempt)
        found = Variables()
        predefined = {
            "Agent.BuildDirectory": str(workspace),
            "Agent.HomeDirectory": str(self._sandbox.folder),
            "Agent.Name": "rehearsal",
            "Agent.OS": "Windows_NT" if os.name == "nt" else "Linux" if os.uname().sysname == "Linux" else "Darwin",
            "Agent.TempDirectory": str(self._sandbox.temporary),
            "Agent.ToolsDirectory": str(self._sandbox.tools),
            "Agent.WorkFolder": str(workspace),
            "Build.ArtifactStagingDirectory": str(workspace / "a"),
            "Build.BuildId": number,
            "Build.BuildNumber": f"rehearsal.{number}",
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
        for name, value in {**predefined, **self._wanted.pipeline.variables, **self._wanted.variables}.items():
            if not value.strip().startswith("$["):
                found.set(Variable(name, value))
        for name, value in self._wanted.secrets.items():
            found.set(Variable(name, value, secret=True))
            self._machine.masker.add(value)
        return found

    def _of_groups(self) -> Iterator[Remark]:
        if self._wanted.pipeline.groups:
            names = ", ".join(f"`{name}`" for name in self._wanted.pipeline.groups)
            yield Remark("info", f"the variables of {names} are not known here: give those that are needed, --variable")


def _downloads(stages: Sequence[Stage], pipeline: Pipeline) -> Iterator[tuple[str, str | None]]:
    """What the stages download: alias and artifact. A deployment without a download step downloads all there is."""
    for stage in stages:
        for job in stage.jobs:
            steps = [step for steps in job.hooks.values() for step in steps if step.task == "download"]
            for step in steps:
                alias = step.inputs.get("download", "")
                if alias not in ("none", "current"):
                    yield alias, step.inputs.get("artifact")
            if job.is_deployment and not steps:
                yield from ((alias, None) for alias, _ in pipeline.sources)


@contextmanager
def _stopped_by_signals() -> Iterator[None]:
    """Have an end from outside come through as an interruption, so that everything is cleaned up."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    kept = {number: signal.getsignal(number) for number in (signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM))}
    for number in kept:
        signal.signal(number, stop)
    try:
        yield
    finally:
        for number, handler in kept.items():
            with suppress(ValueError, TypeError):
                signal.signal(number, handler)
